import { periodWindow } from '../../../shared/time-window.ts'
import type { Reader, Writer } from '../database/database.ts'
import { archiveMonths, NOTHING_COUNTED } from './archive-store.ts'
import { findUserKey } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { holdMonth, holdsOf, saveHold } from './import-holds-store.ts'
import { usageOf } from './imported-usage.ts'
import { findSession, insertSession, modelKeyOf } from './ledger-store.ts'
import { rollUpSession, rollUpSums } from './roll-up-store.ts'
import type { Totals } from './usage.ts'
import { periodText } from './windows.ts'

/**
 * A closed month whose turns nobody has any more, taken over as sums from whoever closed it. In the books it is a month
 * that retention has emptied: its figures stand in every roll-up under a session of their own, and turns of it that are
 * told later are in them already.
 */

export interface CarriedMonth {
  readonly userId: string
  readonly period: number
  readonly totals: Totals
  readonly sessions: number
  readonly championCases: number
}

/** What the archive has of a month, or null; `isOpen` for a month that is not over. */
export interface HeldMonth {
  readonly archived: Pick<
    Totals,
    'input_tokens' | 'output_tokens' | 'successful_turns' | 'failed_turns' | 'partial_turns'
  > | null
  /** Whether the ledger knows anything of the month. */
  readonly hasTurns: boolean
  readonly isOpen: boolean
}

/** The session under which the sums of such a month stand. */
export function carriedSessionId(period: number): string {
  return `closed-${periodText(period)}`
}

export async function findMonth(
  db: Reader | Writer,
  month: Pick<CarriedMonth, 'userId' | 'period'>,
  context: ConsumptionContext,
): Promise<HeldMonth> {
  const isOpen = month.period >= momentOf(context).windows.period
  const userKey = await findUserKey(db, month.userId)
  if (userKey === undefined) return { archived: null, hasTurns: false, isOpen }
  const archived = await db
    .selectFrom('consumption_periods_archive')
    .select(['input_tokens', 'output_tokens', 'successful_turns', 'failed_turns', 'partial_turns'])
    .where('user_key', '=', userKey)
    .where('period', '=', month.period)
    .executeTakeFirst()
  const sums = await db
    .selectFrom('user_periods')
    .select('period')
    .where('user_key', '=', userKey)
    .where('period', '=', month.period)
    .executeTakeFirst()
  return { archived: archived ?? null, hasTurns: sums !== undefined, isOpen }
}

/** Books the month and archives it. The books MUST NOT know anything of it. */
export async function carryMonth(
  trx: Writer,
  month: CarriedMonth,
  context: ConsumptionContext,
  batch: number | null = null,
): Promise<void> {
  const moment = momentOf(context)
  const { period, totals } = month
  const { user_key } = await usageOf(trx, month.userId, moment, batch)
  if (batch !== null) await holdMonth(trx, batch, user_key, period)
  const zone = moment.settings.time_zone
  const { startsAt, endsAt } = periodWindow(zone, periodText(period))
  const session = await insertSession(trx, {
    user_key,
    id: carriedSessionId(period),
    name: `${periodText(period)}, taken over as a closed month`,
    created_at: startsAt,
    last_activity_at: endsAt - 1,
  })
  if (batch !== null) await holdCarried(trx, batch, session.key, moment.now)
  const model_key = await modelKeyOf(trx, 'unknown', 'unknown')
  const where = { user_key, session_key: session.key, period, model_key, last_turn_at: endsAt - 1 }
  await rollUpSession(trx, user_key, period)
  await rollUpSums(trx, { ...where, hour_started_at: startsAt, totals })
  await trx
    .insertInto('pruned_turn_sums')
    .values({
      ...where,
      ...totals,
      turns: totals.successful_turns + totals.failed_turns + totals.partial_turns,
      dearest_turn_micro_usd: 0,
    })
    .execute()
  await trx
    .insertInto('pruned_periods')
    .values({ user_key, period, pruned_before: endsAt })
    .onConflict((conflict) => conflict.columns(['user_key', 'period']).doUpdateSet({ pruned_before: endsAt }))
    .execute()
  const closed = {
    ...totals,
    ...NOTHING_COUNTED,
    champion_cases_created: month.championCases,
    user_key,
    period,
    sessions: month.sessions,
    limits: null,
  }
  await archiveMonths(trx, [closed], { zone, windows: moment.windows })
}

const NO_TURNS = {
  turns: '',
  is_session: 1,
  is_books: 1,
  all_input_tokens: 0,
  all_output_tokens: 0,
  turns_input_tokens: 0,
  turns_output_tokens: 0,
} as const

async function holdCarried(trx: Writer, batch: number, sessionKey: number, now: number): Promise<void> {
  await saveHold(trx, { ...NO_TURNS, batch_key: batch, session_key: sessionKey, told_at: now })
}

/** Notes that an import brings a month that is carried already, where other imports alone have carried it. */
export async function holdCarriedMonth(
  trx: Writer,
  batch: number | null,
  month: Pick<CarriedMonth, 'userId' | 'period'>,
  now: number,
): Promise<void> {
  const userKey = await findUserKey(trx, month.userId)
  if (batch === null || userKey === undefined) return
  const session = await findSession(trx, userKey, carriedSessionId(month.period))
  if (session === undefined || (await holdsOf(trx, session.key)).length === 0) return
  await holdMonth(trx, batch, userKey, month.period)
  await holdCarried(trx, batch, session.key, now)
}
