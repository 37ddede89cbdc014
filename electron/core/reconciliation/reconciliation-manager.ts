import { resolve } from 'node:path'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import {
  DEFAULT_THRESHOLD_PERCENT,
  type ReconciliationReport,
} from '../../../shared/contract/reconciliation.ts'
import { renderReport } from '../../../shared/reconciliation-report.ts'
import type { Actor, ReconciliationApi } from '../api.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import { sessionsFolder } from '../settings/sessions-folder.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { isAutomatic, type Value } from './drift.ts'
import {
  applyRepairs,
  ReconciliationRun,
  type RunPlan,
  type RunPorts,
  sessionsOf,
  storedRun,
} from './reconciliation-run.ts'
import {
  endInterruptedRuns,
  findingsOf,
  findRun,
  listRuns,
  type RunRow,
  reportOf,
  setUserStatus,
} from './run-store.ts'

type RunState = OperationOutput<'reconciliation.get'>
type StartInput = ParsedInput<'reconciliation.start'>

export interface ReconciliationPorts extends RunPorts {
  readonly scanner: Pick<SessionScanner, 'look'>
  readonly settings: SettingsManager
  /** What the process was started with; wins over what is remembered. */
  readonly sessionsDir: string | null
  /** Where Weir writes session files itself. */
  readonly ownSessionsDir: string
}

const RUN_ID_BYTES = 8
const RUNS_LISTED = 20

/** Runs reconciliations, one at a time; what they found is in the database. */
export class ReconciliationManager implements ReconciliationApi {
  readonly #ports: ReconciliationPorts
  #current: { readonly run: ReconciliationRun; readonly over: Promise<void> } | undefined
  #isStarting = false
  #isClosing = false

  constructor(ports: ReconciliationPorts) {
    this.#ports = ports
  }

  /** Tidies up after a process that was ended in the middle of a run. */
  async endInterrupted(): Promise<void> {
    const { database, clock } = this.#ports.context
    await database.write((trx) => endInterruptedRuns(trx, clock.now()))
  }

  /** Errors: `busy`, `folder_unreadable`, `shutting_down`. */
  async start(input: StartInput, actor: Actor): Promise<RunState> {
    const run = await this.#begin(input, actor)
    return { ...run.progress(), report: null }
  }

