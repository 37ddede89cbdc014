import { periodOf } from '../../../shared/time-window.ts'
import type { Reader, Writer } from '../database/database.ts'
import { findUserStateByKey, saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, type Moment, momentOf } from './context.ts'
import { heldBy } from './import-holds.ts'
import { deleteHold, type SessionHold } from './import-holds-store.ts'
import type { TurnRow } from './ledger-store.ts'
import { rebuildSession, rebuildWholeSession } from './rebuild-sums.ts'
import { removePruned } from './remove-pruned.ts'
import { rollUpSession } from './roll-up-store.ts'
import { takeTurns } from './take-turns.ts'
import { totalsOf } from './turn-effect.ts'
import { numbersOf } from './turn-numbers.ts'
import { mendArchive, wasClosedBefore } from './undo-archive.ts'
import { mendCounters } from './undo-counters.ts'
import { addOutside, mendOutside } from './undo-outside.ts'
import { counted, isCarried, type SortedSession, type Staying, sortSession } from './undo-sorting.ts'
import { addTotals, NO_TOTALS, type Totals } from './usage.ts'
import { periodNumber } from './windows.ts'

/**
 * Takes what an import holds out of the books, session by session, each slice with its part of every sum and of closed
 * months: the books agree after every slice, and one that was broken off is gone on with.
 */

// With what each takes away and mends, about ten milliseconds: as long as others may wait.
const TURNS_PER_SLICE = 150
const SESSIONS_PER_SLICE = 15

/** What a slice has taken out, and what it has left in. */
export interface SliceUndone {
  /** Sessions the import held. */
  readonly looked: number
  readonly turns: number
  readonly sessions: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costMicroUsd: number
  /** Sessions whose tokens outside turns are reckoned. */
  readonly reckoned: number
  readonly staying: Staying
}

/** Takes out the next sessions; null when the import holds none any more. */
export async function undoSessions(
  trx: Writer,
  batch: number,
  context: ConsumptionContext,
): Promise<SliceUndone | null> {
  const holds = await nextHolds(trx, batch, 0)
  if (holds.length === 0) return null
  const moment = momentOf(context)
  const sorted: SortedSession[] = []
  for (const hold of holds) {
    const one = await sortSession(trx, hold)
    if (one === undefined) await deleteHold(trx, hold)
    else sorted.push(one)
  }
  for (const userKey of new Set(sorted.map((one) => one.session.user_key))) {
    const sessions = sorted.filter((one) => one.session.user_key === userKey)
    await undoOfUser(trx, batch, userKey, sessions, context, moment)
  }
  return sumOfSlice(sorted)
}

/** What the import holds of the next sessions: as much as is looked at while others wait, and at least one. */
export async function nextHolds(
  db: Reader | Writer,
  batch: number,
  afterSession: number,
): Promise<readonly SessionHold[]> {
  const holds = await db
    .selectFrom('import_sessions')
    .selectAll()
    .where('batch_key', '=', batch)
    .where('session_key', '>', afterSession)
    .orderBy('session_key')
    .limit(SESSIONS_PER_SLICE)
    .execute()
  let turns = 0
  const end = holds.findIndex((hold) => {
    turns += numbersOf(hold.turns).size
    return turns > TURNS_PER_SLICE
  })
  return end === -1 ? holds : holds.slice(0, Math.max(1, end))
}

export function sumOfSlice(sorted: readonly SortedSession[]): SliceUndone {
  const sum = (of: (one: SortedSession) => number) => sorted.reduce((total, one) => total + of(one), 0)
  const sumOfTurns = (of: (turn: TurnRow) => number) =>
    sum(({ going }) => going.reduce((total, turn) => total + of(turn), 0))
  return {
    looked: sorted.length,
    turns: sum(({ going }) => counted(going)),
    sessions: sum(({ isSessionGoing }) => (isSessionGoing ? 1 : 0)),
    inputTokens: sumOfTurns((turn) => turn.input_tokens),
    outputTokens: sumOfTurns((turn) => turn.output_tokens),
    costMicroUsd: sumOfTurns((turn) => turn.cost_micro_usd),
    reckoned: sum(({ isReckoned }) => (isReckoned ? 1 : 0)),
    staying: {
      otherImports: sum(({ staying }) => staying.otherImports),
      corrected: sum(({ staying }) => staying.corrected),
      addedTo: sum(({ staying }) => staying.addedTo),
      toldOutside: sum(({ staying }) => staying.toldOutside),
      inMonthSums: sum(({ staying }) => staying.inMonthSums),
    },
  }
}

