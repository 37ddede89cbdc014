import { periodOf } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { ledgerTurns } from '../consumption/ledger-import.ts'
import { type RowRepair, repairLedger } from '../consumption/ledger-repair.ts'
import { findSession } from '../consumption/ledger-store.ts'
import { periodNumber, periodText } from '../consumption/windows.ts'
import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { SessionReading } from '../sessions/session-reading.ts'
import { compareSession, type Difference, type Extensions, isAutomatic, type LedgerTurn } from './drift.ts'

/** A session file read again, for its repair. */
export interface RereadSession {
  readonly session: SessionReading
  readonly modifiedAtMs: number
}

export interface RepairOrder {
  readonly runId: string
  readonly userId: string
  readonly sessions: readonly RereadSession[]
  /** Which differences may be repaired; those a person did not confirm are left out whatever it says. */
  readonly isWanted: (difference: Difference) => boolean
  /** Why, by a person who saw the rows; null when they are repaired without asking. */
  readonly reason: string | null
  readonly startedAt: EpochMs
}

/**
 * Repairs one user's rows in the transaction it is given, with one audit entry. Both sides are compared again here:
 * what changed since the run is not overwritten, and doing it twice changes nothing. Answers what was repaired.
 * Errors: `invalid_request` for what would make a closed month smaller; nothing is changed then.
 */
export async function repairUser(
  trx: Writer,
  order: RepairOrder,
  context: ConsumptionContext,
  actor: Actor,
): Promise<readonly Difference[]> {
  const done: Difference[] = []
  const repairs: RowRepair[] = []
  for (const { session, modifiedAtMs } of order.sessions) {
    const differences = await differencesNow(trx, order, session, modifiedAtMs, context)
    const wanted = differences.filter(
      (one) =>
        order.isWanted(one) &&
        (isAutomatic(one.repair) || (order.reason !== null && one.repair === 'confirm')),
    )
    done.push(...wanted)
    repairs.push(...repairsOf(session, wanted))
  }
  if (repairs.length === 0) return []
  await refuseClosedMonths(trx, order.userId, done)
  await repairLedger(trx, order.userId, repairs, context)
  await audit(trx, {
    at: context.clock.now(),
    actor,
    action: order.reason === null ? 'reconciliation.fix' : 'reconciliation.repair',
    objectKind: 'user',
    objectId: order.userId,
    before: {
      run_id: order.runId,
      rows: done.slice(0, AUDIT_ROWS_MAX).map((one) => rowOf(one, 'databaseValue')),
    },
    after: {
      run_id: order.runId,
      reason: order.reason,
      repaired: done.length,
      rows: done.slice(0, AUDIT_ROWS_MAX).map((one) => rowOf(one, 'fileValue')),
    },
  })
  return done
}

/** The archive row of a closed month never changes, and a ledger that holds less than it could not be explained. */
async function refuseClosedMonths(
  trx: Writer,
  userId: string,
  differences: readonly Difference[],
): Promise<void> {
  const lowered = new Set(
    differences
      .filter((one) => one.repair === 'confirm' && one.weight > 0 && !isHigher(one))
      .map((one) => one.period),
  )
  if (lowered.size === 0) return
  const closed = await trx
    .selectFrom('consumption_periods_archive')
    .select('period')
    .where('user_key', '=', (await findUserKey(trx, userId)) ?? -1)
    .execute()
  const month = closed.find((row) => lowered.has(row.period))?.period
  if (month === undefined) return
  throw new WeirError(
    'invalid_request',
    `${periodText(month)} is closed for ${userId}, and the figures of a closed month never become smaller. Nothing was changed; bring back the file if it is wrong.`,
  )
}

function isHigher({ fileValue, databaseValue }: Difference): boolean {
  return typeof fileValue === 'number' && fileValue > Number(databaseValue ?? 0)
}

/** An audit entry that names more rows than anybody reads would only fill the log; how many there were stands in it. */
const AUDIT_ROWS_MAX = 200

function rowOf(one: Difference, side: 'fileValue' | 'databaseValue') {
  return { session_id: one.sessionId, turn_number: one.turnNumber, [one.field]: one[side] }
}

/** One repair per row, with all its fields. */
function repairsOf(session: SessionReading, wanted: readonly Difference[]): RowRepair[] {
  const rows = new Map(ledgerTurns(session).map((row) => [row.turnNumber, row]))
  const fields = new Map<number, Set<string> | null>()
  for (const one of wanted) {
    if (one.turnNumber === null) continue
    if (one.databaseValue === null) fields.set(one.turnNumber, null)
    else fields.set(one.turnNumber, (fields.get(one.turnNumber) ?? new Set<string>()).add(one.field))
  }
  return [...fields].flatMap(([turnNumber, names]) => {
    const row = rows.get(turnNumber) ?? (turnNumber === 0 ? nothingOutside(session) : undefined)
    return row === undefined ? [] : [{ session, row, fields: names }]
  })
}

/** The outside-turns row of a session that no longer spends anything outside its turns. */
function nothingOutside(session: SessionReading) {
  return ledgerTurns({ ...session, outsideInputTokens: 1 }).map((row) => ({
    ...row,
    inputTokens: 0,
    outputTokens: 0,
  }))[0]
}

async function differencesNow(
  trx: Writer,
  order: RepairOrder,
  session: SessionReading,
  modifiedAtMs: number,
  context: ConsumptionContext,
): Promise<Difference[]> {
  const zone = context.settings().time_zone
  const userKey = await findUserKey(trx, order.userId)
  const row = userKey === undefined ? undefined : await findSession(trx, userKey, session.sessionId)
  const pruned =
    userKey === undefined
      ? []
      : await trx.selectFrom('pruned_periods').selectAll().where('user_key', '=', userKey).execute()
  const prunedBefore = new Map(pruned.map((one) => [one.period, one.pruned_before]))
  return compareSession(
    session,
    ledgerTurns(session),
    row === undefined ? [] : await turnsNow(trx, row.key),
    row === undefined ? new Map() : await extensionsNow(trx, row.key),
    {
      modifiedAtMs,
      turnsMax: session.turns.length,
      startedAt: order.startedAt,
      periodOf: (at) => periodNumber(periodOf(zone, at)),
      prunedBefore: (period) => prunedBefore.get(period),
      // A sealed month is not repaired: what retention took is left out.
      prunedSums: () => undefined,
    },
  )
}

async function turnsNow(trx: Writer, sessionKey: number): Promise<LedgerTurn[]> {
  return trx
    .selectFrom('consumption_turns as t')
    .innerJoin('models as m', 'm.key', 't.model_key')
    .selectAll('t')
    .select(['m.provider', 'm.model'])
    .where('t.session_key', '=', sessionKey)
    .execute()
}

async function extensionsNow(trx: Writer, sessionKey: number): Promise<Extensions> {
  const rows = await trx
    .selectFrom('turn_extensions')
    .select((eb) => [
      'turn_number',
      eb.fn.sum<number>('input_tokens').as('input_tokens'),
      eb.fn.sum<number>('output_tokens').as('output_tokens'),
      eb.fn.sum<number>('added_cost_micro_usd').as('cost_micro_usd'),
    ])
    .where('session_key', '=', sessionKey)
    .groupBy('turn_number')
    .execute()
  return new Map(rows.map((row) => [row.turn_number, row]))
}
