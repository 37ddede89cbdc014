import type BetterSqlite3 from 'better-sqlite3'
import { Kysely } from 'kysely'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd } from '../../../shared/units.ts'
import { allUserStates } from '../consumption/consumption-store.ts'
import { decideFor } from '../consumption/context.ts'
import type { TurnWithModel } from '../consumption/ledger-store.ts'
import { readAllGrants, readProfiles } from '../consumption/limit-rules-store.ts'
import type { RepriceScope } from '../consumption/reprice-turns.ts'
import { type Added, NOTHING_ADDED, repriced } from '../consumption/repriced-turn.ts'
import { periodText, windowsAt } from '../consumption/windows.ts'
import type { Reader } from '../database/database.ts'
import { SqliteDialect } from '../database/dialect.ts'
import { openReadHandle } from '../database/open-handle.ts'
import type { Schema } from '../database/schema.ts'
import { loadPriceBook } from '../pricing/price-catalogue.ts'
import type { TurnPrice } from '../pricing/price-turn.ts'
import type { Settings } from '../settings/settings.ts'
import { fallbackOf } from './price-wire.ts'

/** What pricing the ledger again would change, added up over every turn. For the worker thread: it reads everything. */

export interface RepricePlanInput {
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  readonly scope: RepriceScope
  readonly now: EpochMs
  readonly settings: Settings
}

export type RepricePlan = Omit<OperationOutput<'prices.repricePlan'>, 'running'>

// What a person looks through; how many there are is said.
const MODELS_MAX = 200
const USERS_MAX = 50

interface Sum {
  changed: number
  changeMicroUsd: number
}

/** Works the plan out on one snapshot. Errors: `internal` for a price whose steps cannot be read. */
export async function planReprice(input: RepricePlanInput): Promise<RepricePlan> {
  const handle = openReadHandle(input.databaseFile, input.sqliteBinding)
  try {
    handle.exec('begin')
    const db: Reader = new Kysely<Schema>({ dialect: new SqliteDialect(handle, { begin: 'deferred' }) })
    const book = await loadPriceBook(db, fallbackOf(input.settings))
    const { period } = windowsAt(input.settings.time_zone, input.now)
    const sums = addUp(handle, input.scope, period, (turn, added) => repriced(turn, added, book))
    return {
      scope: input.scope,
      period: periodText(period),
      open: {
        ...beforeAndAfter(sums.open, costOfMonths(handle).get(period) ?? 0),
        change_usd: microUsdToUsd(sums.open.changeMicroUsd),
        turns: sums.turns,
        reported_turns: reportedTurns(handle, period),
      },
      closed: closedMonths(handle, sums.closed),
      ...modelsOf(handle, period, sums.models),
      ...usersOf(handle, period, sums.users),
      users_over_budget: await overBudget(db, sums.users, input),
    }
  } finally {
    handle.close()
  }
}

interface Sums {
  turns: number
  readonly open: Sum
  readonly closed: Map<number, Sum>
  readonly models: Map<number, Sum & { source: TurnPrice['source'] }>
  readonly users: Map<number, Sum>
}

type StoredTurn = Omit<TurnWithModel, 'provider' | 'model'>

function addUp(
  handle: BetterSqlite3.Database,
  scope: RepriceScope,
  period: number,
  price: (turn: TurnWithModel, added: Added) => ReturnType<typeof repriced>,
): Sums {
  const models = new Map(
    handle
      .prepare<[], { key: number; provider: string; model: string }>(
        'SELECT key, provider, model FROM models',
      )
      .all()
      .map(({ key, ...model }) => [key, model]),
  )
  const added = additions(handle)
  const isAhead = usersAhead(handle, period)
  const sums: Sums = { turns: 0, open: none(), closed: new Map(), models: new Map(), users: new Map() }
  const which = scope === 'fallback' ? `price_source = 'fallback'` : `price_source <> 'reported'`
  const turns = handle.prepare<[], StoredTurn>(`SELECT * FROM consumption_turns WHERE ${which}`)
  for (const stored of turns.iterate()) {
    const model = models.get(stored.model_key)
    if (model === undefined) continue
    const isOpen = stored.period === period && !isAhead.has(stored.user_key)
    if (isOpen) sums.turns += 1
    const turn = { ...stored, ...model }
    const after = price(turn, added.get(`${turn.session_key} ${turn.turn_number}`) ?? NOTHING_ADDED)
    if (after === null) continue
    const change = after.cost_micro_usd - turn.cost_micro_usd
    if (!isOpen) {
      if (stored.period <= period) add(sums.closed, stored.period, change, none())
      continue
    }
    sums.open.changed += 1
    sums.open.changeMicroUsd += change
    add(sums.users, turn.user_key, change, none())
    add(sums.models, turn.model_key, change, { ...none(), source: 'fallback' })
    const sum = sums.models.get(turn.model_key)
    if (sum !== undefined && after.price_source !== 'reported') sum.source = after.price_source
  }
  return sums
}

function none(): Sum {
  return { changed: 0, changeMicroUsd: 0 }
}

function add<Held extends Sum>(to: Map<number, Held>, key: number, change: number, start: Held): void {
  const sum = to.get(key) ?? start
  sum.changed += 1
  sum.changeMicroUsd += change
  to.set(key, sum)
}

