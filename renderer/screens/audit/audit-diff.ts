import { auditText } from '../../text/audit.ts'

/** What differs between two states of an object, field by field, as text. Pure. */

/** One field that changed; null where it was not there. */
export interface FieldChange {
  readonly field: string
  readonly before: string | null
  readonly after: string | null
}

/** Deeper than this nothing is kept, and nobody would read it: the rest is shown as JSON. */
const DEPTH_MAX = 3

/** Every change changes it, and the entry says when it was. */
const CHANGED_AT = 'updated_at'

/** The fields of `before` and `after` that differ; names of nested ones are joined by dots. */
export function diffOf(before: unknown, after: unknown): readonly FieldChange[] {
  const left = flat(before)
  const right = flat(after)
  const names = [...new Set([...left.keys(), ...right.keys()])].filter((name) => name !== CHANGED_AT)
  return names
    .map((field) => ({ field, before: left.get(field) ?? null, after: right.get(field) ?? null }))
    .filter((change) => change.before !== change.after)
}

function flat(value: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const visit = (name: string, part: unknown, depth: number): void => {
    if (isRecord(part) && depth < DEPTH_MAX) {
      for (const [key, member] of Object.entries(part))
        visit(name === '' ? key : `${name}.${key}`, member, depth + 1)
    } else if (part !== undefined && !(name === '' && part === null)) {
      fields.set(name, textOf(name, part))
    }
  }
  visit('', value, 0)
  return fields
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Members that hold an instant by their name: settings keep those as epoch milliseconds. */
const INSTANT = /(^|\.)(until|since|\w+_at)$/

function textOf(name: string, value: unknown): string {
  if (value === null) return auditText.diff.none
  if (typeof value === 'number' && INSTANT.test(name)) return new Date(value).toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
