import { join } from 'node:path'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { ERROR_CODES } from '../../../shared/error-codes.ts'
import { SECOND_MS, toIso } from '../../../shared/units.ts'
import { type ConsumptionContext, momentOf } from '../consumption/context.ts'
import { lookBeforeRecording, pendingAnswer } from '../consumption/record-later.ts'
import { keptQuery, pastInstant } from '../consumption/record-turn.ts'
import { isStorageError } from '../database/storage-error.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import type { Timers } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { OWN_SESSIONS } from '../settings/sessions-folder.ts'
import { FailureJournal } from './failure-journal.ts'
import { appendToFile } from './session-file-writer.ts'

/** Recording where Weir writes the session files: the file first, which is the truth, then the database. */

type Turn = ParsedInput<'turns.record'>
type Answer = OperationOutput<'turns.record'>

/** Records in the database alone. */
export type RecordInDatabase = (turn: Turn) => Promise<Answer>

export interface DualWriterParts {
  readonly dataDir: string
  readonly context: ConsumptionContext
  readonly timers: Timers | undefined
}

/** A database that does not answer now mostly does a little later; more often would only add to its trouble. */
const RETRY_MS = 10 * SECOND_MS

export class DualWriter {
  /** Where the session files go. */
  readonly folder: string
  readonly #parts: DualWriterParts
  readonly #journal: FailureJournal
  readonly #queues = new Map<string, Promise<unknown>>()
  #inDatabase: RecordInDatabase | undefined
  #retrying: Promise<void> | undefined
  #stopTimer: (() => void) | undefined
  #isClosing = false
  #failures = 0

  constructor(parts: DualWriterParts) {
    this.#parts = parts
    this.folder = join(parts.dataDir, OWN_SESSIONS)
    this.#journal = new FailureJournal(join(parts.dataDir, 'dual-write-failures.json'), parts.context.log)
  }

  /**
   * Records a turn in its session file and then in the database. A database that does not answer is no refusal: the
   * answer is `pending`, and the turn is brought in later. Errors: those of `turns.record`; nothing is counted when the
   * file cannot be written.
   */
  record(turn: Turn, inDatabase: RecordInDatabase): Promise<Answer> {
    this.#inDatabase ??= inDatabase
    const session = JSON.stringify([turn.user_id, turn.session_id])
    // One after the other: each turn rewrites its session's file.
    const before = this.#queues.get(session) ?? Promise.resolve()
    const recorded = before.then(() => this.#record(turn, inDatabase))
    const settled = recorded.then(
      () => undefined,
      () => undefined,
    )
    this.#queues.set(session, settled)
    void settled.then(() => {
      if (this.#queues.get(session) === settled) this.#queues.delete(session)
    })
    return recorded
  }

  /** What waits for the database. */
  state(): OperationOutput<'sessionFiles.get'>['dual_write'] {
    const failures = this.#journal.list()
    const [oldest] = failures
    return {
      pending: failures.length,
      oldest_at: oldest === undefined ? null : toIso(oldest.failedAt),
      last_error: failures.at(-1)?.error ?? null,
      failures: this.#failures,
    }
  }

  /** Begins to bring in what waits, also from before this start. */
  start(inDatabase: RecordInDatabase): void {
    this.#inDatabase ??= inDatabase
    if (this.#journal.size > 0) this.#retryLater(0)
  }

  /** Tries now what waits for the database; answers how many turns still do. */
  async retry(): Promise<number> {
    this.#retrying ??= this.#retryAll().finally(() => {
      this.#retrying = undefined
    })
    await this.#retrying
    return this.#journal.size
  }

  /** Lets running turns finish. To be called before the database closes. */
  async close(): Promise<void> {
    this.#isClosing = true
    this.#stopTimer?.()
    await Promise.all([...this.#queues.values(), this.#retrying])
  }

  async #record(given: Turn, inDatabase: RecordInDatabase): Promise<Answer> {
    const { context } = this.#parts
    if (this.#isClosing) throw new WeirError('shutting_down', 'Weir is shutting down. Try again in a moment.')
    const moment = momentOf(context)
    // Both sides must say the same time, so it is settled before the first of them.
    const occurredAt = pastInstant(given.occurred_at, 'occurred_at', moment)
    const turn = { ...given, occurred_at: toIso(occurredAt) }
    const look = await this.#look(turn)
    if (look === 'known') return inDatabase(turn)
    await appendToFile(this.folder, turn, keptQuery(turn.user_query ?? null, moment.settings))
    try {
      // Asked a moment ago it did not answer: the agent need not wait for that twice.
      if (look !== 'new') throw look
      return await inDatabase(turn)
    } catch (error) {
      if (!isStorageError(error)) throw error
      await this.#fail(turn, error)
      return pendingAnswer(turn, context)
    }
  }

  /** What the database would refuse must not get into a file. One that does not answer cannot be asked. */
  async #look(turn: Turn): Promise<'new' | 'known' | Error> {
    const { context } = this.#parts
    try {
      return await context.database.write((trx) => lookBeforeRecording(trx, turn, context))
    } catch (error) {
      if (!(error instanceof WeirError && isStorageError(error))) throw error
      return error
    }
  }

  async #fail(turn: Turn & { readonly occurred_at: string }, error: unknown): Promise<void> {
    const { log, clock, settings } = this.#parts.context
    const reason = error instanceof Error ? error.message : String(error)
    this.#failures += 1
    log.error('a turn is in its session file, but not yet in the database', {
      event: LOG_EVENTS.dualWriteFailure,
      ...nameOf(turn),
      reason,
    })
    const { user_query, ...rest } = turn
    const kept = keptQuery(user_query ?? null, settings())
    await this.#journal.note(kept === null ? rest : { ...rest, user_query: kept }, reason, clock.now())
    this.#retryLater(RETRY_MS)
  }

  #retryLater(ms: number): void {
    const { timers } = this.#parts
    if (timers === undefined || this.#stopTimer !== undefined || this.#isClosing) return
    this.#stopTimer = timers.after(ms, () => {
      this.#stopTimer = undefined
      void this.retry().then((left) => {
        if (left > 0) this.#retryLater(RETRY_MS)
      })
    })
  }

  async #retryAll(): Promise<void> {
    const { log, clock } = this.#parts.context
    const inDatabase = this.#inDatabase
    if (inDatabase === undefined) return
    let written = 0
    for (const { turn } of this.#journal.list()) {
      if (this.#isClosing) return
      try {
        await inDatabase(turn)
        await this.#journal.settle(turn)
        written += 1
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        if (isRefusal(error)) {
          // It will be refused for ever: its file has it, and a reconciliation names it.
          log.error('a turn in a session file is refused by the database', { ...nameOf(turn), reason })
          await this.#journal.settle(turn)
          continue
        }
        await this.#journal.note(turn, reason, clock.now())
        // It does not answer yet: the others would only wait for the same no.
        break
      }
    }
    if (written > 0)
      log.info('turns that waited were written to the database', { area: 'sessions', turns: written })
  }
}

/** What the caller did, not what Weir or its disk is in: said again, it would be refused again. */
function isRefusal(error: unknown): boolean {
  return error instanceof WeirError && ERROR_CODES[error.code].status < 500
}

function nameOf({ user_id, session_id, turn_number }: Turn) {
  return { area: 'sessions', user_id, session_id, turn_number }
}
