import { hourWindow } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { NewTurn } from './ledger-store.ts'
import { totalsOf, turnCount } from './turn-effect.ts'
import { NO_TOTALS, TOTAL_NAMES, type Totals } from './usage.ts'

/**
 * The roll-ups: group-bys of the ledger, kept in the transaction that changes the ledger, so that no read ever
 * groups over turns. Several turns are summed in memory first; each roll-up row is then touched once.
 */

/** The period under which a session's whole life is summed: its dearest ones are found by the same index as a month's. */
export const ALL_PERIODS = 0

const HOUR_SUMS = ['turns', 'failed_turns', 'input_tokens', 'output_tokens', 'cost_micro_usd'] as const
const MODEL_SUMS = ['turns', 'input_tokens', 'output_tokens', 'cost_micro_usd'] as const

type HourSums = Record<(typeof HOUR_SUMS)[number], number>
type ModelSums = Record<(typeof MODEL_SUMS)[number], number>

const addToUserHour = prepared<HourSums & { user_key: number; hour_started_at: number }, never>((db, value) =>
  db
    .insertInto('user_hours')
    .values({ user_key: value('user_key'), hour_started_at: value('hour_started_at'), ...hourValues(value) })
    .onConflict((conflict) =>
      conflict.columns(['user_key', 'hour_started_at']).doUpdateSet((eb) => ({
        turns: eb('user_hours.turns', '+', eb.ref('excluded.turns')),
        failed_turns: eb('user_hours.failed_turns', '+', eb.ref('excluded.failed_turns')),
        input_tokens: eb('user_hours.input_tokens', '+', eb.ref('excluded.input_tokens')),
        output_tokens: eb('user_hours.output_tokens', '+', eb.ref('excluded.output_tokens')),
        cost_micro_usd: eb('user_hours.cost_micro_usd', '+', eb.ref('excluded.cost_micro_usd')),
      })),
    ),
)

const addToSystemHour = prepared<HourSums & { hour_started_at: number }, never>((db, value) =>
  db
    .insertInto('system_hours')
    .values({ hour_started_at: value('hour_started_at'), ...hourValues(value) })
    .onConflict((conflict) =>
      conflict.column('hour_started_at').doUpdateSet((eb) => ({
        turns: eb('system_hours.turns', '+', eb.ref('excluded.turns')),
        failed_turns: eb('system_hours.failed_turns', '+', eb.ref('excluded.failed_turns')),
        input_tokens: eb('system_hours.input_tokens', '+', eb.ref('excluded.input_tokens')),
        output_tokens: eb('system_hours.output_tokens', '+', eb.ref('excluded.output_tokens')),
        cost_micro_usd: eb('system_hours.cost_micro_usd', '+', eb.ref('excluded.cost_micro_usd')),
      })),
    ),
)

const addToUserPeriod = prepared<Totals & { user_key: number; period: number; sessions: number }, never>(
  (db, value) =>
    db
      .insertInto('user_periods')
      .values({
        user_key: value('user_key'),
        period: value('period'),
        sessions: value('sessions'),
        ...Object.fromEntries(TOTAL_NAMES.map((name) => [name, value(name)])),
      })
      .onConflict((conflict) =>
        conflict
          .columns(['user_key', 'period'])
          .doUpdateSet((eb) =>
            Object.fromEntries(
              ([...TOTAL_NAMES, 'sessions'] as const).map((name) => [
                name,
                eb(`user_periods.${name}`, '+', eb.ref(`excluded.${name}`)),
              ]),
            ),
          ),
      ),
)

const addToUserModel = prepared<ModelSums & { user_key: number; period: number; model_key: number }, never>(
  (db, value) =>
    db
      .insertInto('user_period_models')
      .values({
        user_key: value('user_key'),
        period: value('period'),
        model_key: value('model_key'),
        ...modelValues(value),
      })
      .onConflict((conflict) =>
        conflict.columns(['user_key', 'period', 'model_key']).doUpdateSet((eb) => ({
          turns: eb('user_period_models.turns', '+', eb.ref('excluded.turns')),
          input_tokens: eb('user_period_models.input_tokens', '+', eb.ref('excluded.input_tokens')),
          output_tokens: eb('user_period_models.output_tokens', '+', eb.ref('excluded.output_tokens')),
          cost_micro_usd: eb('user_period_models.cost_micro_usd', '+', eb.ref('excluded.cost_micro_usd')),
        })),
      ),
)

const addToSystemModel = prepared<ModelSums & { period: number; model_key: number }, never>((db, value) =>
  db
    .insertInto('system_period_models')
    .values({ period: value('period'), model_key: value('model_key'), ...modelValues(value) })
    .onConflict((conflict) =>
      conflict.columns(['period', 'model_key']).doUpdateSet((eb) => ({
        turns: eb('system_period_models.turns', '+', eb.ref('excluded.turns')),
        input_tokens: eb('system_period_models.input_tokens', '+', eb.ref('excluded.input_tokens')),
        output_tokens: eb('system_period_models.output_tokens', '+', eb.ref('excluded.output_tokens')),
        cost_micro_usd: eb('system_period_models.cost_micro_usd', '+', eb.ref('excluded.cost_micro_usd')),
      })),
    ),
)