/** What leaves each closed month; a turn that is handed over leaves one that others came to only after it was closed. */
class LeavingMonths {
  readonly #months = new Map<number, { totals: Totals; sessions: number }>()

  add(period: number, totals: Totals, sessions: number): void {
    const held = this.#months.get(period) ?? { totals: NO_TOTALS, sessions: 0 }
    this.#months.set(period, { totals: addTotals(held.totals, totals), sessions: held.sessions + sessions })
  }

  entries() {
    return this.#months.entries()
  }
}

async function undoOfUser(
  trx: Writer,
  batch: number,
  userKey: number,
  sessions: readonly SortedSession[],
  context: ConsumptionContext,
  moment: Moment,
): Promise<void> {
  const zone = moment.settings.time_zone
  const months = new LeavingMonths()
  const periodAt = (at: number) => periodNumber(periodOf(zone, at))
  const going = sessions.flatMap((one) => one.going)
  const gone = sessions.filter((one) => one.isSessionGoing).map((one) => one.session)
  // Also a month nothing leaves may have been closed by the import, before others told of it.
  for (const { session, turns, others } of sessions) {
    const period = periodAt(session.created_at)
    const isLeaving = others.length > 0 && (await areAllLate(trx, others, { userKey, period }))
    months.add(period, NO_TOTALS, isLeaving ? 1 : 0)
    for (const turn of turns) months.add(turn.period, NO_TOTALS, 0)
  }
  for (const turn of going) months.add(turn.period, totalsOf(turn), 0)
  for (const session of gone) months.add(periodAt(session.created_at), NO_TOTALS, 1)
  for (const one of sessions)
    for (const turn of one.handedOver)
      months.add(turn.period, (await leavesArchive(trx, one, turn)) ? totalsOf(turn) : NO_TOTALS, 0)
  for (const one of sessions)
    if (one.isSessionGoing && isCarried(one.hold, one.session)) await removeCarried(trx, one, zone)
  await takeTurns(trx, userKey, { turns: going, sessions: gone }, zone)
  for (const turn of going) await trx.deleteFrom('consumption_turns').where('id', '=', turn.id).execute()
  for (const one of sessions) {
    await deleteHold(trx, one.hold)
    if (one.isSessionGoing) await removeSession(trx, one)
    else await mendSession(trx, one, context, moment)
  }
  await mendCounters(trx, userKey, going, zone, moment)
  for (const [period, leaving] of months.entries())
    await mendArchive(trx, batch, { userKey, period, ...leaving }, moment.windows)
}

/** Whether the turn would have come only after its month was closed. */
function leavesArchive(trx: Writer, { others }: SortedSession, turn: TurnRow): Promise<boolean> {
  const holders = others.filter((other) => numbersOf(other.turns).has(turn.turn_number))
  return areAllLate(trx, holders, { userKey: turn.user_key, period: turn.period })
}

async function areAllLate(
  trx: Writer,
  holds: readonly SessionHold[],
  month: { readonly userKey: number; readonly period: number },
): Promise<boolean> {
  for (const hold of holds) if (!(await wasClosedBefore(trx, hold.batch_key, month))) return false
  return true
}

/** The sums of a month that was taken over go before the session they stand under. */
async function removeCarried(trx: Writer, { session }: SortedSession, zone: string): Promise<void> {
  const month = await trx
    .selectFrom('pruned_periods')
    .selectAll()
    .where('user_key', '=', session.user_key)
    .where('period', '=', periodNumber(periodOf(zone, session.created_at)))
    .executeTakeFirst()
  if (month !== undefined) await removePruned(trx, month, zone)
}

async function removeSession(trx: Writer, { session }: SortedSession): Promise<void> {
  await trx.deleteFrom('session_periods').where('session_key', '=', session.key).execute()
  await forgetFile(trx, session.user_key, session.id)
  await trx.deleteFrom('sessions').where('key', '=', session.key).execute()
}

