import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { OPERATIONS, type ParsedInput } from '../../../shared/contract/index.ts'
import type { EpochMs } from '../../../shared/units.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import type { Logger } from '../kernel/ports.ts'

/**
 * Turns that are in their session file and not yet in the database: `dual-write-failures.json` of the data folder. A
 * table could not hold them, since what fails is the database.
 */

/** A second write that failed. */
export interface DualWriteFailure {
  readonly turn: ParsedInput<'turns.record'>
  readonly failedAt: EpochMs
  readonly attempts: number
  /** What the last attempt said. */
  readonly error: string
}

const journal = z.array(
  z.object({
    turn: OPERATIONS['turns.record'].input,
    failedAt: z.int(),
    attempts: z.int(),
    error: z.string(),
  }),
)

export class FailureJournal {
  readonly #path: string
  readonly #log: Logger
  readonly #failures: Map<string, DualWriteFailure>
  #writing: Promise<void> = Promise.resolve()
  /** The write that has not begun. */
  #next: Promise<void> | undefined

  constructor(path: string, log: Logger) {
    this.#path = path
    this.#log = log
    this.#failures = new Map(readJournal(path, log).map((one) => [keyOf(one.turn), one]))
  }

  get size(): number {
    return this.#failures.size
  }

  /** Oldest first. */
  list(): readonly DualWriteFailure[] {
    return [...this.#failures.values()]
  }

  /** Keeps a failure; the same turn again counts one attempt more. Settles when it is on disk, or cannot be put there. */
  async note(turn: ParsedInput<'turns.record'>, error: string, now: EpochMs): Promise<void> {
    const before = this.#failures.get(keyOf(turn))
    this.#failures.set(keyOf(turn), {
      turn,
      failedAt: before?.failedAt ?? now,
      attempts: (before?.attempts ?? 0) + 1,
      error,
    })
    await this.#save()
  }

  /** The turn is in the database now. */
  async settle(turn: ParsedInput<'turns.record'>): Promise<void> {
    if (this.#failures.delete(keyOf(turn))) await this.#save()
  }

  /** One after the other; what is noted while one is being written goes into the next one together. */
  #save(): Promise<void> {
    this.#next ??= this.#writing.then(() => {
      this.#next = undefined
      return this.#write()
    })
    this.#writing = this.#next
    return this.#next
  }

  async #write(): Promise<void> {
    try {
      await writeFileAtomically(this.#path, `${JSON.stringify(this.list())}\n`)
    } catch (error) {
      // The session file has the turn all the same: following the files brings it into the database.
      this.#log.error('turns that wait for the database could not be noted', { area: 'sessions', error })
    }
  }
}

function readJournal(path: string, log: Logger): readonly DualWriteFailure[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  try {
    return journal.parse(JSON.parse(text))
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    log.error('the list of turns that wait for the database is damaged; the session files have them', {
      area: 'sessions',
      path,
    })
    return []
  }
}

function keyOf(turn: ParsedInput<'turns.record'>): string {
  return JSON.stringify([turn.user_id, turn.session_id, turn.turn_number])
}