interface SessionPeriodSums extends ModelSums {
  session_key: number
  period: number
  user_key: number
  dearest_turn_micro_usd: number
  last_turn_at: number
}

const addToSessionPeriod = prepared<SessionPeriodSums & Record<string, unknown>, never>((db, value) =>
  db
    .insertInto('session_periods')
    .values({
      session_key: value('session_key'),
      period: value('period'),
      user_key: value('user_key'),
      ...modelValues(value),
      dearest_turn_micro_usd: value('dearest_turn_micro_usd'),
      last_turn_at: value('last_turn_at'),
    })
    .onConflict((conflict) =>
      conflict.columns(['session_key', 'period']).doUpdateSet((eb) => ({
        turns: eb('session_periods.turns', '+', eb.ref('excluded.turns')),
        input_tokens: eb('session_periods.input_tokens', '+', eb.ref('excluded.input_tokens')),
        output_tokens: eb('session_periods.output_tokens', '+', eb.ref('excluded.output_tokens')),
        cost_micro_usd: eb('session_periods.cost_micro_usd', '+', eb.ref('excluded.cost_micro_usd')),
        dearest_turn_micro_usd: eb.fn<number>('max', [
          'session_periods.dearest_turn_micro_usd',
          'excluded.dearest_turn_micro_usd',
        ]),
        last_turn_at: eb.fn<number>('max', ['session_periods.last_turn_at', 'excluded.last_turn_at']),
      })),
    ),
)

type ValueOf<Sums> = (name: keyof Sums & string) => number

function hourValues(value: ValueOf<HourSums>): HourSums {
  return {
    turns: value('turns'),
    failed_turns: value('failed_turns'),
    input_tokens: value('input_tokens'),
    output_tokens: value('output_tokens'),
    cost_micro_usd: value('cost_micro_usd'),
  }
}

function modelValues(value: ValueOf<ModelSums>): ModelSums {
  return {
    turns: value('turns'),
    input_tokens: value('input_tokens'),
    output_tokens: value('output_tokens'),
    cost_micro_usd: value('cost_micro_usd'),
  }
}

/** Sums under keys, in the order they first came; each is added to in place. */
class Sums<Row extends object> {
  readonly #rows = new Map<string, Row>()

  /** The sum under that key, made when it is the first. */
  of(key: string, first: () => Row): Row {
    let held = this.#rows.get(key)
    if (held === undefined) {
      held = first()
      this.#rows.set(key, held)
    }
    return held
  }

  values(): IterableIterator<Row> {
    return this.#rows.values()
  }
}

type Mutable<Row> = { -readonly [Name in keyof Row]: Row[Name] }

function addModel(to: Mutable<ModelSums>, turn: NewTurn, turns: 0 | 1): void {
  to.turns += turns
  to.input_tokens += turn.input_tokens
  to.output_tokens += turn.output_tokens
  to.cost_micro_usd += turn.cost_micro_usd
}

function addHour(to: Mutable<HourSums>, turn: NewTurn, turns: 0 | 1): void {
  addModel(to, turn, turns)
  if (turns === 1 && turn.status === 'failed') to.failed_turns += 1
}

const NO_MODEL_SUMS: ModelSums = { turns: 0, input_tokens: 0, output_tokens: 0, cost_micro_usd: 0 }
const NO_HOUR_SUMS: HourSums = { ...NO_MODEL_SUMS, failed_turns: 0 }

/** Sessions created, told with the turns of the same transaction. */
export interface NewSession {
  readonly user_key: number
  /** Of its creation. */
  readonly period: number
}

