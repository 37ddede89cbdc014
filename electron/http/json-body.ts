import { isUtf8 } from 'node:buffer'
import { WeirError } from '../core/kernel/weir-error.ts'

/** Our deepest input has two levels; JSON.parse itself would accept a million and stop the program for seconds. */
const JSON_DEPTH_MAX = 16

/**
 * Reads a JSON body. Nothing and `{}` are the same: an operation without members needs no body.
 * Errors: `invalid_request`.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return {}
  if (!isUtf8(bytes)) throw new WeirError('invalid_request', 'The body must be JSON in UTF-8.')
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new WeirError('invalid_request', 'The body is not well-formed JSON.', { cause })
  }
  if (isDeeperThan(value, JSON_DEPTH_MAX)) {
    throw new WeirError('invalid_request', `The body is nested deeper than ${JSON_DEPTH_MAX} levels.`)
  }
  return value
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const key in value) {
    if (isDeeperThan(value[key as keyof typeof value], levels - 1)) return true
  }
  return false
}
