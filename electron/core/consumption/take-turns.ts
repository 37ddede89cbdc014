import { hourWindow, periodOf } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import type { TurnRow } from './ledger-store.ts'
import { totalsOf, turnCount } from './turn-effect.ts'
import { addTotals, NO_TOTALS, TOTAL_NAMES, type Totals } from './usage.ts'
import { periodNumber } from './windows.ts'

/** Takes turns out of the sums that were kept of them: what the roll-ups add, backwards. A sum of nothing goes altogether. */

type Turn = Omit<TurnRow, 'id'>

/** What leaves the books of one user. */
export interface Leaving {
  readonly turns: readonly Turn[]
  /** Sessions that go themselves. */
  readonly sessions: readonly { readonly created_at: EpochMs }[]
}

/** Everything but the sums of the sessions, whose dearest turn cannot be taken away in part. */
export async function takeTurns(
  trx: Writer,
  userKey: number,
  { turns, sessions }: Leaving,
  zone: string,
): Promise<void> {
  await takeTotals(trx, userKey, turns, sessions, zone)
  await takeModels(trx, userKey, turns)
  await takeHours(trx, userKey, turns, zone)
}

/** Sums of the turns by a key each has. */
function sumsBy<Sums extends Record<string, number>>(
  turns: readonly Turn[],
  keyOf: (turn: Turn) => string,
  sumsOf: (turn: Turn) => Sums,
): Map<string, Sums> {
  const groups = new Map<string, Sums>()
  for (const turn of turns) {
    const key = keyOf(turn)
    const held = groups.get(key)
    const added = sumsOf(turn)
    groups.set(
      key,
      held === undefined
        ? added
        : (Object.fromEntries(
            Object.entries(added).map(([name, value]) => [name, value + (held[name] ?? 0)]),
          ) as Sums),
    )
  }
  return groups
}

async function takeTotals(
  trx: Writer,
  userKey: number,
  turns: readonly Turn[],
  sessions: Leaving['sessions'],
  zone: string,
): Promise<void> {
  const totals = new Map<number, Totals & { readonly sessions: number }>()
  const held = (period: number) => totals.get(period) ?? { ...NO_TOTALS, sessions: 0 }
  for (const turn of turns) {
    const before = held(turn.period)
    totals.set(turn.period, { ...addTotals(before, totalsOf(turn)), sessions: before.sessions })
  }
  for (const { created_at } of sessions) {
    const period = periodNumber(periodOf(zone, created_at))
    totals.set(period, { ...held(period), sessions: held(period).sessions + 1 })
  }
  const names = [...TOTAL_NAMES, 'sessions'] as const
  for (const [period, sums] of totals) {
    await trx
      .updateTable('user_periods')
      .set((eb) => Object.fromEntries(names.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .execute()
    // The counters are those of one month; the others are in the roll-up only.
    await trx
      .updateTable('user_consumption')
      .set((eb) => Object.fromEntries(names.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .execute()
    await trx
      .deleteFrom('user_periods')
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .where((eb) => eb.and(names.map((name) => eb(name, '=', 0))))
      .execute()
  }
}

const MODEL_SUMS = ['turns', 'input_tokens', 'output_tokens', 'cost_micro_usd'] as const
const HOUR_SUMS = [...MODEL_SUMS, 'failed_turns'] as const

function modelSums(turn: Turn) {
  const { input_tokens, output_tokens, cost_micro_usd } = turn
  return { turns: turnCount(turn) as number, input_tokens, output_tokens, cost_micro_usd }
}

async function takeModels(trx: Writer, userKey: number, turns: readonly Turn[]): Promise<void> {
  for (const [key, sums] of sumsBy(turns, (turn) => `${turn.period} ${turn.model_key}`, modelSums)) {
    const [period = 0, modelKey = 0] = key.split(' ').map(Number)
    await trx
      .updateTable('user_period_models')
      .set((eb) => Object.fromEntries(MODEL_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .execute()
    await trx
      .updateTable('system_period_models')
      .set((eb) => Object.fromEntries(MODEL_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .execute()
    const nothing = { turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }
    await trx
      .deleteFrom('user_period_models')
      .where('user_key', '=', userKey)
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .where((eb) => eb.and(nothing))
      .execute()
    // A model nobody used that month would stand in the charts with nothing.
    await trx
      .deleteFrom('system_period_models')
      .where('period', '=', period)
      .where('model_key', '=', modelKey)
      .where((eb) => eb.and(nothing))
      .execute()
  }
}

async function takeHours(trx: Writer, userKey: number, turns: readonly Turn[], zone: string): Promise<void> {
  const hourOf = (turn: Turn): string => String(hourWindow(zone, turn.occurred_at).startsAt)
  const hourSums = (turn: Turn) => ({
    ...modelSums(turn),
    failed_turns: turnCount(turn) === 1 && turn.status === 'failed' ? 1 : 0,
  })
  for (const [key, sums] of sumsBy(turns, hourOf, hourSums)) {
    const hour = Number(key)
    await trx
      .updateTable('user_hours')
      .set((eb) => Object.fromEntries(HOUR_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('user_key', '=', userKey)
      .where('hour_started_at', '=', hour)
      .execute()
    const nothing = { turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }
    await trx
      .deleteFrom('user_hours')
      .where('user_key', '=', userKey)
      .where('hour_started_at', '=', hour)
      .where((eb) => eb.and(nothing))
      .execute()
    await trx
      .updateTable('system_hours')
      .set((eb) => Object.fromEntries(HOUR_SUMS.map((name) => [name, eb(name, '-', sums[name])])))
      .where('hour_started_at', '=', hour)
      .execute()
    await trx
      .deleteFrom('system_hours')
      .where('hour_started_at', '=', hour)
      .where((eb) => eb.and(nothing))
      .execute()
  }
}