/** What was added to turns, by session and number. */
function additions(handle: BetterSqlite3.Database): ReadonlyMap<string, Added> {
  const reported = (name: string) => `sum(iif(reported_cost_micro_usd IS NULL, 0, ${name}))`
  const rows = handle
    .prepare<[], Added & { turn: string }>(
      `SELECT session_key || ' ' || turn_number AS turn, sum(input_tokens) AS inputTokens,
        ${reported('input_tokens')} AS reportedInputTokens, ${reported('output_tokens')} AS reportedOutputTokens,
        ${reported('cached_input_tokens')} AS reportedCachedInputTokens,
        sum(coalesce(reported_cost_micro_usd, 0)) AS reportedCostMicroUsd
      FROM turn_extensions GROUP BY session_key, turn_number`,
    )
    .all()
  return new Map(rows.map(({ turn, ...sums }) => [turn, sums]))
}

/** Users whose counters are in a later month already: the clock was set back, and the month is closed for them. */
function usersAhead(handle: BetterSqlite3.Database, period: number): ReadonlySet<number> {
  const rows = handle.prepare<[number], number>('SELECT user_key FROM user_consumption WHERE period > ?')
  return new Set(rows.pluck().all(period))
}

function costOfMonths(handle: BetterSqlite3.Database): ReadonlyMap<number, number> {
  return keyed(handle, 'SELECT period AS key, sum(cost_micro_usd) AS cost FROM user_periods GROUP BY period')
}

function keyed(handle: BetterSqlite3.Database, statement: string): ReadonlyMap<number, number> {
  const rows = handle.prepare<[], { key: number; cost: number }>(statement).all()
  return new Map(rows.map(({ key, cost }) => [key, cost]))
}

function reportedTurns(handle: BetterSqlite3.Database, period: number): number {
  const count = `SELECT count(*) FROM consumption_turns WHERE period = ? AND price_source = 'reported'`
  return Number(handle.prepare(count).pluck().get(period))
}

function beforeAndAfter({ changed, changeMicroUsd }: Sum, before: number) {
  return {
    changed_turns: changed,
    before_usd: microUsdToUsd(before),
    after_usd: microUsdToUsd(before + changeMicroUsd),
  }
}

/** The greatest change first. */
function ranked<Held extends Sum>(sums: ReadonlyMap<number, Held>): [number, Held][] {
  return [...sums].sort(
    ([, one], [, other]) =>
      Math.abs(other.changeMicroUsd) - Math.abs(one.changeMicroUsd) || other.changed - one.changed,
  )
}

function closedMonths(
  handle: BetterSqlite3.Database,
  closed: ReadonlyMap<number, Sum>,
): RepricePlan['closed'] {
  const costs = costOfMonths(handle)
  return [...closed]
    .sort(([one], [other]) => other - one)
    .map(([period, sum]) => ({
      period: periodText(period),
      ...beforeAndAfter(sum, costs.get(period) ?? 0),
    }))
}

function modelsOf(
  handle: BetterSqlite3.Database,
  period: number,
  sums: Sums['models'],
): Pick<RepricePlan, 'models' | 'models_count'> {
  const costs = keyed(
    handle,
    `SELECT model_key AS key, cost_micro_usd AS cost FROM system_period_models WHERE period = ${period}`,
  )
  const name = handle.prepare<[number], { provider: string; model: string }>(
    'SELECT provider, model FROM models WHERE key = ?',
  )
  const models = ranked(sums)
    .slice(0, MODELS_MAX)
    .flatMap(([key, sum]) => {
      const names = name.get(key)
      const figures = beforeAndAfter(sum, costs.get(key) ?? 0)
      return names === undefined ? [] : [{ ...names, ...figures, price_source: sum.source }]
    })
  return { models, models_count: sums.size }
}

function usersOf(
  handle: BetterSqlite3.Database,
  period: number,
  sums: Sums['users'],
): Pick<RepricePlan, 'users' | 'users_count'> {
  const costs = keyed(
    handle,
    `SELECT user_key AS key, cost_micro_usd AS cost FROM user_periods WHERE period = ${period}`,
  )
  const name = handle.prepare<[number], { user_id: string; username: string }>(
    'SELECT id AS user_id, username FROM users WHERE key = ?',
  )
  const users = ranked(sums)
    .slice(0, USERS_MAX)
    .flatMap(([key, sum]) => {
      const names = name.get(key)
      return names === undefined ? [] : [{ ...names, ...beforeAndAfter(sum, costs.get(key) ?? 0) }]
    })
  return { users, users_count: sums.size }
}

/** How many users would reach their cost budget, by the function that also decides. */
async function overBudget(db: Reader, users: Sums['users'], input: RepricePlanInput): Promise<number> {
  const { settings, now } = input
  const moment = { now, settings, windows: windowsAt(settings.time_zone, now) }
  const profiles = await readProfiles(db)
  const grants = await readAllGrants(db, now)
  let count = 0
  for (const { account, usage } of await allUserStates(db)) {
    const change = users.get(account.key)?.changeMicroUsd ?? 0
    if (change <= 0) continue
    const { limits } = decideFor(account, profiles, grants.get(account.key) ?? [], moment)
    const budget = limits.cost_per_month_usd.value
    const used = usage.period === moment.windows.period ? usage.cost_micro_usd : 0
    if (budget !== null && used < budget && used + change >= budget) count += 1
  }
  return count
}
