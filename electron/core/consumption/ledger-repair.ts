import { periodOf } from '../../../shared/time-window.ts'
import type { Writer } from '../database/database.ts'
import { priceTurn, savedCost } from '../pricing/price-turn.ts'
import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'
import { type ConsumptionContext, type Moment, momentOf } from './context.ts'
import { usageOf } from './imported-usage.ts'
import { archiveClosedPeriods, startSession, toNewTurn } from './ledger-import.ts'
import {
  findSession,
  insertTurn,
  modelKeyOf,
  type SessionRow,
  type TurnRow,
  turnsOfSession,
} from './ledger-store.ts'
import { rebuildSums } from './rebuild-sums.ts'
import { rollUpSession } from './roll-up-store.ts'
import { periodNumber } from './windows.ts'

/** Brings ledger rows to what a session file says, for reconciliation. */

/** The rows of one session that take over figures of the file; `fields` is null for a row that is missing. */
export interface RowRepair {
  readonly session: SessionReading
  readonly row: TurnReading
  readonly fields: ReadonlySet<string> | null
}

/** Adds and corrects rows of one user, and works out their sums again, in the transaction it is given. */
export async function repairLedger(
  trx: Writer,
  userId: string,
  repairs: readonly RowRepair[],
  context: ConsumptionContext,
): Promise<void> {
  if (repairs.length === 0) return
  const moment = momentOf(context)
  const before = await usageOf(trx, userId, moment)
  const run = { context, moment, models: new Map<string, number>() }
  const touched = {
    userKey: before.user_key,
    periods: new Set<number>(),
    instants: new Set<number>(),
    sessions: new Set<number>(),
  }
  const note = (row: Pick<TurnRow, 'period' | 'occurred_at' | 'session_key'>): void => {
    touched.periods.add(row.period)
    touched.instants.add(row.occurred_at)
    touched.sessions.add(row.session_key)
  }
  for (const repair of repairs) {
    const session = await sessionOf(trx, before.user_key, repair.session, moment)
    const held = (await turnsOfSession(trx, session.key)).find(
      (turn) => turn.turn_number === repair.row.turnNumber,
    )
    if (held === undefined) {
      note(await insertTurn(trx, { ...(await toNewTurn(trx, repair.row, session, run)), source: 'repair' }))
    } else if (repair.fields !== null) {
      const corrected = await correctedRow(trx, held, repair.row, repair.fields, context, moment)
      await saveRow(trx, corrected)
      note(held)
      note(corrected)
    }
  }
  // A period that has only now come to be is closed like any other whose month is over.
  await rebuildSums(trx, touched, before, moment.windows)
  await archiveClosedPeriods(trx, userId, context)
}

async function sessionOf(
  trx: Writer,
  userKey: number,
  session: SessionReading,
  moment: Moment,
): Promise<SessionRow> {
  const known = await findSession(trx, userKey, session.sessionId)
  if (known !== undefined) return known
  const zone = moment.settings.time_zone
  await rollUpSession(trx, userKey, periodNumber(periodOf(zone, session.createdAt)))
  return startSession(trx, userKey, session)
}

async function correctedRow(
  trx: Writer,
  held: TurnRow,
  file: TurnReading,
  fields: ReadonlySet<string>,
  context: ConsumptionContext,
  moment: Moment,
): Promise<TurnRow> {
  const take = <Figure>(field: string, fromFile: Figure, fromLedger: Figure): Figure =>
    fields.has(field) ? fromFile : fromLedger
  const isRemodelled = fields.has('provider') || fields.has('model')
  const row: TurnRow = {
    ...held,
    input_tokens: take('input_tokens', file.inputTokens, fields.has('total_tokens') ? 0 : held.input_tokens),
    output_tokens: take(
      'output_tokens',
      file.outputTokens,
      fields.has('total_tokens') ? 0 : held.output_tokens,
    ),
    status: take('status', file.status, held.status),
    is_valid: take('is_valid', file.isValid ? 1 : 0, held.is_valid),
    rag_used: take('rag_used', file.ragUsed ? 1 : 0, held.rag_used),
    rag_tokens_saved: take('rag_tokens_saved', file.ragTokensSaved, held.rag_tokens_saved),
    occurred_at: take('occurred_at', file.occurredAt, held.occurred_at),
    model_key: isRemodelled ? await modelKeyOf(trx, file.provider, file.model) : held.model_key,
    source: 'repair',
  }
  const priced = {
    provider: file.provider,
    model: file.model,
    occurredAt: row.occurred_at,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cachedInputTokens: row.cached_input_tokens,
  }
  return {
    ...row,
    period: periodNumber(periodOf(moment.settings.time_zone, row.occurred_at)),
    rag_cost_saved_micro_usd: savedCost(context.prices(), priced, row.rag_tokens_saved),
    ...costOf(row, file, fields, priceTurn(context.prices(), priced)),
  }
}

/** What the file says, where that is taken over; a price worked out follows the tokens, unless a lower one would come of it unasked. */
function costOf(
  row: TurnRow,
  file: TurnReading,
  fields: ReadonlySet<string>,
  price: ReturnType<typeof priceTurn>,
): Pick<TurnRow, 'cost_micro_usd' | 'price_source'> {
  if (fields.has('cost_usd') && file.costMicroUsd !== null)
    return { cost_micro_usd: file.costMicroUsd, price_source: 'reported' }
  const hasNewTokens = ['input_tokens', 'output_tokens', 'total_tokens'].some((field) => fields.has(field))
  if (row.price_source === 'reported' || !hasNewTokens || price.costMicroUsd < row.cost_micro_usd)
    return { cost_micro_usd: row.cost_micro_usd, price_source: row.price_source }
  return { cost_micro_usd: price.costMicroUsd, price_source: price.source }
}

async function saveRow(trx: Writer, row: TurnRow): Promise<void> {
  const { id, session_key: _session, turn_number: _number, user_key: _user, ...figures } = row
  await trx.updateTable('consumption_turns').set(figures).where('id', '=', id).execute()
}
