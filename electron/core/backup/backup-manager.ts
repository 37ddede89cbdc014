import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { Actor, BackupManifestView, BackupsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { backupIds, listBackups, readBackup, viewOf } from './backup-catalogue.ts'
import { BACKUP_ID, expendableBackups, newBackupId } from './backup-rules.ts'
import { type BackupInput, removePartials } from './backup-task.ts'
import type { Manifest } from './manifest.ts'

/** The slow part, done by the worker thread: the tasks of `backup-task.ts`. */
export interface BackupCopier {
  make(
    input: BackupInput,
    signal: AbortSignal | undefined,
    onProgress: ((done: number, total: number) => void) | undefined,
  ): Promise<Manifest>
  verify(folder: string): Promise<Manifest>
}

interface Parts {
  readonly ports: SystemPorts
  readonly database: Database
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  readonly dataDir: string
  readonly version: string
  readonly copier: BackupCopier
}

type Entry = OperationOutput<'backups.list'>['backups'][number]

/** What is known of a backup without a manifest. */
const UNREAD = {
  created_at: null,
  reason: null,
  size_bytes: null,
  sha256: null,
  schema_version: null,
  verified_at: null,
  rows: null,
} as const

/** The catalogue of `backups/`. */
export class BackupManager implements BackupsApi {
  readonly #parts: Parts
  readonly #dir: string
  readonly #beingVerified = new Set<string>()
  #isWorking = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#dir = join(parts.dataDir, 'backups')
    // We hold the lock of the folder: what is unfinished here belongs to a process that is gone.
    removePartials(this.#dir)
  }

  async create(input: Parameters<BackupsApi['create']>[0], actor: Actor): Promise<BackupManifestView> {
    if (this.#isWorking) throw new WeirError('busy', 'A backup is being made already. Wait until it is done.')
    this.#isWorking = true
    try {
      const { ports, database, databaseFile, sqliteBinding, version } = this.#parts
      const now = ports.clock.now()
      const random = () => Buffer.from(ports.randomBytes(2)).readUInt16BE()
      const id = newBackupId(now, random, (one) => existsSync(join(this.#dir, one)))
      const { reason, signal, onProgress } = input
      const task = {
        databaseFile,
        sqliteBinding,
        backupsDir: this.#dir,
        id,
        createdAt: toIso(now),
        reason,
        appVersion: version,
      }
      await this.#parts.copier.make(task, signal, onProgress)
      const view = await this.verify(id)
      const after = { reason, size_bytes: view.size_bytes, sha256: view.sha256 }
      await database.write((trx) =>
        audit(trx, { at: now, actor, action: 'backups.create', objectKind: 'backup', objectId: id, after }),
      )
      this.#prune()
      return view
    } finally {
      this.#isWorking = false
    }
  }

  list(): readonly BackupManifestView[] {
    return listBackups(this.#dir)
  }

  entries(): Entry[] {
    return backupIds(this.#dir).map((id) => {
      const path = join(this.#dir, id)
      const read = readBackup(path)
      if ('problem' in read) return { ...UNREAD, id, path, status: 'invalid', problem: read.problem }
      const rows = Object.values(read.manifest.rows).reduce((sum, count) => sum + count, 0)
      const view = viewOf(read.manifest, read.verifiedAt)
      return {
        ...view,
        path,
        status: read.verifiedAt === null ? 'unverified' : 'verified',
        problem: null,
        rows,
      }
    })
  }

  newestVerified(): BackupManifestView | null {
    return this.list().find((one) => one.verified_at !== null) ?? null
  }

  isWorking(): boolean {
    return this.#isWorking
  }

  async delete(id: string, actor: Actor): Promise<void> {
    const entry = this.entries().find((one) => one.id === id)
    if (entry === undefined) throw new WeirError('backup_unknown', `There is no backup ${id}.`)
    if (this.#isWorking || this.#beingVerified.size > 0)
      throw new WeirError('busy', 'A backup is being made or verified. Delete this one when that is done.')
    const verified = this.list().filter((one) => one.verified_at !== null)
    if (verified.length === 1 && verified[0]?.id === id) {
      const detail = 'This is the last verified backup. Make another one before you delete it.'
      throw new WeirError('backup_needed', detail)
    }
    const { ports, database } = this.#parts
    const before = { reason: entry.reason, size_bytes: entry.size_bytes, sha256: entry.sha256 }
    this.#remove(id)
    await database.write((trx) =>
      audit(trx, {
        at: ports.clock.now(),
        actor,
        action: 'backups.delete',
        objectKind: 'backup',
        objectId: id,
        before,
      }),
    )
  }

  async verify(id: string): Promise<BackupManifestView> {
    const folder = join(this.#dir, id)
    if (!BACKUP_ID.test(id) || !existsSync(folder)) {
      throw new WeirError('backup_unknown', `There is no backup ${id}.`)
    }
    this.#beingVerified.add(id)
    try {
      return await this.#prove(folder)
    } finally {
      this.#beingVerified.delete(id)
    }
  }

  async #prove(folder: string): Promise<BackupManifestView> {
    const proof = join(folder, 'verified.json')
    // What was found whole once must not stand as whole while it is looked at again.
    rmSync(proof, { force: true })
    const manifest = await this.#parts.copier.verify(folder)
    const verified_at = toIso(this.#parts.ports.clock.now())
    await writeFileAtomically(proof, `${JSON.stringify({ sha256: manifest.sha256, verified_at })}\n`)
    return viewOf(manifest, verified_at)
  }

  #prune(): void {
    const kept = this.list().map((one) => ({
      id: one.id,
      createdAt: Date.parse(one.created_at),
      reason: one.reason,
      isVerified: one.verified_at !== null,
    }))
    for (const id of expendableBackups(kept)) this.#remove(id)
  }

  #remove(id: string): void {
    const trash = join(this.#dir, `.trash-${id}`)
    // First out of the list: a crash while deleting must not leave half a backup in it.
    renameSync(join(this.#dir, id), trash)
    rmSync(trash, { recursive: true, force: true })
  }
}
