/**
 * What must never reach the log: tokens, passwords, prompt text. Callers do not log them; this is for the day
 * somebody does, and for errors whose text quotes what they could not read.
 */

const HIDDEN = '[hidden]'

/** Members whose value is hidden whatever it is: secrets, and what people wrote to the agent. */
const HIDDEN_MEMBERS =
  /^(authorization|proxy-authorization|cookie|set-cookie|password|passphrase|token|secret|csrf|x-weir-csrf|user_query|userQuery|query|prompt|prompts|question|body|payload|input|headers|session_name|code_verifier)$/i

/** An access token, wherever it stands in a text. */
const TOKEN_LIKE = /weir_[0-9A-Za-z_-]{6,}/g
/** A header that carries a secret, inside a text. */
const HEADER_LIKE = /\b(bearer|basic)\s+[^\s"',;]+/gi
/** A login link is a secret for a minute. */
const CODE_LIKE = /([?&#]code=)[^&\s"']+/gi
/** V8 quotes what JSON.parse stumbled over: `Unexpected token 'x', "…" is not valid JSON`. */
const QUOTED_JSON = /,\s*(?:\.{3})?"[\s\S]*?"(?:\.{3})?\s+is not valid JSON/g

/** A sentence is shorter; a stack of ten frames fits. */
const TEXT_LENGTH_MAX = 6_000
/** Deeper than any line of ours: a structure that is deeper was logged by mistake. */
const DEPTH_MAX = 4
/** A line is read by a person; lists and objects are cut where nobody reads on. */
const MEMBERS_MAX = 40

/** A text without what looks like a secret, cut to a length a log can hold. */
export function safeText(text: string): string {
  const cut = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)} … (cut)` : text
  return cut
    .replace(QUOTED_JSON, ' is not valid JSON')
    .replace(TOKEN_LIKE, HIDDEN)
    .replace(HEADER_LIKE, `$1 ${HIDDEN}`)
    .replace(CODE_LIKE, `$1${HIDDEN}`)
}

/** The fields of a line as they may be written. Errors become what they say and where they came from. */
export function safeFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return safeMembers(fields, 0)
}

function safeMembers(members: object, depth: number): Record<string, unknown> {
  const safe: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(members).slice(0, MEMBERS_MAX))
    safe[name] = HIDDEN_MEMBERS.test(name) ? HIDDEN : safeValue(value, depth)
  return safe
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_MAX) return '[too deep]'
  if (value instanceof Error) return safeError(value, depth)
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (value instanceof Date) return value
  if (Array.isArray(value))
    return value.slice(0, MEMBERS_MAX).map((member: unknown) => safeValue(member, depth + 1))
  return safeMembers(value, depth + 1)
}

function safeError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: safeText(error.message),
    ...('code' in error ? { code: String(error.code) } : {}),
    stack: safeText(error.stack ?? ''),
    ...(error.cause === undefined ? {} : { cause: safeValue(error.cause, depth + 1) }),
  }
}
