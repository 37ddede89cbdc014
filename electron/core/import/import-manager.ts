import { resolve } from 'node:path'
import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import type { Actor, ImportsApi } from '../api.ts'
import type { Clock, Logger, RandomBytes } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'
import type { AuthDatabase } from './auth-port.ts'
import type { ImportBatches } from './import-batches.ts'
import { ImportRun, type ImportSources } from './import-run.ts'
import type { ImportMode, LedgerImport } from './ledger-port.ts'

type ImportRunState = OperationOutput<'import.get'>

export interface ImportManagerPorts {
  readonly ledger: LedgerImport
  readonly authDatabase: AuthDatabase
  readonly scanner: SessionScanner
  readonly clock: Clock
  readonly log: Logger
  readonly randomBytes: RandomBytes
  /** The billing time zone; asked once at the start of a run. */
  readonly zone: () => string
  /** Makes a backup where there is something to lose; an import that cannot have one does not begin. */
  readonly safetyCopy?: (actor: Actor, signal: AbortSignal) => Promise<void>
  /** Notes what the run writes, so that it can be undone. */
  readonly batches?: Pick<ImportBatches, 'begin' | 'end' | 'busyUndoing'>
  /** Told of the folder of an import that went through. */
  readonly onImported?: (sessionsDir: string, actor: Actor) => Promise<void>
}

interface KeptRun {
  readonly run: ImportRun
  readonly finished: Promise<ImportRunState>
}

/** How many runs can still be looked at; older ones are in the audit log. */
const RUNS_KEPT = 20

/** Enough that no two runs of an installation ever share a name. */
const RUN_ID_BYTES = 8

/** Runs imports, one at a time, and remembers the last ones. */
export class ImportManager implements ImportsApi {
  readonly #ports: ImportManagerPorts
  readonly #runs = new Map<string, KeptRun>()
  #isStarting = false
  #isClosing = false

  constructor(ports: ImportManagerPorts) {
    this.#ports = ports
  }

  async look(authDb: string): Promise<OperationOutput<'import.lookAtAuthDatabase'>> {
    const { tables, notTaken } = await this.#ports.authDatabase.look(resolve(authDb))
    return { tables: [...tables], not_taken: [...notTaken] }
  }

  /** Errors: `busy`, `folder_unreadable`, `auth_database_unreadable`, `invalid_request`, `shutting_down`. */
  async start(input: OperationInput<'import.start'>, actor: Actor): Promise<ImportRunState> {
    if (this.#isClosing) throw new WeirError('shutting_down', 'Weir is shutting down and starts no import.')
    if (this.#isStarting || this.running() !== null) {
      throw new WeirError('busy', 'An import is running already. Wait until it is finished, or cancel it.', {
        details: { run_id: this.running()?.run_id ?? null },
      })
    }
    const undoing = this.#ports.batches?.busyUndoing() ?? null
    if (undoing !== null)
      throw new WeirError('busy', 'An import is being undone. Wait until that is finished.', {
        details: { run_id: undoing },
      })
    // Set before the first await: two calls at once must not both get here.
    this.#isStarting = true
    try {
      const sources = sourcesOf(input)
      await this.#look(sources)
      return this.#begin(sources, modeOf(input), actor)
    } finally {
      this.#isStarting = false
    }
  }

  async get(runId: string): Promise<ImportRunState> {
    return this.#kept(runId).run.snapshot()
  }

  /** Asks the run to stop; it stops between two sessions. A run that is over stays as it is. */
  async cancel(runId: string): Promise<ImportRunState> {
    const { run } = this.#kept(runId)
    if (run.isRunning) run.cancel()
    return run.snapshot()
  }

  async finished(runId: string): Promise<ImportRunState> {
    return this.#kept(runId).finished
  }

  /** The run that is going on, or null. */
  running(): ImportRunState | null {
    for (const { run } of this.#runs.values()) {
      if (run.isRunning) return run.snapshot()
    }
    return null
  }

  /** Starts no more, cancels what runs and waits for it. To be called before the ledger and the worker close. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const { run } of this.#runs.values()) if (run.isRunning) run.cancel()
    await Promise.all([...this.#runs.values()].map((kept) => kept.finished))
  }

  #kept(runId: string): KeptRun {
    const kept = this.#runs.get(runId)
    if (kept === undefined) {
      throw new WeirError(
        'run_unknown',
        `There is no import ${runId}; the last ${RUNS_KEPT} since the start can be asked for.`,
      )
    }
    return kept
  }

  /** A source that cannot be read is told before anything is written of the other one. */
  async #look({ sessionsDir, authDb }: ImportSources): Promise<void> {
    if (sessionsDir !== null) {
      const look = await this.#ports.scanner.look(sessionsDir)
      if (!look.readable)
        throw new WeirError('folder_unreadable', look.problem ?? `The folder ${sessionsDir} cannot be read.`)
    }
    if (authDb !== null) await this.#ports.authDatabase.look(authDb)
  }

