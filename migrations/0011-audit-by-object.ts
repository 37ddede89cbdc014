/** What happened to one object is looked up, by the audit screen and wherever a user nobody has may have been erased. */

/** The statements of this step, run in one transaction together with the new `user_version`. */
export const statements: readonly string[] = [
  'CREATE INDEX audit_log_by_object ON audit_log (object_kind, object_id)',
]
