import type { EpochMs } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import type { SessionReading } from '../sessions/session-reading.ts'
import { deleteHold, holdsOf, type SessionHold, saveHold } from './import-holds-store.ts'
import type { SessionRow } from './ledger-store.ts'
import { numbersOf, numbersText } from './turn-numbers.ts'

/** Which import holds which turns of a session, as it is read. */

/** What became of a session that was booked. */
export interface SessionBooked {
  readonly session: SessionRow
  readonly reading: SessionReading
  readonly isNew: boolean
  /** Numbers of turns that were added, and of those that were there with the same figures. */
  readonly written: readonly number[]
  readonly found: readonly number[]
}

/**
 * Notes what an import has added, and what it would have added where other imports had not. Without an import (a folder
 * that is followed) no import holds any more what was found. Answers whether the import holds anything of the session.
 */
export async function noteHolds(
  trx: Writer,
  batch: number | null,
  booked: SessionBooked,
  now: EpochMs,
): Promise<boolean> {
  const holds = booked.isNew ? [] : await holdsOf(trx, booked.session.key)
  if (batch === null) {
    if (holds.length > 0) await letGo(trx, holds, new Set(booked.found), true)
    return false
  }
  const held = heldBy(holds)
  const before = holds.find((hold) => hold.batch_key === batch)
  const mine = new Set(before === undefined ? [] : numbersOf(before.turns))
  for (const number of booked.written) mine.add(number)
  for (const number of booked.found) if (held.has(number)) mine.add(number)
  const isSession = booked.isNew || holds.some((hold) => hold.is_session === 1)
  // What it tells outside its turns may be hidden behind turns of an import that is undone one day.
  const isHidden = held.size > 0 && tellsOutside(toldOf(booked.reading, before, now))
  if (mine.size === 0 && !isSession && !isHidden) return false
  const place = { batch_key: batch, session_key: booked.session.key, turns: numbersText(mine) }
  await saveHold(trx, {
    ...toldOf(booked.reading, before, now),
    ...place,
    is_session: isSession ? 1 : 0,
  })
  return true
}

/** Numbers of the turns that any of these holds. */
export function heldBy(holds: readonly Pick<SessionHold, 'turns'>[]): Set<number> {
  const held = new Set<number>()
  for (const { turns } of holds) for (const number of numbersOf(turns)) held.add(number)
  return held
}

/** No import holds these turns any more: something else has told of them. With `isSession` the session neither. */
export async function letGo(
  trx: Writer,
  holds: readonly SessionHold[],
  numbers: ReadonlySet<number>,
  isSession: boolean,
): Promise<void> {
  for (const hold of holds) {
    const turns = numbersText([...numbersOf(hold.turns)].filter((number) => !numbers.has(number)))
    const is_session = isSession ? 0 : hold.is_session
    if (turns === hold.turns && is_session === hold.is_session) continue
    if (turns === '' && is_session === 0 && !tellsOutside(hold)) await deleteHold(trx, hold)
    else await saveHold(trx, { ...hold, turns, is_session })
  }
}

/** Whether the import was told of tokens outside the session's turns. Pure. */
export function tellsOutside(hold: Omit<Told, 'told_at'>): boolean {
  const isMore =
    hold.all_input_tokens > hold.turns_input_tokens || hold.all_output_tokens > hold.turns_output_tokens
  return hold.is_books === 0 && isMore
}

type Told = Omit<SessionHold, 'batch_key' | 'session_key' | 'turns' | 'is_session'>

/** The file knows more of a session than books do: what it told stays. */
function toldOf(reading: SessionReading, before: SessionHold | undefined, now: EpochMs): Told {
  const isBooks = reading.isFromBooks === true
  if (isBooks && before !== undefined) return { ...before, told_at: now }
  const { turnsInputTokens, turnsOutputTokens } = reading
  return {
    is_books: isBooks ? 1 : 0,
    all_input_tokens: reading.sessionInputTokens ?? turnsInputTokens + reading.outsideInputTokens,
    all_output_tokens: reading.sessionOutputTokens ?? turnsOutputTokens + reading.outsideOutputTokens,
    turns_input_tokens: turnsInputTokens,
    turns_output_tokens: turnsOutputTokens,
    told_at: now,
  }
}
