import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type EpochMs, toIso } from '../../../shared/units.ts'
import type { Actor, BackupManifestView, BackupsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database, Writer } from '../database/database.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { backupIds, type Entry, entryOf, listBackups } from './backup-catalogue.ts'
import type { BackupCopies } from './backup-copies.ts'
import type { BackupKeys, EncryptionState } from './backup-keys.ts'
import { BACKUP_ID, expendableBackups, KEPT, newBackupId } from './backup-rules.ts'
import { type BackupInput, backupNeedsBytes, removePartials } from './backup-task.ts'
import { isRecent } from './backup-watch.ts'
import type { Manifest } from './manifest.ts'
import { proveBackup, removeBackup } from './prove-backup.ts'

/** The slow part, done by the worker thread: the tasks of `backup-task.ts`. */
export interface BackupCopier {
  make(
    input: BackupInput,
    signal: AbortSignal | undefined,
    onProgress: ((done: number, total: number) => void) | undefined,
  ): Promise<Manifest>
  verify(folder: string): Promise<Manifest>
}

/** What the database keeps of the encryption of backups, so that a key that is gone is missed. */
interface EncryptionWish {
  write(trx: Writer, since: string | null, at: EpochMs): Promise<void>
  /** The transaction has committed. */
  written(): Promise<void>
}

