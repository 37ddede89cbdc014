import { join } from 'node:path'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { Actor, BackupManifestView, RestoresApi } from '../api.ts'
import { backupIds, readBackup } from '../backup/backup-catalogue.ts'
import { newBackupId } from '../backup/backup-rules.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { Recovery } from './exchange.ts'
import { firstWhole, insteadOf, proposing, withNextGood } from './next-good.ts'
import { planOf } from './plan.ts'
import { lookingAt, type RestoreParts } from './restore-parts.ts'
import { RestoreRun } from './restore-run.ts'
import { ended, newRun, RestoreHistory, type Run, withStep } from './restore-runs.ts'
import type { RestoreWorker } from './restore-worker.ts'

interface Current {
  readonly run: RestoreRun
  readonly ended: Promise<void>
}

/** A backup that is read before anything begins. */
interface Reading {
  readonly worker: RestoreWorker
  readonly over: Promise<unknown>
}

/** Restores: one at a time, followed step by step, kept after the process. */
export class RestoreManager implements RestoresApi {
  readonly #parts: RestoreParts
  readonly #history: RestoreHistory
  #current: Current | undefined
  #reading: Reading | undefined
  #isClosed = false

  constructor(parts: RestoreParts) {
    this.#parts = parts
    this.#history = new RestoreHistory(parts.files, parts.places)
  }