/** What was read last of the file is not in the books any more. */
async function forgetFile(trx: Writer, userKey: number, sessionId: string): Promise<void> {
  await trx
    .deleteFrom('session_files')
    .where('session_id', '=', sessionId)
    .where('user_id', '=', (eb) => eb.selectFrom('users').select('id').where('key', '=', userKey))
    .execute()
}

/** A session that stays, with less in it. */
async function mendSession(
  trx: Writer,
  one: SortedSession,
  context: ConsumptionContext,
  moment: Moment,
): Promise<void> {
  const { session, going, others } = one
  // What a followed folder tells of the session is read again: it was told beside the turns that go.
  const isRead = others.length === 0 || one.hold.is_session === 0
  if (going.length > 0 && isRead) await forgetFile(trx, session.user_key, session.id)
  const periods = new Set(going.map((turn) => turn.period))
  const left = one.turns.filter((turn) => !going.includes(turn))
  const outside = left.find((turn) => turn.turn_number === 0)
  // Also one that came after this import: it was told without the turns that go now.
  const isFollowed = outside?.source === 'import' && heldBy(others).has(0)
  if (outside !== undefined && isFollowed) {
    await mendOutside(trx, outside, left, others, context, moment)
    periods.add(outside.period)
  } else if (outside === undefined) {
    const added = await addOutside(trx, one, left, context, moment)
    if (added !== null) periods.add(added)
  }
  for (const period of periods) await rebuildSession(trx, session.key, period)
  await rebuildWholeSession(trx, session.key)
  await mendSessionTimes(trx, one, left, moment.settings.time_zone)
}

/**
 * When a session began is said by its file; without one, by the first turn that was recorded of it. What was done last
 * in it goes back only where that went with what is taken: retention and the agent tell of it without a turn here.
 */
async function mendSessionTimes(
  trx: Writer,
  { session, others, hold, going }: SortedSession,
  left: readonly TurnRow[],
  zone: string,
): Promise<void> {
  const turns = left.filter((turn) => turn.turn_number > 0)
  const first = turns.toSorted((one, other) => one.id - other.id)[0]
  const isFileGone = hold.is_session === 1 && others.length === 0
  const createdAt = isFileGone && first !== undefined ? first.occurred_at : session.created_at
  const isMoved = createdAt !== session.created_at
  const isLastGone =
    going.some((turn) => turn.occurred_at === session.last_activity_at) ||
    (isMoved && session.last_activity_at === session.created_at)
  if (!isMoved && !isLastGone) return
  if (isMoved) {
    const periods = [session.created_at, createdAt].map((at) => periodNumber(periodOf(zone, at)))
    const [before = 0, after = 0] = periods
    if (before !== after) await moveSession(trx, session, { before, after }, zone)
  }
  const pruned = isLastGone ? await lastPrunedAt(trx, session.key) : 0
  const last = turns.reduce((latest, turn) => Math.max(latest, turn.occurred_at), Math.max(createdAt, pruned))
  await trx
    .updateTable('sessions')
    .set({ created_at: createdAt, last_activity_at: isLastGone ? last : session.last_activity_at })
    .where('key', '=', session.key)
    .execute()
}

/** When the last of the turns was that retention has put into the sums of their months; 0 where there is none. */
async function lastPrunedAt(trx: Writer, sessionKey: number): Promise<number> {
  const { at } = await trx
    .selectFrom('pruned_turn_sums')
    .select((eb) => eb.fn.max('last_turn_at').as('at'))
    .where('session_key', '=', sessionKey)
    .executeTakeFirstOrThrow()
  return at ?? 0
}

async function moveSession(
  trx: Writer,
  session: SortedSession['session'],
  { before, after }: { readonly before: number; readonly after: number },
  zone: string,
): Promise<void> {
  await rollUpSession(trx, session.user_key, after)
  const state = await findUserStateByKey(trx, session.user_key)
  if (state?.usage.period === after)
    await saveUsage(trx, { ...state.usage, sessions: state.usage.sessions + 1 })
  // The counters of the month it was in follow with its roll-up.
  if (before !== after) await takeTurns(trx, session.user_key, { turns: [], sessions: [session] }, zone)
}
