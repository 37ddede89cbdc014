import { z } from 'zod'
import { isoTime, sessionId, userId } from './fields.ts'
import { operation } from './operation.ts'

/** The life of a session: the agent opens, renames and closes it; turns recorded in it open it again. */

const sessionName = z.string().min(1).max(500)

/** A session as it stands; `closed_at` is null while it is open. */
export const sessionRecord = z.object({
  user_id: z.string(),
  session_id: z.string(),
  session_name: z.string().nullable(),
  opened_at: z.string(),
  last_activity_at: z.string(),
  closed_at: z.string().nullable(),
})

export const sessionOperations = {
  'sessions.open': operation({
    method: 'POST',
    path: '/api/v1/sessions',
    scopes: ['executor'],
    effect: 'write',
    status: 201,
    summary: 'Open a session',
    description:
      'A session counts once, in the month it was first opened in. Opening it again answers 200 with `replayed: true`, counts ' +
      'nothing, takes over a new name, and opens it when it was closed. Recording a turn opens a session too, so this call is optional.',
    input: z.strictObject({
      user_id: userId,
      session_id: sessionId,
      session_name: sessionName.optional(),
      opened_at: isoTime.optional(),
    }),
    output: z.object({
      /** The session was there already; it was not counted again. */
      replayed: z.boolean(),
      session: sessionRecord,
    }),
    errors: ['user_unknown', 'storage_full', 'storage_unavailable', 'restoring'],
    example: { user_id: 'alice', session_id: 'session-1', session_name: 'Orders of the week' },
  }),
  'sessions.rename': operation({
    method: 'PATCH',
    path: '/api/v1/sessions/{id}',
    scopes: ['executor'],
    effect: 'write',
    status: 200,
    summary: 'Rename a session',
    description:
      'Ids of sessions are unique per user; `user_id` may be left out while only one user has a session with this id.',
    input: z.strictObject({ id: sessionId, user_id: userId.optional(), session_name: sessionName }),
    output: z.object({ session: sessionRecord }),
    errors: ['user_unknown', 'session_unknown', 'storage_full', 'storage_unavailable', 'restoring'],
    example: { id: 'session-1', user_id: 'alice', session_name: 'Orders of November' },
  }),
  'sessions.close': operation({
    method: 'POST',
    path: '/api/v1/sessions/{id}/close',
    scopes: ['executor'],
    effect: 'write',
    status: 200,
    summary: 'Close a session',
    description:
      'Closing it again answers `replayed: true` and changes nothing. What was recorded stays, and a later turn opens the session again.',
    input: z.strictObject({ id: sessionId, user_id: userId.optional() }),
    output: z.object({
      /** The session was closed already; the time of its first close stays. */
      replayed: z.boolean(),
      session: sessionRecord,
    }),
    errors: ['user_unknown', 'session_unknown', 'storage_full', 'storage_unavailable', 'restoring'],
    example: { id: 'session-1', user_id: 'alice' },
  }),
}
