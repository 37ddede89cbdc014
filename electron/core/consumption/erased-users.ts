import type { Reader, Writer } from '../database/database.ts'
import { findUserKey } from './consumption-store.ts'

/**
 * Whether somebody was erased with their turns and not added again since: nobody has the id, and the newest entry of the
 * audit log about it is the end of the user. Their session files may still be there.
 */
export async function isErased(db: Reader | Writer, userId: string): Promise<boolean> {
  if ((await findUserKey(db, userId)) !== undefined) return false
  const newest = await db
    .selectFrom('audit_log')
    .select('action')
    .where('object_kind', '=', 'user')
    .where('object_id', '=', userId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.action === 'users.delete'
}