  /** A whole run, for jobs. Errors: those of `start`, `cancelled`, and what stopped it. */
  async run(input: StartInput, actor: Actor, signal?: AbortSignal): Promise<ReconciliationReport> {
    signal?.throwIfAborted()
    const run = await this.#begin(input, actor)
    const cancel = () => run.cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      const { report, status, error } = await this.finished(run.plan.runId)
      if (status === 'cancelled') throw new WeirError('cancelled', 'The reconciliation was cancelled.')
      if (report === null || status !== 'done')
        throw new WeirError('internal', error?.detail ?? 'The reconciliation ended without a report.')
      return report
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /** Settles when the run is over, whatever became of it. Errors: `run_unknown`. */
  async finished(runId: string): Promise<RunState> {
    if (this.#current?.run.plan.runId === runId) await this.#current.over
    return this.get(runId)
  }

  async get(runId: string): Promise<RunState> {
    const current = this.#current?.run
    if (current?.isRunning && current.plan.runId === runId) return { ...current.progress(), report: null }
    const row = await this.#row(runId)
    if (current !== undefined && isUnwritten(current, row)) return { ...current.progress(), report: null }
    return { ...storedRun(row), report: await reportOf(this.#ports.context.database.reader, row) }
  }

  async list(limit = RUNS_LISTED): Promise<OperationOutput<'reconciliation.list'>> {
    const current = this.#current?.run
    const rows = await listRuns(this.#ports.context.database.reader, limit)
    return {
      runs: rows.map((row) => ({
        ...(current !== undefined && isUnwritten(current, row) ? current.progress() : storedRun(row)),
        report: null,
      })),
      sessions_dir: this.#knownFolder(),
    }
  }

  async cancel(runId: string): Promise<RunState> {
    const current = this.#current?.run
    if (current?.plan.runId === runId) current.cancel()
    return this.get(runId)
  }

  async report(
    runId: string,
    format: 'json' | 'text' | 'csv' | 'markdown' = 'json',
  ): Promise<OperationOutput<'reconciliation.report'>> {
    const row = await this.#row(runId)
    const report = await reportOf(this.#ports.context.database.reader, row)
    return format === 'json' ? report : renderReport(report, format)
  }

  /** Errors: `run_unknown`, `busy`, `invalid_request`. */
  async repair(
    input: ParsedInput<'reconciliation.repair'>,
    actor: Actor,
  ): Promise<OperationOutput<'reconciliation.repair'>> {
    this.#refuseSecond()
    const { context } = this.#ports
    const row = await this.#row(input.run_id)
    const ids = new Set(input.finding_ids)
    const findings = await findingsOf(context.database.reader, row.id)
    const chosen = findings.filter((one) => ids.has(one.id) && one.state === 'open')
    const unfit = chosen.filter((one) => !isAutomatic(one.repair) && one.repair !== 'confirm')
    if (chosen.length === 0 || unfit.length > 0) throw cannotRepair(unfit.length)
    this.#isStarting = true
    try {
      const copy = await this.#ports.safetyCopy('before-fix')
      let repaired = 0
      for (const userId of new Set(chosen.map((one) => one.user_id))) {
        const wanted = chosen
          .filter((one) => one.user_id === userId)
          .map((one) => ({
            sessionId: one.session_id,
            turnNumber: one.turn_number,
            field: one.field,
            fileValue: JSON.parse(one.file_value) as Value,
            databaseValue: JSON.parse(one.database_value) as Value,
          }))
        const sessions = await this.#ports.worker.reread(row.sessions_dir, userId, sessionsOf(wanted))
        const order = { runId: row.id, userId, sessions, wanted, reason: input.reason, actor }
        repaired += (await applyRepairs(context, { ...order, startedAt: row.started_at })).length
        await this.#settleUser(row.id, userId)
      }
      return { repaired, safety_copy_id: copy.id, run: await this.get(row.id) }
    } finally {
      this.#isStarting = false
    }
  }

  /** Cancels what runs and waits for it. To be called before the ledger and the worker close. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#current?.run.cancel()
    await this.#current?.over
  }

  async #begin(input: StartInput, actor: Actor): Promise<ReconciliationRun> {
    this.#refuseSecond()
    // Set before the first await: two calls at once must not both get here.
    this.#isStarting = true
    try {
      const plan = await this.#plan(input, actor)
      const run = new ReconciliationRun(this.#ports, plan, actor)
      await run.begin()
      this.#current = { run, over: this.#carryOut(run) }
      return run
    } finally {
      this.#isStarting = false
    }
  }

  async #plan(input: StartInput, actor: Actor): Promise<RunPlan> {
    const { context, scanner, settings } = this.#ports
    const folder = input.sessions_dir ?? this.#knownFolder()
    if (folder === null) {
      throw new WeirError(
        'folder_unreadable',
        'Weir does not know yet where the session files are. Name their folder, or import it first.',
      )
    }
    const sessionsDir = resolve(folder)
    const look = await scanner.look(sessionsDir)
    if (!look.readable)
      throw new WeirError('folder_unreadable', look.problem ?? `The folder ${sessionsDir} cannot be read.`)
    if (input.sessions_dir !== undefined) await settings.change({ sessions_dir: sessionsDir }, actor)
    return {
      runId: `reconciliation-${Buffer.from(context.randomBytes(RUN_ID_BYTES)).toString('hex')}`,
      sessionsDir,
      fix: input.fix === true,
      userId: input.user_id ?? null,
      thresholdPercent: input.threshold_percent ?? DEFAULT_THRESHOLD_PERCENT,
      period: input.period ?? 'all',
      isFull: input.full === true,
    }
  }

  #knownFolder(): string | null {
    return sessionsFolder(this.#ports.sessionsDir, this.#ports.settings.current(), this.#ports.ownSessionsDir)
  }

  /** Whether files and ledger are being compared, or repaired as a run. */
  isRunning(): boolean {
    return this.#isStarting || this.#current?.run.isRunning === true
  }

  #refuseSecond(): void {
    if (this.#isClosing)
      throw new WeirError('shutting_down', 'Weir is shutting down and starts no reconciliation.')
    if (!this.isRunning()) return
    throw new WeirError('busy', 'A reconciliation is running already. Wait until it is over, or cancel it.', {
      details: { run_id: this.#current?.run.plan.runId ?? null },
    })
  }

  /** Never rejects: how the run ended is written down with it. */
  async #carryOut(run: ReconciliationRun): Promise<void> {
    const { log } = this.#ports.context
    const { runId } = run.plan
    log.info('reconciliation started', { runId, fix: run.plan.fix })
    try {
      await this.#end(run)
      log.info('reconciliation ended', { runId })
    } catch (error) {
      log.error('the end of a reconciliation could not be written down', { runId, error: String(error) })
    }
  }

  async #end(run: ReconciliationRun): Promise<void> {
    try {
      await run.work()
    } catch (error) {
      const known = error instanceof WeirError ? error : null
      if (known?.code === 'cancelled' || (error instanceof Error && error.name === 'AbortError'))
        return run.end('cancelled', null)
      this.#ports.context.log.error('reconciliation failed', { runId: run.plan.runId, error: String(error) })
      return run.end('failed', {
        code: known?.code ?? 'internal',
        detail:
          known?.message ?? 'The reconciliation stopped because of a fault in Weir; the log says which.',
      })
    }
    await run.end('done', null)
    const users = run.differingUsers
    if (users > 0)
      this.#ports.context.log.warn('the session files and the ledger differ', {
        event: LOG_EVENTS.driftWarning,
        runId: run.plan.runId,
        users,
      })
  }

  /** A user whose last open finding was repaired is corrected. */
  async #settleUser(runId: string, userId: string): Promise<void> {
    const { database } = this.#ports.context
    const findings = await findingsOf(database.reader, runId)
    const isDone = findings.every((one) => one.user_id !== userId || one.state === 'corrected')
    if (isDone) await database.write((trx) => setUserStatus(trx, runId, userId, 'corrected'))
  }

  async #row(runId: string): Promise<RunRow> {
    const row = await findRun(this.#ports.context.database.reader, runId)
    if (row !== undefined) return row
    throw new WeirError('run_unknown', `There is no reconciliation ${runId}; the last 30 can be asked for.`)
  }
}

/** Whether it goes on, or its end could not be written down. */
function isUnwritten(run: ReconciliationRun, row: RunRow): boolean {
  return run.plan.runId === row.id && (run.isRunning || row.status === 'running')
}

function cannotRepair(unfit: number): WeirError {
  const detail =
    unfit > 0
      ? 'Some of these findings cannot be repaired in the ledger: their file has to be brought back, or read again. Nothing was changed.'
      : 'None of these findings is open in this run. Check again, then choose from the new list.'
  return new WeirError('invalid_request', detail)
}
