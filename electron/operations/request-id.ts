import { randomBytes } from 'node:crypto'

// Six random characters keep the ids of two runs apart in one log; the counter keeps those of one run apart.
const runPrefix = randomBytes(4).toString('base64url')
let count = 0

/** An id for one call, unique within the log; it stands in the answer and in the log line. */
export function newRequestId(): string {
  count += 1
  return `${runPrefix}-${count.toString(36)}`
}
