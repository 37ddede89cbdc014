// Writes docs/error-codes.md from the tables, so that the page cannot say anything else than the program does.
// node_modules/.bin/node build/make-docs.ts
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OPERATIONS } from '../shared/contract/index.ts'
import { problemType } from '../shared/contract/problem.ts'
import { ERROR_CODES, type ErrorCode } from '../shared/error-codes.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** When a code comes, and what to do about it. A code without a line here does not compile. */
const ADVICE: Readonly<Record<ErrorCode, string>> = {
  hourly_limit_exceeded:
    'The user has asked as often as their hour allows. Ask again after `retry_after_seconds`, or raise the limit.',
  daily_limit_exceeded:
    'The user has asked as often as their day allows. Ask again after `resets_at`, or raise the limit.',
  input_token_quota_exceeded:
    'Used, reserved and estimated input tokens are more than the month allows. Lower the estimate, wait for the month, or raise the limit.',
  output_token_quota_exceeded:
    'Used, reserved and estimated output tokens are more than the month allows. Lower the estimate, wait for the month, or raise the limit.',
  cost_budget_exceeded:
    'The cost of the month has reached the budget. Wait for the month, or raise the budget.',
  user_inactive: 'The user was deactivated. Activate them on the Users screen.',
  profile_inactive: 'The profile of the user was deactivated. Activate it, or give the user another one.',
  user_unknown: 'Nobody has this id. Add the user, import them, or switch `auto_provision_users` on.',
  limits_unavailable:
    'The database does not answer and `when_unavailable` is `closed`. Ask again after `Retry-After`; it is not a limit.',
  restoring: 'A restore is running. Ask again after `Retry-After`; go on writing session files.',
  shutting_down: 'Weir is ending. Ask again once it is back.',
  turn_conflict:
    'The same (user, session, turn number) is in the ledger with other figures. What is recorded stays; check the numbering of turns.',
  user_exists: 'The id or the username is in use. Choose another.',
  profile_unknown: 'No profile has this id. `weir profiles list` names them.',
  profile_exists: 'A profile has this name already. Choose another one.',
  profile_in_use:
    'Users have the profile, or it is the default. Say with `move_users_to` which one they get, or make another the default.',
  grant_unknown: 'The user has no grant with this number. List the grants of the user.',
  token_unknown: 'No token has this id. `weir tokens list` names them.',
  job_unknown: 'No job has this name. `weir jobs list` names them.',
  import_not_undoable:
    'The import is running, is undone, or its folder is followed and would be read in again.',
  run_unknown: 'No run has this id, or it was forgotten since.',
  busy: 'Only one such run goes on at a time. Wait for it, or cancel it.',
  folder_unreadable: 'The folder does not exist or may not be read. Check the path and its rights.',
  not_empty: 'Sample data is only loaded into an empty Weir. Use another data folder.',
  invalid_request:
    'Something in the request is not as the documentation has it; `errors` says what and where.',
  unauthorized: 'Send `Authorization: Bearer weir_…` with a token that is neither expired nor revoked.',
  forbidden: 'The token is good, but its scope or its user does not reach this far.',
  host_not_allowed: 'Use `127.0.0.1`, `localhost` or `[::1]` with the port of this Weir.',
  origin_not_allowed:
    'A page of another site asked, or the console without its CSRF value. Reload the console.',
  route_unknown: 'Nothing is at this address. `/docs` lists what there is.',
  method_not_allowed: 'The address exists for the methods named in `Allow`.',
  unsupported_media_type: 'Send uncompressed JSON with `Content-Type: application/json`.',
  body_too_large: 'A body may have 64 KB.',
  too_many_requests:
    'Too many wrong tokens came over one connection, which was closed. Check the token and connect again.',
  storage_full: 'The disk is full. Nothing was lost: free some space and send it again.',
  storage_unavailable:
    'The database cannot be read or written now. Ask again after `Retry-After`; `weir doctor` looks for the cause.',
  database_newer: 'The data folder was used by a newer Weir. Start that one; the file was not touched.',
  database_foreign:
    'The file is a database of something else. Choose another data folder; the file was not touched.',
  folder_in_use: 'Another Weir has the data folder. Use that one, or end it first.',
  port_taken: 'Another program has the port. Stop it, or choose another with `--port` or `WEIR_PORT`.',
  config_limit_exceeded:
    'The user has changed configurations as often as their hour allows. Ask again after `retry_after_seconds`, or raise the limit.',
  session_unknown:
    'Nobody, or not this user, has a session with this id. Open it, or record a turn in it, first.',
  turn_unknown: 'The ledger has no such turn to add to. Record it first.',
  price_unknown: 'The price that was named is not in the table, or no longer.',
  setting_fixed:
    'What was counted depends on this setting. Start with an empty data folder to choose another value.',
  confirmation_needed:
    'The change destroys something; `would_erase` says how much. Send `confirm_erase: true` to do it.',
  backup_unknown: 'There is no backup of this name. The list of backups names those there are.',
  auth_database_unreadable:
    'The file named as the auth database of the platform is no SQLite database, cannot be opened, is one of Weir, or has none of the tables that could be taken. Nothing was changed.',
  restore_impossible:
    'The answer says what stands against it. Restore another backup, or this one into an empty data folder.',
  passphrase_needed:
    'The backup is encrypted, and this Weir has not the key. Enter the passphrase it was made with; without it nobody can open it.',
  passphrase_wrong: 'It is not the passphrase this backup was made with. Nothing was changed.',
  backup_needed: 'It is the last verified backup. Make another one first, then delete it.',
  backup_damaged:
    'The bytes of the backup are not those that were written, so it is not used. Choose another one and find out what happened to the disk.',
  cancelled: 'The run was cancelled. What it had finished stays, and it can be started again.',
  internal: 'A fault of Weir. The log has the cause under the `request_id`; please report it.',
}

/** The text of docs/error-codes.md. */
export function errorCodesPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([code, { status, title }]) => {
    const users = Object.entries(OPERATIONS).filter(([, operation]) =>
      (operation.errors as readonly string[]).includes(code),
    )
    const where = users.length === 0 ? 'any' : users.map(([name]) => `\`${name}\``).join(', ')
    return `| \`${code}\` | ${status} | ${title} | ${ADVICE[code as ErrorCode]} | ${where} |`
  })
  return `# Error codes

Made by \`build/make-docs.ts\` from \`shared/error-codes.ts\`; do not edit it by hand.

Every error of Weir is a problem document (RFC 9457), over HTTP as \`application/problem+json\`:

\`\`\`json
{
  "type": "${problemType('user_unknown')}",
  "title": "${ERROR_CODES.user_unknown.title}",
  "status": ${ERROR_CODES.user_unknown.status},
  "code": "user_unknown",
  "detail": "There is no user mallory.",
  "request_id": "b3J0aA-7"
}
\`\`\`

Programs go by \`code\`: a code never changes its meaning and is never used again for another. \`detail\` is for people and may
be worded differently tomorrow. \`request_id\` also stands in the header \`X-Request-Id\` and in the log.

429 of a limit adds \`limit\`, \`used\`, \`resets_at\`, \`retry_after_seconds\` and \`limits\`; 400 adds \`errors\` with \`path\` and
\`message\`. 429 and 503 come with \`Retry-After\`. What is not even well-formed HTTP is answered with \`invalid_request\` and
status 400, 408 (it did not arrive in time) or 431 (its headers are too large).

| code | status | title | when, and what to do | operations |
|---|---|---|---|---|
${rows.join('\n')}
`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(join(ROOT, 'docs', 'error-codes.md'), errorCodesPage())
}
