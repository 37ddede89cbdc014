import { join } from 'node:path'
import { SECOND_MS, toIso } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import { isOfMissingKey } from '../backup/backup-keys.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { finishRestore } from './exchange.ts'
import { type RestoreIntent, writeIntent } from './intent.ts'
import { withNextGood } from './next-good.ts'
import { replaceFile } from './restore-files.ts'
import { lookingAt, type RestoreParts } from './restore-parts.ts'
import { ended, type RestoreHistory, type Run, type StepName, withStep } from './restore-runs.ts'
import type { Carried, FinishInput } from './restore-task.ts'
import type { RestoreWorker } from './restore-worker.ts'

/** Calls that were let in before the gate closed take milliseconds; one that takes longer waits for something else. */
const DRAIN_LIMIT_MS = 5 * SECOND_MS

/** How one step went. */
interface Came {
  readonly detail: string
  readonly figures?: Readonly<Record<string, number>>
  readonly isSkipped?: boolean
}

/** One restore, from its first step to its end. */
export class RestoreRun {
  readonly #parts: RestoreParts
  readonly #history: RestoreHistory
  readonly #actor: Actor
  readonly #stop = new AbortController()
  #run: Run
  #fencedAtMs: number | undefined

  constructor(parts: RestoreParts, history: RestoreHistory, run: Run, actor: Actor) {
    this.#parts = parts
    this.#history = history
    this.#run = run
    this.#actor = actor
  }

  /** As it stands. */
  get state(): Run {
    return this.#run
  }

