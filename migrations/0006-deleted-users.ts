/** A user can be deleted with the turns kept: out of every list, and still in the books. */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = ['ALTER TABLE users ADD COLUMN deleted_at INTEGER']
