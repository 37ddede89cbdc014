import { join } from 'node:path'
import type { Actor, BackupsApi } from '../api.ts'
import type { BackupKeys } from '../backup/backup-keys.ts'
import type { CatchUpResult } from '../import/catch-up-run.ts'
import type { Gate } from '../kernel/gate.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import type { Recovery } from './exchange.ts'
import type { UpgradeIntent } from './intent.ts'
import type { Looking } from './next-good.ts'
import type { RestoreFiles } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'
import type { Run } from './restore-runs.ts'
import type { RestoreWorker } from './restore-worker.ts'

/** What a restore needs of the core that is open now. */
export interface RestoreCore {
  readonly backups: BackupsApi
  /** Refuses all writes until `unfence` or until the core is closed. */
  fence(): Promise<void>
  unfence(): void
  /** What must not be disturbed, in words, or null. */
  busyWith(): string | null
  sessionsDir(): string | null
  /** Books what the session files got while checks were refused. */
  catchUp(sessionsDir: string): Promise<CatchUpResult>
  /** Tells the audit log and the operator how a restore ended. */
  note(run: Run, actor: Actor): Promise<void>
  /** The same of a new schema. */
  noteUpgrade(intent: UpgradeIntent): Promise<void>
}

/** What outlives the exchange. */
export interface RestoreParts {
  readonly ports: SystemPorts
  readonly files: RestoreFiles
  readonly places: RestorePlaces
  readonly sqliteBinding: string | null
  readonly gate: Gate
  readonly keys: BackupKeys
  /** A worker of our own: the core's ends with the core. */
  readonly openWorker: () => RestoreWorker
  /** Books the session files into the working copy. */
  readonly replayInto: (
    staged: string,
    sessionsDir: string,
    worker: RestoreWorker,
    signal: AbortSignal,
  ) => Promise<CatchUpResult>
  /** The core that is open; null where the database cannot be opened. */
  readonly core: () => RestoreCore | null
  /** Backups, also where there is no core. */
  readonly backups: () => Pick<BackupsApi, 'list'>
  /** The session files by the settings of a database nobody serves, where there is no core to ask. */
  readonly sessionsOf: (database: string) => string | null
  /** Closes the core, lets the start carry out what was decided, and opens it anew. */
  readonly exchange: () => Promise<Recovery>
  /** Tells whoever looks that something changed. */
  readonly changed: () => void
}

/** The backups as they are looked through for one that is whole. */
export function lookingAt(parts: RestoreParts): Looking {
  const { backups, places, ports } = parts
  return { backups: backups().list(), backupsDir: join(places.dataDir, 'backups'), log: ports.log }
}