  /** Stops between two steps, as long as nothing was decided. */
  cancel(): void {
    if (this.#run.can_cancel) this.#stop.abort()
  }

  /** Never rejects: how it ended stands in the run. */
  async carryOut(): Promise<void> {
    const worker = this.#parts.openWorker()
    try {
      const intent = await this.#prepare(worker)
      await this.#exchange(intent)
    } catch (error) {
      await this.#giveUp(error)
    } finally {
      await worker.close()
    }
    this.#log()
  }

  /** Everything that can still be given up; what is served is not touched. */
  async #prepare(worker: RestoreWorker): Promise<RestoreIntent> {
    const { places, sqliteBinding, ports } = this.#parts
    const { staged } = places
    await this.#step('validate', () => this.#validate(worker)).catch(async (error: unknown) => {
      throw await withNextGood(error, this.#run.backup_id, lookingAt(this.#parts), worker)
    })
    await this.#step('safety_backup', () => this.#makeSafetyBackup())
    await this.#step('stage', async () => {
      const version = await worker.migrate(staged)
      return {
        detail: `The working copy has the schema ${version} of this Weir.`,
        figures: { schema_version: version },
      }
    })
    await this.#step('carry_forward', async () => carriedInWords(await this.#carry(worker)))
    await this.#step('replay_files', () => this.#replay(worker))
    await this.#step('fence', () => this.#fence(worker))
    const finish: FinishInput = { staged, runId: this.#run.run_id, now: ports.clock.now(), sqliteBinding }
    await this.#step('recompute', async () => {
      const { turns } = await worker.recompute(finish)
      return { detail: `All sums were added up again from ${turns} ledger rows.`, figures: { rows: turns } }
    })
    const sealed = await this.#step('check', async () => {
      const result = await worker.seal(finish)
      return {
        detail: `Integrity, references and ${result.rowsCompared} sums hold.`,
        figures: { sums: result.rowsCompared, archive_differences: result.archiveDifferences },
        sha256: result.sha256,
      }
    })
    this.#begin('swap')
    return {
      kind: 'restore',
      direction: 'forward',
      run_id: this.#run.run_id,
      staged_sha256: sealed.sha256,
      run: this.#run,
    }
  }

  async #validate(worker: RestoreWorker): Promise<Came> {
    const { places, sqliteBinding } = this.#parts
    const manifest = await worker.stage(
      {
        backupFolder: join(places.dataDir, 'backups', this.#run.backup_id),
        target: places.staged,
        sqliteBinding,
      },
      this.#stop.signal,
      ({ done, total }) => this.#update('validate', { figures: { bytes: done, bytes_total: total } }),
    )
    const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0)
    return {
      detail: `The backup is whole: ${rows} rows, schema ${manifest.schema_version}.`,
      figures: { bytes: manifest.size_bytes, rows },
    }
  }

  async #makeSafetyBackup(): Promise<Came> {
    const core = this.#parts.core()
    const unread = 'The database of now cannot be read, so no backup of it was made; its files are kept.'
    if (core === null) return { detail: unread, isSkipped: true }
    try {
      const input = { reason: 'before-restore', signal: this.#stop.signal } as const
      const made = await core.backups.create(input, this.#actor)
      this.#run = { ...this.#run, safety_backup_id: made.id }
      return { detail: `Backup ${made.id} holds what is there now.`, figures: { bytes: made.size_bytes } }
    } catch (error) {
      const isUnreadable =
        error instanceof WeirError &&
        (error.code === 'backup_damaged' || error.code === 'storage_unavailable') &&
        // The database is whole, and without its backup there would be no way back.
        !isOfMissingKey(error)
      if (!isUnreadable) throw error
      this.#parts.ports.log.warn('no backup could be made before a restore', { error })
      return { detail: unread, isSkipped: true }
    }
  }

  #carry(worker: RestoreWorker): Promise<Carried> {
    const { places, sqliteBinding, ports } = this.#parts
    return worker.carry({
      staged: places.staged,
      live: this.#parts.core() === null ? null : places.database,
      backupMadeAt: Date.parse(this.#run.backup_created_at),
      now: ports.clock.now(),
      sqliteBinding,
    })
  }

  async #replay(worker: RestoreWorker): Promise<Came> {
    const core = this.#parts.core()
    const dir = core === null ? this.#parts.sessionsOf(this.#parts.places.staged) : core.sessionsDir()
    if (dir === null) return { detail: 'No folder of session files is known.', isSkipped: true }
    try {
      const { staged } = this.#parts.places
      const { filesRead, turnsWritten, conflicting, problemCount } = await this.#parts.replayInto(
        staged,
        dir,
        worker,
        this.#stop.signal,
      )
      return {
        detail: `${filesRead} session files added ${turnsWritten} turns that no database had.`,
        figures: { files: filesRead, turns: turnsWritten, conflicting, unreadable: problemCount },
      }
    } catch (error) {
      if (!(error instanceof WeirError) || error.code !== 'folder_unreadable') throw error
      return { detail: `The session files cannot be read: ${error.message}`, isSkipped: true }
    }
  }

  /** From here on nobody is promised anything that could be lost. */
  async #fence(worker: RestoreWorker): Promise<Came> {
    const { files, places, gate, ports } = this.#parts
    this.#fencedAtMs = ports.clock.monotonicMs()
    const note = { run_id: this.#run.run_id, fenced_at: toIso(ports.clock.now()) }
    replaceFile(files, places.lock, `${JSON.stringify(note)}\n`)
    gate.set('fenced')
    await this.#parts.core()?.fence()
    const carried = await this.#carry(worker)
    return {
      detail: `Checks and records wait; ${carried.turns + carried.corrected} turns came last.`,
      figures: { turns: carried.turns + carried.corrected },
    }
  }

  async #exchange(intent: RestoreIntent): Promise<void> {
    const { files, places, gate, ports } = this.#parts
    this.#stop.signal.throwIfAborted()
    // From here on it is carried through: by this process, or by the next one.
    this.#run = { ...this.#run, can_cancel: false }
    writeIntent(files, places, { ...intent, run: this.#run })
    gate.set('closed')
    await gate.emptied(DRAIN_LIMIT_MS)
    const recovery = await this.#parts.exchange()
    const isDone = recovery.kind === 'exchanged'
    const reason = recovery.kind === 'old' ? recovery.reason : null
    gate.set('open')
    this.#run = {
      ...this.#run,
      fenced_ms: Math.round(ports.clock.monotonicMs() - (this.#fencedAtMs ?? ports.clock.monotonicMs())),
      kept_in: isDone ? join(places.kept, intent.run_id) : null,
    }
    this.#close('swap', isDone, reason ?? 'The databases have changed places; the old one is kept.')
    this.#begin('reopen')
    const error = isDone
      ? null
      : { code: 'storage_unavailable', detail: `${reason} What was there before is served, unchanged.` }
    // Kept at once: what follows can wait until everybody is answered again, and may be cut off.
    this.#history.keep(ended(this.#run, isDone ? 'done' : 'rolled_back', ports.clock.now(), error))
    const caughtUp = isDone ? await this.#catchUp() : reason
    this.#close('reopen', isDone, caughtUp ?? 'The restored database is served.')
    await this.#end(isDone ? 'done' : 'rolled_back', error)
  }

  /** Files that got turns while checks were refused; that they cannot be read now does not undo the restore. */
  async #catchUp(): Promise<string | null> {
    const core = this.#parts.core()
    const dir = core?.sessionsDir() ?? null
    if (core === null || dir === null) return null
    try {
      const { turnsWritten } = await core.catchUp(dir)
      return `The restored database is served; ${turnsWritten} turns were written meanwhile and are booked.`
    } catch (error) {
      this.#parts.ports.log.error('after a restore the session files were not read', { error })
      return 'The restored database is served. The session files could not be read again: run a reconciliation.'
    }
  }

  async #giveUp(error: unknown): Promise<void> {
    const { files, places, gate, ports } = this.#parts
    const isDecided = files.exists(places.intent)
    if (!isDecided) {
      this.#parts.core()?.unfence()
      gate.set('open')
      finishRestore(files, places)
    }
    const isCancelled = this.#stop.signal.aborted && !isDecided
    if (isCancelled) return this.#end('cancelled', null)
    ports.log.error('a restore failed', { run_id: this.#run.run_id, error })
    const known = error instanceof WeirError ? error : null
    const detail = known?.message ?? 'The restore stopped because of a fault in Weir; the log says which.'
    const served = isDecided
      ? 'Start Weir again: it carries the restore through or takes it back.'
      : 'What was there before is served, unchanged.'
    const next = known?.details['next_backup_id']
    await this.#end('failed', {
      code: known?.code ?? 'internal',
      detail: `${detail} ${served}`,
      ...(typeof next === 'string' && { next_backup_id: next }),
    })
  }

  /** Told before it is shown as over: whoever sees the end finds it in the log. */
  async #end(status: Exclude<Run['status'], 'running'>, error: Run['error']): Promise<void> {
    const over = ended(this.#run, status, this.#parts.ports.clock.now(), error)
    try {
      this.#history.keep(over)
      if (status !== 'cancelled') await this.#parts.core()?.note(over, this.#actor)
    } catch (cause) {
      this.#parts.ports.log.error('the end of a restore could not be noted', {
        run_id: over.run_id,
        error: cause,
      })
    }
    this.#run = over
  }

  async #step<Result extends Came>(step: StepName, work: () => Promise<Result>): Promise<Result> {
    if (this.#stop.signal.aborted) throw new WeirError('cancelled', 'The restore was cancelled.')
    this.#begin(step)
    const came = await work()
    this.#update(step, {
      state: came.isSkipped === true ? 'skipped' : 'done',
      detail: came.detail,
      figures: came.figures ?? {},
      finished_at: toIso(this.#parts.ports.clock.now()),
    })
    return came
  }

  #begin(step: StepName): void {
    this.#update(step, { state: 'running', started_at: toIso(this.#parts.ports.clock.now()) })
  }

  #close(step: StepName, isDone: boolean, detail: string): void {
    const finished_at = toIso(this.#parts.ports.clock.now())
    this.#update(step, { state: isDone ? 'done' : 'failed', detail, finished_at })
  }

  #update(step: StepName, members: Partial<Run['steps'][number]>): void {
    this.#run = withStep(this.#run, step, members)
    this.#parts.changed()
  }

  #log(): void {
    const { run_id, status, backup_id, fenced_ms } = this.#run
    this.#parts.ports.log.info('a restore ended', { run_id, status, backup_id, fenced_ms })
  }
}

function carriedInWords(carried: Carried): Came {
  const { unread, ...figures } = carried
  const problem = unread.length === 0 ? '' : ` Not readable: ${unread.join(', ')}.`
  return {
    detail: `${carried.turns} turns, ${carried.users} users and ${carried.closedMonths} closed months are newer and kept; ${carried.tokensRevoked} revoked tokens stay revoked.${problem}`,
    figures: {
      turns: figures.turns,
      corrected_turns: figures.corrected,
      sessions: figures.sessions,
      users: figures.users,
      closed_months: figures.closedMonths,
      log_lines: figures.logLines,
      tokens_revoked: figures.tokensRevoked,
    },
  }
}
