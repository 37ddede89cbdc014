import { within } from './within.ts'

/**
 * Who is let in while a restore exchanges the database under everybody. Open, it costs a counter and nothing more: it
 * stands on the hot path.
 */

/** `fenced`: what changes something waits. `closed`: everything waits, there is no database. */
export type GateState = 'open' | 'fenced' | 'closed'

/** What is answered at all times, because it tells how far the restore is. */
const ALWAYS_ANSWERED = new Set(['restore.get', 'restore.list', 'restore.cancel'])

/** One gate for the life of a process. */
export class Gate {
  #state: GateState = 'open'
  #underWay = 0
  #whenEmpty: (() => void) | undefined

  get state(): GateState {
    return this.#state
  }

  /** Lets a call of an operation in, or not; one that was let in MUST leave again. */
  enter(operation: string, effect: 'read' | 'write'): boolean {
    if (this.#state !== 'open' && !this.#isAnswered(operation, effect)) return false
    this.#underWay += 1
    return true
  }

  leave(): void {
    this.#underWay -= 1
    if (this.#underWay === 0) this.#whenEmpty?.()
  }

  set(state: GateState): void {
    this.#state = state
  }

  /** Waits until nobody is inside, but not longer than `limitMs`. */
  async emptied(limitMs: number): Promise<void> {
    if (this.#underWay === 0) return
    await within(
      new Promise<void>((resolve) => {
        this.#whenEmpty = resolve
      }),
      limitMs,
    )
    this.#whenEmpty = undefined
  }

  #isAnswered(operation: string, effect: 'read' | 'write'): boolean {
    return ALWAYS_ANSWERED.has(operation) || (this.#state === 'fenced' && effect === 'read')
  }
}
