import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupReason } from '../../../shared/backup-reasons.ts'
import { toIso } from '../../../shared/units.ts'
import type { Actor, BackupManifestView, BackupsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { BACKUP_ID, expendableBackups, newBackupId } from './backup-rules.ts'
import { type BackupInput, removePartials } from './backup-task.ts'
import { type Manifest, parseManifest } from './manifest.ts'

/** The slow part, done by the worker thread: the tasks of `backup-task.ts`. */
export interface BackupCopier {
  make(input: BackupInput, signal: AbortSignal | undefined): Promise<Manifest>
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

/** The catalogue of `backups/`. */
export class BackupManager implements BackupsApi {
  readonly #parts: Parts
  readonly #dir: string
  #isWorking = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#dir = join(parts.dataDir, 'backups')
    // We hold the lock of the folder: what is unfinished here belongs to a process that is gone.
    removePartials(this.#dir)
  }

  async create(
    input: { readonly reason: BackupReason; readonly signal?: AbortSignal },
    actor: Actor,
  ): Promise<BackupManifestView> {
    if (this.#isWorking) throw new WeirError('busy', 'A backup is being made already. Wait until it is done.')
    this.#isWorking = true
    try {
      const { ports, database, databaseFile, sqliteBinding, version } = this.#parts
      const now = ports.clock.now()
      const random = () => Buffer.from(ports.randomBytes(2)).readUInt16BE()
      const id = newBackupId(now, random, (one) => existsSync(join(this.#dir, one)))
      const { reason, signal } = input
      const task = {
        databaseFile,
        sqliteBinding,
        backupsDir: this.#dir,
        id,
        createdAt: toIso(now),
        reason,
        appVersion: version,
      }
      await this.#parts.copier.make(task, signal)
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
    const ids = existsSync(this.#dir) ? readdirSync(this.#dir).filter((name) => BACKUP_ID.test(name)) : []
    return ids
      .sort()
      .reverse()
      .flatMap((id) => this.#viewOf(id) ?? [])
  }

  async verify(id: string): Promise<BackupManifestView> {
    const folder = join(this.#dir, id)
    if (!BACKUP_ID.test(id) || !existsSync(folder)) {
      throw new WeirError('backup_unknown', `There is no backup ${id}.`)
    }
    const proof = join(folder, 'verified.json')
    // What was found whole once must not stand as whole while it is looked at again.
    rmSync(proof, { force: true })
    const manifest = await this.#parts.copier.verify(folder)
    const verified_at = toIso(this.#parts.ports.clock.now())
    await writeFileAtomically(proof, `${JSON.stringify({ sha256: manifest.sha256, verified_at })}\n`)
    return viewOf(manifest, verified_at)
  }

  #viewOf(id: string): BackupManifestView | undefined {
    const folder = join(this.#dir, id)
    try {
      const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'))
      const proof = join(folder, 'verified.json')
      const said = existsSync(proof)
        ? (JSON.parse(readFileSync(proof, 'utf8')) as { sha256: string; verified_at: string })
        : null
      return viewOf(manifest, said?.sha256 === manifest.sha256 ? said.verified_at : null)
    } catch (error) {
      this.#parts.ports.log.warn('a backup cannot be read and is left out', { id, error: String(error) })
      return undefined
    }
  }

  #prune(): void {
    const kept = this.list().map((one) => ({
      id: one.id,
      createdAt: Date.parse(one.created_at),
      reason: one.reason,
      isVerified: one.verified_at !== null,
    }))
    for (const id of expendableBackups(kept)) {
      const trash = join(this.#dir, `.trash-${id}`)
      // First out of the list: a crash while deleting must not leave half a backup in it.
      renameSync(join(this.#dir, id), trash)
      rmSync(trash, { recursive: true, force: true })
    }
  }
}

function viewOf(manifest: Manifest, verifiedAt: string | null): BackupManifestView {
  const { id, created_at, reason, size_bytes, sha256, schema_version } = manifest
  return { id, created_at, reason, size_bytes, sha256, schema_version, verified_at: verifiedAt }
}
