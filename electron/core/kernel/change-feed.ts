/**
 * Tells whoever looks at Weir that something changed: which subjects, never what. A listener asks again for what it
 * shows of them, so nothing secret passes here and a lost message costs nothing but a little time.
 */

/** What changed: the first part of an operation's name (`users`, `enforcement`, `import`), or `status`. */
export type Topic = string

/** Several changes of a moment are one message. A quarter of a second looks like at once and bounds the rate to four. */
const GATHER_MS = 250

/** One message: its number grows from 1 for as long as the process lives. */
export interface Change {
  readonly id: number
  readonly topics: readonly Topic[]
}

type Listener = (change: Change) => void

/** Gathers what changed and tells its listeners. Publishing costs a set insertion: it stands on the hot path. */
export class ChangeFeed {
  readonly #listeners = new Set<Listener>()
  readonly #gathered = new Set<Topic>()
  #timer: NodeJS.Timeout | undefined
  #lastId = 0
  readonly #onTrouble: (error: unknown) => void

  /** `onTrouble` hears of a listener that threw; the others hear the change all the same. */
  constructor(onTrouble: (error: unknown) => void = () => undefined) {
    this.#onTrouble = onTrouble
  }

  /** Notes that something of this subject changed. Nothing is kept when nobody listens. */
  publish(topic: Topic): void {
    if (this.#listeners.size === 0) return
    this.#gathered.add(topic)
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS).unref()
  }

  /** Hears changes until the returned function is called. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Number of the last message; what a listener that was away compares with. */
  lastId(): number {
    return this.#lastId
  }

  /** Forgets its listeners; later changes go nowhere. */
  close(): void {
    clearTimeout(this.#timer)
    this.#listeners.clear()
    this.#gathered.clear()
  }

  #tell(): void {
    this.#timer = undefined
    this.#lastId += 1
    const change = { id: this.#lastId, topics: [...this.#gathered].sort() }
    this.#gathered.clear()
    for (const listener of [...this.#listeners]) {
      try {
        listener(change)
      } catch (error) {
        this.#onTrouble(error)
      }
    }
  }
}
