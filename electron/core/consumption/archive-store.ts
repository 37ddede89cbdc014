import { periodWindow } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { preparedChange } from '../database/prepared.ts'
import type { EffectiveLimits } from './limits.ts'
import { TOTAL_NAMES, type Totals } from './usage.ts'
import { periodText } from './windows.ts'

/** The SQL that closes months: rows of `consumption_periods_archive`, with the models and providers that were used. */

/** What the archive keeps besides the sums of the ledger; an imported month has none of it. */
const COUNTER_NAMES = [
  'champion_cases_created',
  'collections_subscribed',
  'blocked_requests',
  'peak_requests_per_hour',
  'peak_requests_per_day',
] as const

type PeriodCounters = Readonly<Record<(typeof COUNTER_NAMES)[number], number>>

/** The counters of a month nobody counted anything in but turns. */
export const NOTHING_COUNTED: PeriodCounters = {
  champion_cases_created: 0,
  collections_subscribed: 0,
  blocked_requests: 0,
  peak_requests_per_hour: 0,
  peak_requests_per_day: 0,
}

/** A month of a user that is over. */
export interface ClosedMonth extends Totals, PeriodCounters {
  readonly user_key: number
  readonly period: number
  readonly sessions: number
  /** The limits that were in force; null where nobody knows. */
  readonly limits: EffectiveLimits | null
}

type ArchiveRow = Totals &
  PeriodCounters &
  Record<'user_key' | 'period' | 'sessions', number> &
  Record<'models_used' | 'providers_used' | 'limits', string> &
  Record<'period_started_at' | 'period_ended_at' | 'archived_at', number>

const insertMonth = preparedChange<ArchiveRow>((db, value) =>
  db
    .insertInto('consumption_periods_archive')
    .values({
      user_key: value('user_key'),
      period: value('period'),
      ...valuesOf(TOTAL_NAMES, value),
      sessions: value('sessions'),
      ...valuesOf(COUNTER_NAMES, value),
      models_used: value('models_used'),
      providers_used: value('providers_used'),
      limits: value('limits'),
      period_started_at: value('period_started_at'),
      period_ended_at: value('period_ended_at'),
      archived_at: value('archived_at'),
    })
    .onConflict((conflict) => conflict.columns(['user_key', 'period']).doNothing()),
)

function valuesOf<Name extends string>(
  names: readonly Name[],
  value: (name: Name) => number,
): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, number>
}

/** Writes the archive rows of closed months; a month that has one keeps it. Answers how many were written. */
export async function archiveMonths(
  trx: Writer,
  months: readonly ClosedMonth[],
  rules: { readonly zone: string; readonly windows: { readonly now: EpochMs } },
): Promise<number> {
  let written = 0
  for (const [period, some] of byPeriod(months)) {
    const bounds = periodWindow(rules.zone, periodText(period))
    const models = await modelsUsed(
      trx,
      period,
      some.map((month) => month.user_key),
    )
    for (const month of some) {
      const used = models.get(month.user_key) ?? []
      written += await insertMonth(trx, {
        ...month,
        models_used: JSON.stringify([...new Set(used.map(({ model }) => model))]),
        providers_used: JSON.stringify([...new Set(used.map(({ provider }) => provider))]),
        limits: JSON.stringify(month.limits ?? {}),
        period_started_at: bounds.startsAt,
        period_ended_at: bounds.endsAt,
        archived_at: rules.windows.now,
      })
    }
  }
  return written
}

function byPeriod(months: readonly ClosedMonth[]): ReadonlyMap<number, readonly ClosedMonth[]> {
  const groups = new Map<number, ClosedMonth[]>()
  for (const month of months) {
    const group = groups.get(month.period)
    if (group === undefined) groups.set(month.period, [month])
    else group.push(month)
  }
  return groups
}

interface ModelUsed {
  readonly provider: string
  readonly model: string
}

/** The models of a month by user, most turns first. Two reads instead of a join: decision 4. */
async function modelsUsed(
  db: Reader | Writer,
  period: number,
  userKeys: readonly number[],
): Promise<ReadonlyMap<number, readonly ModelUsed[]>> {
  const rows = await db
    .selectFrom('user_period_models')
    .select(['user_key', 'model_key', 'turns'])
    .where('user_key', 'in', userKeys)
    .where('period', '=', period)
    .execute()
  if (rows.length === 0) return new Map()
  const named = await db
    .selectFrom('models')
    .select(['key', 'provider', 'model'])
    .where('key', 'in', [...new Set(rows.map((row) => row.model_key))])
    .execute()
  // By name first: what has as many turns stays in that order.
  const places = new Map(
    named
      .toSorted((one, other) => (one.model < other.model ? -1 : 1))
      .map((model, place) => [model.key, { ...model, place }]),
  )
  const used = new Map<number, { turns: number; model: ModelUsed & { place: number } }[]>()
  for (const { user_key, model_key, turns } of rows) {
    const model = places.get(model_key)
    if (model === undefined) throw new Error('every model that was used has a name')
    const held = used.get(user_key)
    if (held === undefined) used.set(user_key, [{ turns, model }])
    else held.push({ turns, model })
  }
  return new Map(
    [...used].map(([userKey, models]) => [
      userKey,
      models
        .sort((one, other) => other.turns - one.turns || one.model.place - other.model.place)
        .map(({ model }) => model),
    ]),
  )
}
