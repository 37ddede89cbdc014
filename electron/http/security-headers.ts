/**
 * Headers of every answer, also of errors and of answers to what was not even HTTP. No CORS header is ever sent:
 * no other page has anything to ask here.
 */

/** An answer of the API is data: nothing may run, be framed or be kept. */
const API_CSP = "default-src 'none'; frame-ancestors 'none'"

const PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

/** For pages that bring their style as a file. */
export const DOCS_CSP = [...PAGE_CSP, "style-src 'self'"].join('; ')

/** For the console: Mantine writes the variables of its theme into a style element and sizes into style attributes. */
export const CONSOLE_CSP = [...PAGE_CSP, "style-src 'self' 'unsafe-inline'"].join('; ')

/** What an answer has unless its route says otherwise. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': API_CSP,
} as const satisfies Readonly<Record<string, string>>
