import type { z } from 'zod'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { sessionRecord } from '../../../shared/contract/sessions.ts'
import { toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { currentUsage, userOf } from './current-usage.ts'
import { letGo } from './import-holds.ts'
import { holdsOf } from './import-holds-store.ts'
import { findSession, insertSession, type SessionRow, touchSession } from './ledger-store.ts'
import { readProfiles } from './limit-rules-store.ts'
import { pastInstant, periodAt } from './record-turn.ts'
import { rollUpSession } from './roll-up-store.ts'
import { findOwnedSession, type OwnedSession, saveSessionClosed, saveSessionName } from './session-store.ts'

/** Opening, renaming and closing sessions, each in the transaction it is given. */

/**
 * Opens a session and counts it in the month of its opening; one that is there already is not counted again, but takes
 * over a new name and is open afterwards. Errors: `user_unknown`, `invalid_request`.
 */
export async function openSession(
  trx: Writer,
  input: ParsedInput<'sessions.open'>,
  context: ConsumptionContext,
): Promise<OperationOutput<'sessions.open'>> {
  const moment = momentOf(context)
  const openedAt = pastInstant(input.opened_at, 'opened_at', moment)
  const state = await userOf(trx, input.user_id, moment)
  const name = input.session_name ?? null
  const known = await findSession(trx, state.account.key, input.session_id)
  if (known !== undefined) {
    await touchSession(trx, known, name, openedAt)
    if (known.closed_at !== null) await saveSessionClosed(trx, known.key, null)
    // The agent has it open: it is not there because of an import alone.
    await letGo(trx, await holdsOf(trx, known.key), new Set(), true)
    const session: SessionRow = {
      ...known,
      name: name ?? known.name,
      last_activity_at: Math.max(known.last_activity_at, openedAt),
      closed_at: null,
    }
    return { replayed: true, session: toRecord(input.user_id, session) }
  }
  const { usage } = await currentUsage(trx, state, await readProfiles(trx), moment)
  const period = periodAt(moment, openedAt)
  const session = await insertSession(trx, {
    user_key: state.account.key,
    id: input.session_id,
    name,
    created_at: openedAt,
    last_activity_at: openedAt,
  })
  await rollUpSession(trx, state.account.key, period)
  if (period === usage.period)
    await saveUsage(trx, { ...usage, sessions: usage.sessions + 1, last_updated_at: moment.now })
  return { replayed: false, session: toRecord(input.user_id, session) }
}

/** Errors: `session_unknown`, `user_unknown`, `invalid_request`. */
export async function renameSession(
  trx: Writer,
  input: ParsedInput<'sessions.rename'>,
): Promise<OperationOutput<'sessions.rename'>> {
  const { session, state } = await sessionOf(trx, input)
  await saveSessionName(trx, session.key, input.session_name)
  return { session: toRecord(state.account.id, { ...session, name: input.session_name }) }
}

/** Errors: `session_unknown`, `user_unknown`, `invalid_request`. */
export async function closeSession(
  trx: Writer,
  input: ParsedInput<'sessions.close'>,
  context: ConsumptionContext,
): Promise<OperationOutput<'sessions.close'>> {
  const { session, state } = await sessionOf(trx, input)
  if (session.closed_at !== null) return { replayed: true, session: toRecord(state.account.id, session) }
  const { now } = momentOf(context)
  await saveSessionClosed(trx, session.key, now)
  return { replayed: false, session: toRecord(state.account.id, { ...session, closed_at: now }) }
}

async function sessionOf(
  trx: Writer,
  input: { readonly id: string; readonly user_id?: string | undefined },
): Promise<OwnedSession> {
  const found = await findOwnedSession(trx, input.id, input.user_id)
  if (found !== undefined) return found
  throw new WeirError(
    'session_unknown',
    `There is no session ${input.id}${input.user_id === undefined ? '' : ` of ${input.user_id}`}. Open it first.`,
    { details: { session_id: input.id } },
  )
}

function toRecord(userId: string, session: SessionRow): z.output<typeof sessionRecord> {
  return {
    user_id: userId,
    session_id: session.id,
    session_name: session.name,
    opened_at: toIso(session.created_at),
    last_activity_at: toIso(session.last_activity_at),
    closed_at: toIsoOrNull(session.closed_at),
  }
}
