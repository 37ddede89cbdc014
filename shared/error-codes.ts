/**
 * The ledger of error codes: everything Weir can answer to a caller that is not a success.
 * A code is never renamed and never used again for something else; `docs/error-codes.md` is made from this table.
 */
export const ERROR_CODES = {
  hourly_limit_exceeded: { status: 429, title: 'Hourly limit reached' },
  daily_limit_exceeded: { status: 429, title: 'Daily limit reached' },
  input_token_quota_exceeded: { status: 429, title: 'Monthly input tokens used up' },
  output_token_quota_exceeded: { status: 429, title: 'Monthly output tokens used up' },
  cost_budget_exceeded: { status: 429, title: 'Monthly cost budget used up' },
  user_inactive: { status: 403, title: 'User is inactive' },
  profile_inactive: { status: 403, title: 'Profile is inactive' },
  user_unknown: { status: 404, title: 'User is unknown' },
  limits_unavailable: { status: 503, title: 'Limits cannot be worked out' },
  restoring: { status: 503, title: 'A restore is running' },
  shutting_down: { status: 503, title: 'Weir is shutting down' },
  turn_conflict: { status: 409, title: 'Turn was recorded with other figures' },
  user_exists: { status: 409, title: 'User exists already' },
  profile_unknown: { status: 404, title: 'Profile is unknown' },
  profile_exists: { status: 409, title: 'Profile exists already' },
  profile_in_use: { status: 409, title: 'Profile is in use' },
  grant_unknown: { status: 404, title: 'Grant is unknown' },
  token_unknown: { status: 404, title: 'Token is unknown' },
  job_unknown: { status: 404, title: 'Job is unknown' },
  run_unknown: { status: 404, title: 'Run is unknown' },
  import_not_undoable: { status: 409, title: 'Import cannot be undone' },
  busy: { status: 409, title: 'Another run is going on' },
  folder_unreadable: { status: 422, title: 'Folder cannot be read' },
  not_empty: { status: 409, title: 'There is data already' },
  invalid_request: { status: 400, title: 'Request is not valid' },
  unauthorized: { status: 401, title: 'Token is missing or not valid' },
  forbidden: { status: 403, title: 'Token may not do this' },
  host_not_allowed: { status: 421, title: 'Host is not this Weir' },
  origin_not_allowed: { status: 403, title: 'Foreign web page' },
  route_unknown: { status: 404, title: 'Nothing at this address' },
  method_not_allowed: { status: 405, title: 'Method is not allowed here' },
  unsupported_media_type: { status: 415, title: 'Body must be JSON' },
  body_too_large: { status: 413, title: 'Body is too large' },
  too_many_requests: { status: 429, title: 'Too many failed attempts' },
  storage_full: { status: 507, title: 'Disk is full' },
  storage_unavailable: { status: 503, title: 'Database cannot be used' },
  database_newer: { status: 500, title: 'Database was written by a newer Weir' },
  database_foreign: { status: 500, title: 'File is not a Weir database' },
  folder_in_use: { status: 409, title: 'Data folder is in use' },
  port_taken: { status: 500, title: 'Port is taken' },
  config_limit_exceeded: { status: 429, title: 'Hourly limit of configuration changes reached' },
  session_unknown: { status: 404, title: 'Session is unknown' },
  turn_unknown: { status: 404, title: 'Turn is unknown' },
  price_unknown: { status: 404, title: 'Price is unknown' },
  setting_fixed: { status: 409, title: 'Setting cannot be changed any more' },
  confirmation_needed: { status: 409, title: 'Confirmation is needed' },
  cancelled: { status: 409, title: 'Cancelled' },
  backup_unknown: { status: 404, title: 'Backup is unknown' },
  backup_damaged: { status: 422, title: 'Backup is damaged' },
  passphrase_needed: { status: 409, title: 'Passphrase is needed' },
  passphrase_wrong: { status: 422, title: 'Passphrase is wrong' },
  backup_needed: { status: 409, title: 'Backup is needed' },
  restore_impossible: { status: 409, title: 'Cannot be restored' },
  auth_database_unreadable: { status: 422, title: 'Auth database cannot be read' },
  internal: { status: 500, title: 'Something in Weir is broken' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>

export type ErrorCode = keyof typeof ERROR_CODES

/** The codes a limit check may refuse with because a limit is reached. */
export const LIMIT_CODES = [
  'hourly_limit_exceeded',
  'daily_limit_exceeded',
  'input_token_quota_exceeded',
  'output_token_quota_exceeded',
  'cost_budget_exceeded',
] as const satisfies readonly ErrorCode[]

export type LimitCode = (typeof LIMIT_CODES)[number]
