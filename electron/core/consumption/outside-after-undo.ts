import type { SessionHold } from './import-holds-store.ts'
import type { TurnRow } from './ledger-store.ts'
import { sumOf, type Tokens } from './outside-turns.ts'
import { numbersOf } from './turn-numbers.ts'

/**
 * What a session's row for what it spent outside its turns holds when an import was never made: the other imports that
 * tell of the session follow each other once more, by the rules of `outside-turns.ts`. Null where none of them would
 * have written it. Pure.
 *
 * @param turns the session's turns that stay
 */
export function outsideAfterUndo(
  row: Pick<TurnRow, 'period'>,
  turns: readonly TurnRow[],
  holds: readonly SessionHold[],
): Tokens | null {
  const order = holds.toSorted((one, other) => one.told_at - other.told_at || one.batch_key - other.batch_key)
  const held = order.map((hold) => numbersOf(hold.turns))
  const real = turns.filter((turn) => turn.turn_number > 0)
  let tokens: Tokens | null = null
  let heard = new Set<number>()
  for (const [at, hold] of order.entries()) {
    const present = real.filter((turn) => {
      const first = held.findIndex((numbers) => numbers.has(turn.turn_number))
      return first === -1 ? turn.recorded_at <= hold.told_at : first <= at
    })
    const isNew = present.some((turn) => held.findIndex((numbers) => numbers.has(turn.turn_number)) === at)
    const wanted = wantedOf(hold, sumOf(present))
    if (tokens === null) {
      if (hold.is_books === 1 || wanted.input + wanted.output === 0) continue
      tokens = wanted
    } else if (hold.is_books === 0 || isNew) {
      const moved = sumOf(
        present.filter((turn) => !heard.has(turn.turn_number) && turn.period === row.period),
      )
      tokens = {
        input: Math.max(wanted.input, tokens.input - moved.input),
        output: Math.max(wanted.output, tokens.output - moved.output),
      }
    }
    heard = new Set(present.map((turn) => turn.turn_number))
  }
  return tokens
}

function wantedOf(hold: SessionHold, ledger: Tokens): Tokens {
  const rest = (all: number, inFile: number, inLedger: number) =>
    Math.max(0, all - Math.max(inFile, inLedger))
  return {
    input: rest(hold.all_input_tokens, hold.turns_input_tokens, ledger.input),
    output: rest(hold.all_output_tokens, hold.turns_output_tokens, ledger.output),
  }
}
