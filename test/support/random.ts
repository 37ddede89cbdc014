import { randomInt } from 'node:crypto'

/** Chance in tests, from a seed that is printed: `WEIR_SEED=… npx vitest run …` plays the same run again. */

const SEED_MAX = 2 ** 31

/** The seed of this run. */
export const SEED = Number(process.env['WEIR_SEED'] ?? randomInt(SEED_MAX))

/** Says which seed a file's random tests use; call it once at its top. Answers the seed. */
export function announceSeed(what: string): number {
  process.stdout.write(`${what}: seed ${SEED} (WEIR_SEED=${SEED} plays it again)\n`)
  return SEED
}

/** A small generator with a seed (mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.int(0, items.length - 1)]
    if (item === undefined) throw new Error('there must be something to pick from')
    return item
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const rest = [...items]
    for (let last = rest.length - 1; last > 0; last -= 1) {
      const other = this.int(0, last)
      const held = rest[last] as Item
      rest[last] = rest[other] as Item
      rest[other] = held
    }
    return rest
  }
}