  #begin(sources: ImportSources, mode: ImportMode, actor: Actor): ImportRunState {
    const runId = `import-${Buffer.from(this.#ports.randomBytes(RUN_ID_BYTES)).toString('hex')}`
    const run = new ImportRun(this.#ports, { runId, ...sources, mode, zone: this.#ports.zone() })
    const begun = run.snapshot()
    this.#runs.set(runId, { run, finished: this.#carryOut(run, actor) })
    // The oldest go first: a map keeps the order of insertion, and only the newest can be running.
    for (const oldest of this.#runs.keys()) {
      if (this.#runs.size <= RUNS_KEPT) break
      this.#runs.delete(oldest)
    }
    return begun
  }

  /** Never rejects: how the run ended is in its state. */
  async #carryOut(run: ImportRun, actor: Actor): Promise<ImportRunState> {
    const { log } = this.#ports
    log.info('import started', { runId: run.runId, mode: run.mode })
    try {
      await run.work((signal) => this.#beforeWriting(run, actor, signal))
      run.end('done', null)
    } catch (error) {
      this.#endEarly(run, error)
    }
    // Only an import writes: dry runs and comparisons leave no trace, not even this one.
    if (run.mode === 'import') await this.#audit(run, actor)
    const { status, files_done, turns_written } = run.snapshot()
    log.info('import ended', { runId: run.runId, status, files: files_done, turns: turns_written })
    return run.snapshot()
  }

  /** The safety copy MUST come first: what it holds is the way back, without the run. */
  async #beforeWriting(run: ImportRun, actor: Actor, signal: AbortSignal): Promise<number | null> {
    await this.#ports.safetyCopy?.(actor, signal)
    const { run_id: id, sessions_dir: sessionsDir, auth_db: authDb } = run.snapshot()
    return (await this.#ports.batches?.begin({ id, sessionsDir, authDb }, actor)) ?? null
  }

  #endEarly(run: ImportRun, error: unknown): void {
    if (isCancellation(error)) {
      run.end('cancelled', null)
      return
    }
    const known = error instanceof WeirError ? error : null
    this.#ports.log.error('import failed', { runId: run.runId, error: String(error), cause: causeOf(error) })
    run.end('failed', {
      code: known?.code ?? 'internal',
      detail:
        known?.message ??
        'The import stopped because of a fault in Weir; the log says which. What was written stays, and running it again goes on from there.',
    })
  }

  async #audit(run: ImportRun, actor: Actor): Promise<void> {
    try {
      await this.#ports.ledger.auditImport(actor, run.snapshot())
      await this.#ports.batches?.end(run.snapshot())
      const { status, sessions_dir } = run.snapshot()
      if (status === 'done' && sessions_dir !== null) await this.#ports.onImported?.(sessions_dir, actor)
    } catch (error) {
      // The import itself is done: its result must not be lost because the line about it could not be written.
      this.#ports.log.error('import could not be written to the audit log', {
        runId: run.runId,
        error: String(error),
      })
    }
  }
}

function sourcesOf(input: OperationInput<'import.start'>): ImportSources {
  const { sessions_dir, auth_db } = input
  if (sessions_dir === undefined && auth_db === undefined) {
    const message = 'is missing: name a folder of session files, an auth database (auth_db), or both'
    throw new WeirError('invalid_request', `sessions_dir ${message}.`, {
      details: { errors: [{ path: 'sessions_dir', message }] },
    })
  }
  const wholePath = (path: string | undefined) => (path === undefined ? null : resolve(path))
  return { sessionsDir: wholePath(sessions_dir), authDb: wholePath(auth_db) }
}

function modeOf(input: OperationInput<'import.start'>): ImportMode {
  if (input.validate_only === true) return 'validate'
  return input.dry_run === true ? 'dry-run' : 'import'
}

function isCancellation(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function causeOf(error: unknown): string | null {
  return error instanceof Error && error.cause !== undefined ? String(error.cause) : null
}