interface Parts {
  readonly ports: SystemPorts
  readonly database: Database
  readonly wish: EncryptionWish
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  readonly dataDir: string
  readonly version: string
  readonly copier: BackupCopier
  readonly keys: BackupKeys
  readonly copies: BackupCopies
}

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
    if (this.#isWorking)
      throw new WeirError(
        'busy',
        'A backup is being made already, or its passphrase is being set. Wait until it is done.',
      )
    this.#isWorking = true
    try {
      const { ports, database, databaseFile, sqliteBinding, version } = this.#parts
      const now = ports.clock.now()
      const random = () => Buffer.from(ports.randomBytes(2)).readUInt16BE()
      const id = newBackupId(now, random, backupIds(this.#dir))
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
      this.#parts.copies.follow(id, this.#prune())
      return view
    } finally {
      this.#isWorking = false
    }
  }

  list(): readonly BackupManifestView[] {
    return listBackups(this.#dir)
  }

  entries(): Entry[] {
    const entries = backupIds(this.#dir).map((id) => this.#entry(id))
    const verified = entries.filter(({ status }) => status === 'verified')
    if (verified.length !== 1) return entries
    return entries.map((one) => ({ ...one, is_last_verified: one === verified[0] }))
  }

  #entry(id: string): Entry {
    const { copies, keys } = this.#parts
    return entryOf(this.#dir, id, copies.stateOf(id), (manifest) => keys.lockOf(manifest))
  }

  overview(): ReturnType<BackupsApi['overview']> {
    const { ports, database, dataDir, copies, keys } = this.#parts
    const backups = this.entries()
    const newest = backups.find(({ status }) => status === 'verified')
    const { bavail, bsize } = statfsSync(dataDir)
    return {
      backups,
      newest_verified:
        newest?.created_at == null
          ? null
          : {
              id: newest.id,
              created_at: newest.created_at,
              is_recent: isRecent(newest.created_at, ports.clock),
            },
      place: {
        dir: this.#dir,
        free_bytes: bavail * bsize,
        needed_bytes: backupNeedsBytes(database.sizeBytes()),
      },
      copy_dir: copies.targetDir(),
      encryption: keys.state(),
      kept: KEPT,
    }
  }

  /**
   * Goes on with what an end broke off: proves what was published and not proved, then copies the newest where its copy
   * is missing. A copy that failed waits for a person. Never rejects.
   */
  async resume(): Promise<void> {
    for (const { id, status } of this.entries()) {
      if (status !== 'unverified') continue
      try {
        await this.verify(id)
      } catch (error) {
        // It says so in the list, and those after it are looked at all the same.
        this.#parts.ports.log.warn('a backup could not be proved', { area: 'backup', backup: id, error })
      }
    }
    const newest = this.entries().find(({ status }) => status === 'verified')
    if (newest !== undefined && newest.copy === null) this.#parts.copies.follow(newest.id, [])
  }

  async copy(id: string, actor: Actor): Promise<Entry> {
    const { ports, database, copies } = this.#parts
    this.#refuseUnknown(id)
    await copies.copy(id)
    const entry = this.#entry(id)
    const after = { path: entry.copy?.path ?? null }
    await database.write((trx) =>
      audit(trx, {
        at: ports.clock.now(),
        actor,
        action: 'backups.copy',
        objectKind: 'backup',
        objectId: id,
        after,
      }),
    )
    return this.entries().find((one) => one.id === id) ?? entry
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
    if (this.#isWorking || this.#beingVerified.size > 0 || this.#parts.copies.isCopying(id))
      throw new WeirError(
        'busy',
        'A backup is being made, verified or copied. Delete this one when that is done.',
      )
    if (entry.is_last_verified) {
      const detail = 'This is the last verified backup. Make another one before you delete it.'
      throw new WeirError('backup_needed', detail)
    }
    const { ports, database } = this.#parts
    const before = { reason: entry.reason, size_bytes: entry.size_bytes, sha256: entry.sha256 }
    removeBackup(this.#dir, id)
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

  async setPassphrase(passphrase: string | null, actor: Actor): Promise<EncryptionState> {
    if (this.#isWorking) throw new WeirError('busy', 'A backup is being made. Wait until it is done.')
    // One that began meanwhile would be encrypted with the key that goes, and could not be proved with the one that comes.
    this.#isWorking = true
    try {
      return await this.#setPassphrase(passphrase, actor)
    } finally {
      this.#isWorking = false
    }
  }

  async #setPassphrase(passphrase: string | null, actor: Actor): Promise<EncryptionState> {
    const { ports, database, keys, wish } = this.#parts
    const before = keys.state()
    const at = ports.clock.now()
    // In this order, an end in between leaves backups encrypted, and never a wish without a key.
    if (passphrase !== null) await keys.set(passphrase, at)
    const after: EncryptionState = passphrase === null ? { state: 'off', since: null } : keys.state()
    await database.write(async (trx) => {
      await wish.write(trx, after.since, at)
      await audit(trx, {
        at,
        actor,
        action: 'backups.setPassphrase',
        objectKind: 'backup',
        objectId: 'passphrase',
        before,
        after,
      })
    })
    if (passphrase === null) await keys.set(null, at)
    await wish.written()
    return after
  }

  async verify(id: string): Promise<BackupManifestView> {
    const folder = this.#refuseUnknown(id)
    // Before the proof there is goes: one that cannot be opened was not found to be anything.
    this.#parts.keys.ofFolder(folder)
    this.#beingVerified.add(id)
    try {
      return await proveBackup(folder, this.#parts.copier.verify, this.#parts.ports.clock)
    } finally {
      this.#beingVerified.delete(id)
    }
  }

  /** The folder of a backup there is. */
  #refuseUnknown(id: string): string {
    const folder = join(this.#dir, id)
    if (BACKUP_ID.test(id) && existsSync(folder)) return folder
    throw new WeirError('backup_unknown', `There is no backup ${id}.`)
  }

  /** Removes what the rule gives up; the ids whose copies may go as well. */
  #prune(): readonly string[] {
    const kept = this.list().map((one) => ({
      id: one.id,
      createdAt: Date.parse(one.created_at),
      reason: one.reason,
      isVerified: one.verified_at !== null,
    }))
    const isInUse = (id: string) => this.#parts.copies.isCopying(id) || this.#beingVerified.has(id)
    const now = this.#parts.ports.clock.now()
    const expendable = expendableBackups(kept, now).filter((id) => !isInUse(id))
    const copied = this.#parts.copies.copiedOf(expendable)
    for (const id of expendable) removeBackup(this.#dir, id)
    return copied
  }
}
