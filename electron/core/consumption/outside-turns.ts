import type { EpochMs } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import { priceTurn } from '../pricing/price-turn.ts'
import type { SessionReading } from '../sessions/session-reading.ts'
import type { ConsumptionContext, Moment } from './context.ts'
import { growthOf, rollUpGrowth, withGrowth } from './extension-roll-up.ts'
import { findTurn, saveOutsideTurns, type TurnRow } from './ledger-store.ts'
import type { Usage } from './usage.ts'

/**
 * The row of a session for what it spent outside its turns, as its file grows. An agent counts tokens while a turn is
 * still going on and lists the turn at its end, so what looks outside at one reading is inside a turn at the next.
 */

/** Tokens of each kind. */
export interface Tokens {
  readonly input: number
  readonly output: number
}

/**
 * What a session spent outside its turns: its own counters without all turns that are known of it. Turns the ledger
 * holds and the file does not list (any more) are spent once and not twice. Pure.
 */
export function outsideTokens(session: SessionReading, ledger: Tokens): Tokens {
  const rest = (all: number, inFile: number, inLedger: number) =>
    Math.max(0, all - Math.max(inFile, inLedger))
  return {
    input: rest(
      session.sessionInputTokens ?? session.turnsInputTokens + session.outsideInputTokens,
      session.turnsInputTokens,
      ledger.input,
    ),
    output: rest(
      session.sessionOutputTokens ?? session.turnsOutputTokens + session.outsideOutputTokens,
      session.turnsOutputTokens,
      ledger.output,
    ),
  }
}

/**
 * What the row becomes: it follows the file up; down only by what has been booked since as turns of the same month, so
 * that neither the session's nor the month's sum ever falls without a person. Pure.
 *
 * @param unheard the session's turns the row has not heard of yet
 */
export function followedTokens(held: TurnRow, wanted: Tokens, unheard: readonly TurnRow[]): Tokens {
  const moved = sumOf(unheard.filter((turn) => turn.period === held.period))
  return {
    input: Math.max(wanted.input, held.input_tokens - moved.input),
    output: Math.max(wanted.output, held.output_tokens - moved.output),
  }
}

/**
 * The turns a row has not heard of: those booked with this reading, whatever the clock says, and those told since the
 * row was. A turn is heard of once; what it moved out of the row is not moved again. Pure.
 */
export function unheardTurns(
  held: TurnRow,
  turns: readonly TurnRow[],
  booked: ReadonlySet<number>,
): readonly TurnRow[] {
  return turns.filter((turn) => booked.has(turn.turn_number) || turn.recorded_at > held.recorded_at)
}

/**
 * When a row is told that has heard of these turns: now, and not before any of them. A clock that was set back would make
 * turns it has heard of look like later ones, and it would give up their tokens with every reading.
 */
export function toldAt(now: EpochMs, turns: readonly Pick<TurnRow, 'recorded_at'>[]): EpochMs {
  return turns.reduce((latest, turn) => Math.max(latest, turn.recorded_at), now)
}

/** The tokens of some rows. */
export function sumOf(rows: readonly Pick<TurnRow, 'input_tokens' | 'output_tokens'>[]): Tokens {
  return {
    input: rows.reduce((sum, row) => sum + row.input_tokens, 0),
    output: rows.reduce((sum, row) => sum + row.output_tokens, 0),
  }
}

/**
 * Writes the row with other tokens: ledger and roll-ups; answers the user's counters after it.
 *
 * @param turns the session's turns in the ledger
 */
export async function saveOutside(
  trx: Writer,
  held: TurnRow,
  tokens: Tokens,
  turns: readonly TurnRow[],
  usage: Usage,
  { context, moment }: { readonly context: ConsumptionContext; readonly moment: Moment },
): Promise<Usage> {
  const before = await findTurn(trx, held.session_key, held.turn_number)
  if (before === undefined) throw new Error('the row that is followed is in the ledger')
  const price = priceTurn(context.prices(), {
    provider: before.provider,
    model: before.model,
    occurredAt: before.occurred_at,
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    cachedInputTokens: before.cached_input_tokens,
  })
  const hasFallen = tokens.input < before.input_tokens || tokens.output < before.output_tokens
  // More tokens at a price that has been lowered meanwhile: what is booked stays.
  const isKept = !hasFallen && price.costMicroUsd < before.cost_micro_usd
  const after = {
    ...before,
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    recorded_at: toldAt(moment.now, turns),
    ...(isKept ? {} : { cost_micro_usd: price.costMicroUsd, price_source: price.source }),
  }
  await saveOutsideTurns(trx, after)
  await rollUpGrowth(trx, before, after, moment.settings.time_zone)
  return withGrowth(usage, before, growthOf(before, after), moment.windows)
}
