import { periodOf } from '../../../shared/time-window.ts'
import type { Reader } from '../database/database.ts'
import type { SessionReading } from '../sessions/session-reading.ts'
import { findUserKey } from './consumption-store.ts'
import { isSame } from './ledger-import.ts'
import { findSession, turnsOfSession } from './ledger-store.ts'
import { prunedBefore } from './prune-turns.ts'
import { periodNumber } from './windows.ts'

/** What the ledger has of some turns, by their numbers. */
export interface HeldTurns {
  readonly same: readonly number[]
  readonly missing: readonly number[]
  /** There with other figures. */
  readonly others: readonly number[]
}

/** Compares the session's turns with those of the ledger; what retention has taken out is in the sums, and counts as there. */
export async function compareTurns(db: Reader, session: SessionReading, zone: string): Promise<HeldTurns> {
  const userKey = await findUserKey(db, session.userId)
  const row = userKey === undefined ? undefined : await findSession(db, userKey, session.sessionId)
  const held = new Map(
    (row === undefined ? [] : await turnsOfSession(db, row.key)).map((turn) => [turn.turn_number, turn]),
  )
  const gone = userKey === undefined ? new Map<number, number>() : await prunedBefore(db, userKey)
  const [same, missing, others]: [number[], number[], number[]] = [[], [], []]
  for (const turn of session.turns) {
    const before = held.get(turn.turnNumber)
    if (before !== undefined) {
      if (isSame(turn, before)) same.push(turn.turnNumber)
      else others.push(turn.turnNumber)
      continue
    }
    const period = periodNumber(periodOf(zone, turn.occurredAt))
    if (turn.occurredAt < (gone.get(period) ?? Number.NEGATIVE_INFINITY)) same.push(turn.turnNumber)
    else missing.push(turn.turnNumber)
  }
  return { same, missing, others }
}