  async plan(backupId: string): Promise<OperationOutput<'restore.plan'>> {
    return this.#read((worker) =>
      this.#compare(worker, backupId).catch(async (error: unknown) => {
        throw await withNextGood(error, backupId, lookingAt(this.#parts), worker)
      }),
    )
  }

  async #compare(worker: RestoreWorker, backupId: string): Promise<OperationOutput<'restore.plan'>> {
    const backup = this.#backup(backupId)
    const { places, sqliteBinding, ports } = this.#parts
    const core = this.#parts.core()
    const backupFolder = join(places.dataDir, 'backups', backupId)
    const sessionsDir =
      core === null ? this.#parts.sessionsOf(join(backupFolder, 'auth.db')) : core.sessionsDir()
    const comparison = await worker.compare({
      backupFolder,
      // Hidden there: a start removes what a crash leaves of it.
      target: join(places.dataDir, 'backups', `.plan-${backupId}.db`),
      live: core === null ? null : places.database,
      now: ports.clock.now(),
      sessionsDir,
      sqliteBinding,
    })
    return planOf(backup, comparison, sessionsDir)
  }

  async unlock(input: ParsedInput<'restore.unlock'>): Promise<OperationOutput<'restore.unlock'>> {
    const { id } = this.#backup(input.backup_id)
    const read = readBackup(join(this.#parts.places.dataDir, 'backups', id))
    if ('problem' in read) throw new WeirError('backup_damaged', read.problem)
    await this.#parts.keys.unlock(read.manifest, input.passphrase)
    this.#parts.ports.log.info('the passphrase of a backup was entered', { area: 'backup', backup: id })
    return { backup_id: id }
  }

  start(input: ParsedInput<'restore.start'>, actor: Actor): Run {
    return this.#begin(this.#backup(input.backup_id), null, actor)
  }

  async recover(actor: Actor): Promise<Run> {
    const whole = await this.#read((worker) => this.#newestWhole(worker))
    return this.#begin(whole, null, actor)
  }

  undo(runId: string, actor: Actor): Run {
    const undone = this.get(runId)
    if (!undone.can_undo || undone.safety_backup_id === null) {
      throw new WeirError(
        'restore_impossible',
        'Only the last restore can be undone, as long as the backup made before it is there. To go further back, restore a backup.',
      )
    }
    return this.#begin(this.#backup(undone.safety_backup_id), runId, actor)
  }

  get(runId: string): Run {
    const running = this.#running()
    const run = running?.run_id === runId ? running : this.#ended().find((one) => one.run_id === runId)
    if (run === undefined) throw new WeirError('run_unknown', `There is no restore ${runId}.`)
    return run
  }

  list(): OperationOutput<'restore.list'> {
    const running = this.#running()
    const restores = this.#ended().filter((one) => one.run_id !== running?.run_id)
    return { restores, running }
  }

  cancel(runId: string): Run {
    const run = this.get(runId)
    if (this.#current?.run.state.run_id === runId) this.#current.run.cancel()
    return run
  }

  async finished(runId: string): Promise<Run> {
    this.get(runId)
    if (this.#current?.run.state.run_id === runId) await this.#current.ended
    return this.get(runId)
  }

  /** Gives up what was not decided yet, and waits for what was. */
  async close(): Promise<void> {
    // First of all: what begins after this would exchange the database under the next owner of the folder.
    this.#isClosed = true
    await this.#reading?.worker.close()
    await this.#reading?.over
    this.#current?.run.cancel()
    await this.#current?.ended
  }

  /** Keeps and tells what a start has carried out or taken back for a process that is no more. */
  async noteRecovered(recovery: Recovery): Promise<void> {
    if (recovery.kind === 'nothing') return
    if (recovery.intent.kind === 'upgrade') {
      // One that was taken back is tried again by the next start, which says why it does not go.
      if (recovery.kind === 'exchanged') await this.#parts.core()?.noteUpgrade(recovery.intent)
      return
    }
    const { run } = recovery.intent
    const now = this.#parts.ports.clock.now()
    const at = toIso(now)
    const isDone = recovery.kind === 'exchanged'
    const exchanged = withStep(run, 'swap', {
      state: isDone ? 'done' : 'failed',
      finished_at: at,
      detail: 'Weir was interrupted here and went on at its next start.',
    })
    const reopened = withStep(exchanged, 'reopen', { state: isDone ? 'done' : 'failed', finished_at: at })
    const told = isDone
      ? ended(reopened, 'done', now)
      : ended(reopened, 'rolled_back', now, { code: 'storage_unavailable', detail: recovery.reason })
    this.#history.keep({ ...told, kept_in: isDone ? join(this.#parts.places.kept, run.run_id) : null })
    this.#parts.ports.log.warn('a restore that was interrupted was ended', {
      run_id: run.run_id,
      status: told.status,
    })
    await this.#parts.core()?.note(told, { name: run.started_by, via: 'start' })
  }

  #begin(backup: BackupManifestView, undoes: string | null, actor: Actor): Run {
    this.#refuseSecond()
    // Only where a start found no way on (and nothing is open): a second decision would hide the first.
    if (this.#parts.files.exists(this.#parts.places.intent)) {
      throw new WeirError(
        'restore_impossible',
        `An earlier restore was interrupted and has to be looked at first: ${this.#parts.places.intent}.`,
      )
    }
    const busy = this.#parts.core()?.busyWith() ?? null
    if (busy !== null) throw new WeirError('busy', `${busy} Wait until it is done, or stop it, then restore.`)
    const { ports } = this.#parts
    const now = ports.clock.now()
    const random = () => Buffer.from(ports.randomBytes(2)).readUInt16BE()
    const names = this.#ended().map((run) => run.run_id)
    const known = names.map((name) => name.replace(/^restore-/, ''))
    const run_id = `restore-${newBackupId(now, random, known)}`
    const begun = newRun(
      {
        run_id,
        kind: undoes === null ? 'restore' : 'undo',
        backup_id: backup.id,
        backup_created_at: backup.created_at,
        undoes,
        started_by: actor.name,
      },
      now,
    )
    const run = new RestoreRun(this.#parts, this.#history, begun, actor)
    this.#current = {
      run,
      ended: run.carryOut().finally(() => this.#parts.changed()),
    }
    return run.state
  }

  /** Reads backups in a worker. Each is read as a whole: one after the other is enough for one operator. */
  async #read<Result>(work: (worker: RestoreWorker) => Promise<Result>): Promise<Result> {
    this.#refuseSecond()
    const worker = this.#parts.openWorker()
    const reading = work(worker).finally(() => worker.close())
    this.#reading = { worker, over: reading.catch(() => undefined) }
    try {
      return await reading
    } finally {
      this.#reading = undefined
    }
  }

  #refuseSecond(): void {
    if (this.#isClosed) throw new WeirError('shutting_down', 'Weir is shutting down and restores nothing.')
    if (this.#running() !== null || this.#reading !== undefined)
      throw new WeirError('busy', 'A backup is being compared or restored already. Wait until that is done.')
  }

  async #newestWhole(worker: RestoreWorker): Promise<BackupManifestView> {
    const whole = await firstWhole(lookingAt(this.#parts), worker)
    if (whole !== null) return whole
    throw new WeirError(
      'backup_unknown',
      'There is no backup that is whole. The session files can be imported into an empty data folder: weir import.',
    )
  }

  #running(): Run | null {
    const state = this.#current?.run.state
    return state?.status === 'running' ? state : null
  }

  #ended(): readonly Run[] {
    const ids = new Set(
      this.#parts
        .backups()
        .list()
        .map(({ id }) => id),
    )
    return this.#history.list((id) => ids.has(id))
  }

  #backup(id: string): BackupManifestView {
    const { backups, backupsDir } = lookingAt(this.#parts)
    const found = backups.find((one) => one.id === id)
    if (found !== undefined) return found
    if (!backupIds(backupsDir).includes(id))
      throw new WeirError('backup_unknown', `There is no backup ${id}. "weir backup list" shows them.`)
    const unreadable = new WeirError(
      'backup_damaged',
      'The manifest of this backup cannot be read. Choose another backup.',
    )
    // As far as was known when it was looked at last: a restore of it proves it again.
    const verified = insteadOf(id, backups).find((one) => one.verified_at !== null)
    throw proposing(unreadable, verified ?? null)
  }
}
