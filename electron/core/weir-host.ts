import { join } from 'node:path'
import { OPERATIONS, type OperationOutput } from '../../shared/contract/index.ts'
import type { Weir, WeirConfig } from './api.ts'
import { listBackups } from './backup/backup-catalogue.ts'
import { BackupKeys } from './backup/backup-keys.ts'
import { ChangeFeed } from './kernel/change-feed.ts'
import { Gate } from './kernel/gate.ts'
import type { SystemPorts } from './kernel/ports.ts'
import { isEncryptionWanted } from './restore/encryption-of-database.ts'
import type { Recovery } from './restore/exchange.ts'
import { openWhole } from './restore/open-whole.ts'
import { REAL_FILES } from './restore/restore-files.ts'
import { RestoreManager } from './restore/restore-manager.ts'
import type { RestoreCore } from './restore/restore-parts.ts'
import { restorePlaces } from './restore/restore-places.ts'
import { sessionsOfDatabase } from './restore/sessions-of-database.ts'
import { replayIntoFile } from './restore/staged-ledger.ts'
import { prepareUpgrade } from './restore/upgrade.ts'
import { openRestoreWorker } from './workers/restore-worker.ts'
import { openUpgradeWorker } from './workers/upgrade-worker.ts'

/** What outlives an exchange of the database: it belongs to the process and not to the data. */
export interface Lasting {
  readonly changes: ChangeFeed
  readonly gate: Gate
  readonly backupKeys: BackupKeys
  /** Digests of the tokens of this process. */
  readonly localTokens: Set<string>
  /** Where the HTTP face can be reached; null when it cannot. */
  apiUrl: string | null
  /** The restore that goes on, or null. */
  readonly runningRestore: () => OperationOutput<'restore.list'>['running']
}

/** One opening of the database: everything of a Weir that ends with it. */
export interface Core {
  readonly parts: Omit<Weir, 'changes' | 'gate' | 'restores' | 'close'>
  readonly restore: RestoreCore
  /** Ends it; the lock of the folder stays. The database is closed also when something before it fails. */
  close(): Promise<void>
}

/** Who is told of what nobody watches. */
const nobody = (): void => undefined

/** What a host is made of. */
export interface HostParts {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  /** Opens the database and puts the parts over it together. */
  readonly open: (lasting: Lasting) => Promise<Core>
  /** Gives the lock of the folder back. */
  readonly release: () => void
}

/**
 * Holds the one object all faces have for as long as the process lives. A restore ends the parts of it, lets the start
 * exchange the files, and puts new parts in their place: whoever calls next is answered by the restored database.
 */
export class WeirHost {
  readonly restores: RestoreManager
  readonly #parts: HostParts
  readonly #lasting: Lasting
  #core: Core | undefined
  #weir: Weir | undefined

  constructor(parts: HostParts) {
    this.#parts = parts
    const { config, ports } = parts
    const { sqliteBinding, dataDir } = config
    const keys = new BackupKeys(dataDir)
    this.#lasting = {
      changes: new ChangeFeed((error) => ports.log.warn('somebody could not be told of a change', { error })),
      gate: new Gate(),
      backupKeys: keys,
      localTokens: new Set(),
      apiUrl: null,
      runningRestore: () => this.restores.list().running,
    }
    this.restores = new RestoreManager({
      ports,
      files: REAL_FILES,
      places: restorePlaces(dataDir),
      sqliteBinding,
      gate: this.#lasting.gate,
      keys,
      openWorker: () => openRestoreWorker(config.workerFile, ports, sqliteBinding, keys),
      replayInto: (file, sessionsDir, worker, signal) =>
        replayIntoFile({ file, sqliteBinding }, sessionsDir, ports, worker.scanner, signal),
      core: () => this.#core?.restore ?? null,
      backups: () => this.#core?.restore.backups ?? { list: () => listBackups(join(dataDir, 'backups')) },
      sessionsOf: (database) =>
        sessionsOfDatabase({
          database,
          sqliteBinding,
          startedWith: config.sessionsDir,
          dataDir,
        }),
      exchange: () => this.#exchange(),
      changed: () => this.#lasting.changes.publish('restore'),
    })
  }

  /** Ends what was interrupted, and opens the database. Errors: those of `CreateWeir`. */
  async open(): Promise<Weir> {
    for (const recovery of await this.#openWhole()) await this.restores.noteRecovered(recovery)
    if (this.#weir === undefined) throw new Error('a host that is open has a Weir')
    return this.#weir
  }

  async close(): Promise<void> {
    // A restore that was decided goes through; one that was not is given up.
    await this.restores.close()
    this.#lasting.changes.close()
    const core = this.#core
    this.#core = undefined
    try {
      await core?.close()
    } finally {
      this.#parts.release()
    }
  }

  /** The same way as after a crash, so that there is one way. */
  async #exchange(): Promise<Recovery> {
    const areJobsStarted = this.#weir?.jobs.isStarted() ?? false
    const core = this.#core
    this.#core = undefined
    try {
      // What still writes writes into the database that goes; everybody who was promised something is done.
      core?.restore.unfence()
      await core?.close()
    } catch (error) {
      this.#parts.ports.log.warn('a part did not end in order before a restore', { error })
    }
    const recovery = (await this.#openWhole()).at(-1) ?? { kind: 'nothing' }
    if (areJobsStarted) {
      this.#weir?.sessionFiles.start()
      this.#weir?.jobs.start()
    }
    for (const name of Object.keys(OPERATIONS)) this.#lasting.changes.publish(name.split('.')[0] ?? name)
    return recovery
  }

  #openWhole(): Promise<readonly Recovery[]> {
    const { ports, config } = this.#parts
    const { dataDir, sqliteBinding, version, workerFile } = config
    const exchange = { files: REAL_FILES, places: restorePlaces(dataDir), sqliteBinding }
    const { backupKeys } = this.#lasting
    const openWorker = () => {
      // Nobody has opened the database yet, and its backup comes before that.
      backupKeys.want(isEncryptionWanted(exchange.places.database, sqliteBinding))
      return openUpgradeWorker(workerFile, ports, sqliteBinding, backupKeys)
    }
    return openWhole({
      ...exchange,
      log: ports.log,
      upgrade: () =>
        prepareUpgrade({ ...exchange, ports, version, openWorker, told: config.onUpgrade ?? nobody }),
      open: () => this.#openCore(),
    })
  }

  async #openCore(): Promise<void> {
    const core = await this.#parts.open(this.#lasting)
    this.#core = core
    const { changes, gate } = this.#lasting
    const whole: Weir = {
      ...core.parts,
      changes,
      gate,
      restores: this.restores,
      close: () => this.close(),
    }
    // Everybody holds this very object.
    this.#weir = Object.assign(this.#weir ?? whole, whole)
  }
}
