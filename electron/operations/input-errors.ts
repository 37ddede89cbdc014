import type { z } from 'zod'
import type { Refusal } from '../core/api.ts'
import { refused } from './refusals.ts'

/** One thing wrong with an input: where (`a.b`, empty for the whole) and what. */
export interface InputError {
  readonly path: string
  readonly message: string
}

/** More than a person reads, and enough for any form; a hostile body cannot make the answer large. */
const ERRORS_MAX = 20
/** Longest name of an unknown member that is repeated in the answer. */
const NAME_LENGTH_MAX = 100
/** How many errors the sentence names; the rest stand in `errors`. */
const ERRORS_IN_SENTENCE = 3

/** The refusal of an input that does not fit its schema: `invalid_request` with `errors: [{path, message}]`. */
export function invalidInput(issues: readonly z.core.$ZodIssue[], input: unknown): Refusal {
  const errors = issues.flatMap((issue) => errorsOf(issue, input)).slice(0, ERRORS_MAX)
  return invalidRequest(errors)
}

/** The refusal made of errors found by hand, worded like those of a schema. */
export function invalidRequest(errors: readonly InputError[]): Refusal {
  const named = errors
    .slice(0, ERRORS_IN_SENTENCE)
    .map((error) => (error.path === '' ? `the input ${error.message}` : `${error.path} ${error.message}`))
  const more = errors.length - named.length
  const sentence = `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`
  return refused('invalid_request', sentence.charAt(0).toUpperCase() + sentence.slice(1), { errors })
}

function errorsOf(issue: z.core.$ZodIssue, input: unknown): readonly InputError[] {
  const path = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path.map(String), key].join('.').slice(0, NAME_LENGTH_MAX),
      message: 'is not known here; check its spelling or leave it out',
    }))
  }
  return [{ path, message: messageOf(issue, valueAt(input, issue.path) === undefined) }]
}

function messageOf(issue: z.core.$ZodIssue, isMissing: boolean): string {
  if (isMissing) return 'is missing'
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : withArticle(issue.expected)}`
    case 'too_small':
      return issue.origin === 'string'
        ? `must have at least ${issue.minimum} character${issue.minimum === 1 ? '' : 's'}`
        : `must be ${issue.minimum} or more`
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be ${issue.maximum} or less`
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
    case 'invalid_format':
      if (issue.format === 'datetime') return 'must be a time with a zone, like 2026-11-24T10:20:00Z'
      if (issue.format === 'email') return 'must be an e-mail address'
      return issue.message
    default:
      return issue.message
  }
}

function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}
