import type { Reader, Writer } from '../database/database.ts'
import { heldBy, tellsOutside } from './import-holds.ts'
import { holdsOf, type SessionHold } from './import-holds-store.ts'
import type { SessionRow, TurnRow } from './ledger-store.ts'
import { turnsOfSession } from './ledger-store.ts'
import { numbersOf } from './turn-numbers.ts'

/** Which turns of a session go with an import that is undone, and which stay and why. */

/** Why turns of an import stay. */
export interface Staying {
  /** Later or earlier imports that were not undone tell of them too. */
  readonly otherImports: number
  /** A reconciliation has corrected them. */
  readonly corrected: number
  /** The agent has added tokens to them. */
  readonly addedTo: number
  /** Something else than imports has told what the session spent outside its turns: their tokens may be in both. */
  readonly toldOutside: number
  /** Retention has put them into the sums of their month, together with others. */
  readonly inMonthSums: number
}

export interface SortedSession {
  readonly hold: SessionHold
  readonly session: SessionRow
  /** What other imports hold of it. */
  readonly others: readonly SessionHold[]
  readonly turns: readonly TurnRow[]
  readonly going: readonly TurnRow[]
  /** Turns that stay because another import tells of them. */
  readonly handedOver: readonly TurnRow[]
  readonly isSessionGoing: boolean
  /** Whether it cannot be told when others came to what stays: what is outside is reckoned, the session never below what others told. */
  readonly isReckoned: boolean
  readonly staying: Staying
}

/** Reads what the import holds of a session. Undefined where the session is gone. */
export async function sortSession(
  db: Reader | Writer,
  hold: SessionHold,
): Promise<SortedSession | undefined> {
  const session = await db
    .selectFrom('sessions')
    .selectAll()
    .where('key', '=', hold.session_key)
    .executeTakeFirst()
  if (session === undefined) return undefined
  const others = (await holdsOf(db, hold.session_key)).filter((one) => one.batch_key !== hold.batch_key)
  const turns = await turnsOfSession(db, hold.session_key)
  const added = await addedTo(db, hold.session_key)
  const isPruned = await hasMonthSums(db, hold.session_key)
  const mine = numbersOf(hold.turns)
  const theirs = heldBy(others)
  const held = turns.filter((turn) => mine.has(turn.turn_number))
  const handedOver = held.filter((turn) => theirs.has(turn.turn_number))
  const alone = held.filter((turn) => !theirs.has(turn.turn_number))
  const extended = alone.filter((turn) => added.has(turn.turn_number))
  const corrected = alone.filter((turn) => turn.source !== 'import' && !added.has(turn.turn_number))
  const free = alone.filter((turn) => turn.source === 'import' && !added.has(turn.turn_number))
  const outside = turns.find((turn) => turn.turn_number === 0)
  const isOutsideTold =
    outside !== undefined && (outside.source !== 'import' || !(mine.has(0) || theirs.has(0)))
  const going = isOutsideTold ? [] : free
  const here = new Set(turns.map((turn) => turn.turn_number))
  const isAlone = hold.is_session === 1 && others.length === 0 && session.closed_at === null
  return {
    hold,
    session,
    others,
    turns,
    going,
    handedOver,
    isReckoned: isReckoned(hold, others, turns),
    isSessionGoing: isAlone && going.length === turns.length && (!isPruned || isCarried(hold, session)),
    staying: {
      otherImports: counted(handedOver),
      corrected: counted(corrected),
      addedTo: counted(extended),
      toldOutside: isOutsideTold ? counted(free) : 0,
      inMonthSums: [...mine].filter((number) => number > 0 && !here.has(number)).length,
    },
  }
}

/**
 * Whether a turn that stays, and that this import may have brought first, was told later by something that leaves no
 * instant, while other imports tell of tokens outside the turns. Pure.
 */
function isReckoned(hold: SessionHold, others: readonly SessionHold[], turns: readonly TurnRow[]): boolean {
  const held = heldBy([hold, ...others])
  const isUnsure = turns.some(
    (turn) =>
      turn.turn_number > 0 &&
      turn.source !== 'api' &&
      !held.has(turn.turn_number) &&
      turn.recorded_at <= hold.told_at,
  )
  return isUnsure && others.some(tellsOutside)
}

/** Whether the session stands for a month that was taken over as sums: no turn of it is anybody else's. */
export function isCarried(hold: Pick<SessionHold, 'turns'>, session: Pick<SessionRow, 'id'>): boolean {
  return hold.turns === '' && /^closed-\d{4}-\d{2}$/.test(session.id)
}

/** Turns; what was spent outside them is none. */
export function counted(turns: readonly Pick<TurnRow, 'turn_number'>[]): number {
  return turns.filter((turn) => turn.turn_number > 0).length
}

async function addedTo(db: Reader | Writer, sessionKey: number): Promise<ReadonlySet<number>> {
  const rows = await db
    .selectFrom('turn_extensions')
    .select('turn_number')
    .distinct()
    .where('session_key', '=', sessionKey)
    .execute()
  return new Set(rows.map((row) => row.turn_number))
}

async function hasMonthSums(db: Reader | Writer, sessionKey: number): Promise<boolean> {
  const row = await db
    .selectFrom('pruned_turn_sums')
    .select('period')
    .where('session_key', '=', sessionKey)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