/** Tells every roll-up about ledger rows just written, and the months about sessions just created. */
export async function rollUpTurns(
  trx: Writer,
  turns: readonly NewTurn[],
  zone: string,
  sessions: readonly NewSession[] = [],
): Promise<void> {
  const userHours = new Sums<Mutable<HourSums> & { user_key: number; hour_started_at: number }>()
  const systemHours = new Sums<Mutable<HourSums> & { hour_started_at: number }>()
  const userPeriods = new Sums<Mutable<Totals> & { user_key: number; period: number; sessions: number }>()
  const userModels = new Sums<Mutable<ModelSums> & { user_key: number; period: number; model_key: number }>()
  const systemModels = new Sums<Mutable<ModelSums> & { period: number; model_key: number }>()
  const sessionPeriods = new Sums<Mutable<SessionPeriodSums>>()
  const monthOf = (user_key: number, period: number) =>
    userPeriods.of(`${user_key} ${period}`, () => ({ ...NO_TOTALS, user_key, period, sessions: 0 }))
  for (const { user_key, period } of sessions) monthOf(user_key, period).sessions += 1
  for (const turn of turns) {
    const { user_key, period, model_key, session_key } = turn
    const hour_started_at = hourWindow(zone, turn.occurred_at).startsAt
    const count = turnCount(turn)
    const userHour = userHours.of(`${user_key} ${hour_started_at}`, () => ({
      ...NO_HOUR_SUMS,
      user_key,
      hour_started_at,
    }))
    addHour(userHour, turn, count)
    const systemHour = systemHours.of(`${hour_started_at}`, () => ({ ...NO_HOUR_SUMS, hour_started_at }))
    addHour(systemHour, turn, count)
    const month = monthOf(user_key, period)
    const totals = totalsOf(turn)
    for (const name of TOTAL_NAMES) month[name] += totals[name]
    const userModel = userModels.of(`${user_key} ${period} ${model_key}`, () => ({
      ...NO_MODEL_SUMS,
      user_key,
      period,
      model_key,
    }))
    addModel(userModel, turn, count)
    const systemModel = systemModels.of(`${period} ${model_key}`, () => ({
      ...NO_MODEL_SUMS,
      period,
      model_key,
    }))
    addModel(systemModel, turn, count)
    for (const span of [period, ALL_PERIODS]) {
      const session = sessionPeriods.of(`${session_key} ${span}`, () => ({
        ...NO_MODEL_SUMS,
        session_key,
        period: span,
        user_key,
        dearest_turn_micro_usd: 0,
        last_turn_at: turn.occurred_at,
      }))
      addModel(session, turn, count)
      session.dearest_turn_micro_usd = Math.max(session.dearest_turn_micro_usd, count * turn.cost_micro_usd)
      session.last_turn_at = Math.max(session.last_turn_at, turn.occurred_at)
    }
  }
  for (const row of userHours.values()) await addToUserHour(trx, row)
  for (const row of systemHours.values()) await addToSystemHour(trx, row)
  for (const row of userPeriods.values()) await addToUserPeriod(trx, row)
  for (const row of userModels.values()) await addToUserModel(trx, row)
  for (const row of systemModels.values()) await addToSystemModel(trx, row)
  for (const row of sessionPeriods.values()) await addToSessionPeriod(trx, { ...row })
}

/** What turns that nobody has any more added up to: a month of a session with one model. */
export interface RolledUpSums {
  readonly user_key: number
  readonly session_key: number
  readonly period: number
  readonly model_key: number
  /** At which hour they stand: when each was, nobody knows. */
  readonly hour_started_at: EpochMs
  readonly last_turn_at: EpochMs
  readonly totals: Totals
}

/** Tells every roll-up about the sums. */
export async function rollUpSums(trx: Writer, sums: RolledUpSums): Promise<void> {
  const { user_key, session_key, period, model_key, hour_started_at, last_turn_at, totals } = sums
  const model: ModelSums = {
    turns: totals.successful_turns + totals.failed_turns + totals.partial_turns,
    input_tokens: totals.input_tokens,
    output_tokens: totals.output_tokens,
    cost_micro_usd: totals.cost_micro_usd,
  }
  const hour: HourSums = { ...model, failed_turns: totals.failed_turns }
  await addToUserHour(trx, { ...hour, user_key, hour_started_at })
  await addToSystemHour(trx, { ...hour, hour_started_at })
  await addToUserPeriod(trx, { ...totals, user_key, period, sessions: 0 })
  await addToUserModel(trx, { ...model, user_key, period, model_key })
  await addToSystemModel(trx, { ...model, period, model_key })
  for (const span of [period, ALL_PERIODS]) {
    const session = { session_key, period: span, user_key, dearest_turn_micro_usd: 0, last_turn_at }
    await addToSessionPeriod(trx, { ...model, ...session })
  }
}

/** Counts a new session in the period of its creation. */
export async function rollUpSession(trx: Writer, userKey: number, period: number): Promise<void> {
  await addToUserPeriod(trx, { ...NO_TOTALS, user_key: userKey, period, sessions: 1 })
}

const totalsOfPeriod = prepared<{ userKey: number; period: number }, Totals & { readonly sessions: number }>(
  (db, value) =>
    db
      .selectFrom('user_periods')
      .select([...TOTAL_NAMES, 'sessions'])
      .where('user_key', '=', value('userKey'))
      .where('period', '=', value('period')),
)

/** What the ledger holds for a user and period, with the sessions created in it. */
export async function periodTotalsOf(
  db: Reader | Writer,
  userKey: number,
  period: number,
): Promise<Totals & { readonly sessions: number }> {
  const [row] = await totalsOfPeriod(db, { userKey, period })
  return row ?? { ...NO_TOTALS, sessions: 0 }
}

/** The same for several users at once; who has used nothing in the period is not in it. */
export async function periodTotalsOfUsers(
  db: Reader | Writer,
  userKeys: readonly number[],
  period: number,
): Promise<ReadonlyMap<number, Totals & { readonly sessions: number }>> {
  const rows = await db
    .selectFrom('user_periods')
    .select(['user_key', ...TOTAL_NAMES, 'sessions'])
    .where('user_key', 'in', userKeys)
    .where('period', '=', period)
    .execute()
  return new Map(rows.map(({ user_key, ...totals }) => [user_key, totals]))
}
