import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findUserState, findUserStateByKey, type UserState } from './consumption-store.ts'
import { findSession, type SessionRow } from './ledger-store.ts'

/** The SQL of a session's life: finding it by its id, its name, closed and open. */

/** A session with its user. */
export interface OwnedSession {
  readonly session: SessionRow
  readonly state: UserState
}

/**
 * The session under an id, which is unique per user: without a user the only one there is, or undefined.
 * Errors: `user_unknown`; `invalid_request` when several users have a session with this id and none is named.
 */
export async function findOwnedSession(
  db: Reader | Writer,
  id: string,
  userId: string | undefined,
): Promise<OwnedSession | undefined> {
  if (userId !== undefined) {
    const state = await findUserState(db, userId)
    if (state === undefined) throw unknownUserError(userId)
    const session = await findSession(db, state.account.key, id)
    return session === undefined ? undefined : { session, state }
  }
  // Two are enough to know that the id says too little.
  const rows = await db.selectFrom('sessions').selectAll().where('id', '=', id).limit(2).execute()
  if (rows.length > 1) {
    throw new WeirError(
      'invalid_request',
      `More than one user has a session ${id}; add user_id to say whose is meant.`,
      {
        details: {
          errors: [{ path: 'user_id', message: 'is needed: more than one user has this session id' }],
        },
      },
    )
  }
  const [session] = rows
  if (session === undefined) return undefined
  const state = await findUserStateByKey(db, session.user_key)
  return state === undefined ? undefined : { session, state }
}

/** Says that nobody has this id. */
export function unknownUserError(userId: string): WeirError {
  return new WeirError('user_unknown', `There is no user ${userId}. Add it in Weir first.`, {
    details: { user_id: userId },
  })
}

/** Gives a session another name. */
export async function saveSessionName(trx: Writer, key: number, name: string): Promise<void> {
  await trx.updateTable('sessions').set({ name }).where('key', '=', key).execute()
}

const setClosed = prepared<{ key: number; at: EpochMs | null }, never>((db, value) =>
  db
    .updateTable('sessions')
    .set({ closed_at: value('at') })
    .where('key', '=', value('key')),
)

/** Closes a session, or opens it again with null. */
export async function saveSessionClosed(trx: Writer, key: number, at: EpochMs | null): Promise<void> {
  await setClosed(trx, { key, at })
}
