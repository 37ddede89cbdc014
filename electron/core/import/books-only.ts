import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'
import type { AuthCompared } from './auth-port.ts'
import type { FileTotals } from './file-totals.ts'

interface Outside {
  readonly session: SessionReading
  readonly input: number
  readonly output: number
}

/** Turns that only the platform's books tell of: with those of the files they are what the ledger must give back. */
export class BooksOnly {
  readonly #totals: FileTotals
  /** Numbers of the turns the files tell of, by session. */
  readonly #ofFiles = new Map<string, number[]>()
  readonly #counted = new Set<string>()
  readonly #outside = new Map<string, Outside>()
  #same = 0
  #others = 0

  constructor(totals: FileTotals) {
    this.#totals = totals
  }

  /** Those the ledger has with the same figures. */
  get same(): number {
    return this.#same
  }

  get others(): number {
    return this.#others
  }

  noteFile(session: SessionReading): void {
    const { userId, sessionId, turns, outsideInputTokens: input, outsideOutputTokens: output } = session
    const key = `${userId} ${sessionId}`
    if (input + output > 0) this.#outside.set(key, { session, input, output })
    const held = this.#ofFiles.get(key) ?? []
    for (const turn of turns) held.push(turn.turnNumber)
    this.#ofFiles.set(key, held)
  }

  /** Adds the turns of a session of the books that no file tells of. */
  add(session: SessionReading, { same, missing }: NonNullable<AuthCompared['turns']>): void {
    const key = `${session.userId} ${session.sessionId}`
    const ofFile = this.#ofFiles.get(key)
    const told = new Set(ofFile)
    const turns = session.turns.filter((turn) => !told.has(turn.turnNumber))
    if (turns.length === 0) return
    const held = new Set(same)
    const known = new Set([...same, ...missing])
    for (const turn of turns) {
      if (held.has(turn.turnNumber)) this.#same += 1
      else if (!known.has(turn.turnNumber)) this.#others += 1
    }
    const isFirst = ofFile === undefined && !this.#counted.has(key)
    this.#counted.add(key)
    this.#totals.add({ session: { ...session, turns }, isFirst, isLast: true })
    this.#moveFromOutside(key, turns)
  }

  /** What the file has outside its turns was spent in them, as far as it goes: it is counted once. */
  #moveFromOutside(key: string, turns: readonly TurnReading[]): void {
    const held = this.#outside.get(key)
    if (held === undefined) return
    const isOfMonth = (turn: TurnReading) => this.#totals.isSameMonth(turn.occurredAt, held.session.createdAt)
    const sum = (of: (turn: TurnReading) => number) =>
      turns.filter(isOfMonth).reduce((total, turn) => total + of(turn), 0)
    const input = Math.min(
      held.input,
      sum((turn) => turn.inputTokens),
    )
    const output = Math.min(
      held.output,
      sum((turn) => turn.outputTokens),
    )
    this.#totals.lessOutside(held.session, input, output)
    this.#outside.set(key, { ...held, input: held.input - input, output: held.output - output })
  }
}
