import { toIso } from '../../../shared/units.ts'
import { safeText } from '../kernel/log-redaction.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { JobRunRow, RunEnd } from './job-store.ts'
import type { JobLog, JobOutcome } from './job-work.ts'

/** Takes whole lines; what goes wrong with the file must not go wrong with the job. */
export interface LogWriter {
  line(text: string): void
  close(): void
}

/** The tail is read on a screen: more lines than fit two of them nobody reads there; the rest is in the file. */
const TAIL_LINES_MAX = 100
/** A line with a stack in it is cut: the tail of a run is a row of the database. */
const LINE_LENGTH_MAX = 500

/** The lines of one run: to the job's file, and the last of them to the run. */
export class RunLog implements JobLog {
  readonly #writer: LogWriter
  readonly #clock: Clock
  readonly #lines: string[] = []

  constructor(writer: LogWriter, clock: Clock) {
    this.#writer = writer
    this.#clock = clock
  }

  begin(run: JobRunRow): void {
    const when =
      run.scheduled_at === null ? `by ${run.started_by}` : `for ${toIso(run.scheduled_at)}, ${run.trigger}`
    const missed = run.instants > 1 ? `, stands for ${run.instants} missed times` : ''
    const again = run.attempts > 1 ? `, attempt ${run.attempts}` : ''
    this.info(`Run job-${run.id} ${when}${missed}${again}${run.is_dry_run === 1 ? ', dry run' : ''}`)
  }

  info(line: string): void {
    this.#add('info', line)
  }

  warn(line: string): void {
    this.#add('warn', line)
  }

  end(end: Omit<RunEnd, 'logTail'>): void {
    const counts = Object.entries(end.counts).map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    if (end.firstError !== null) this.warn(`First error: ${end.firstError}`)
    this.info(`Ended: ${end.status}${counts.length === 0 ? '' : `; ${counts.join(', ')}`}`)
  }

  /** The last lines, one below the other. */
  tail(): string {
    return this.#lines.join('\n')
  }

  close(): void {
    this.#writer.close()
  }

  #add(level: 'info' | 'warn', line: string): void {
    // An error may quote the session file it could not read.
    const text = safeText(line).replace(/\s+/g, ' ').slice(0, LINE_LENGTH_MAX)
    const whole = `${toIso(this.#clock.now())} ${level} ${text}`
    this.#lines.push(whole)
    if (this.#lines.length > TAIL_LINES_MAX) this.#lines.shift()
    this.#writer.line(whole)
  }
}

const NOTHING = { counts: {}, failures: 0, firstError: null }

/** How work ended, whatever it threw. */
export async function outcomeOf(
  work: () => Promise<JobOutcome>,
  log: Logger,
): Promise<Omit<RunEnd, 'logTail'>> {
  try {
    const outcome = await work()
    const firstError = outcome.firstError === null ? null : safeText(outcome.firstError)
    return { ...outcome, firstError, status: outcome.failures === 0 ? 'done' : 'partial' }
  } catch (error) {
    if (error instanceof WeirError && error.code === 'cancelled') return { ...NOTHING, status: 'cancelled' }
    if (error instanceof WeirError && error.code === 'shutting_down')
      return { ...NOTHING, status: 'interrupted', firstError: error.message }
    log.error('a job failed', { area: 'jobs', error })
    const firstError = safeText(error instanceof Error ? error.message : String(error))
    return { ...NOTHING, status: 'failed', failures: 1, firstError }
  }
}
