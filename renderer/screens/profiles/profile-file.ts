import { OPERATIONS } from '../../../shared/contract/index.ts'
import { profileImportText as text } from '../../text/profile-import.ts'
import { inputOf, LIMITS, type Profile, type ProfileInput, valuesOf } from './profile-values.ts'

/** A file of profiles, as the export makes it, compared with the profiles there are. Pure. */

/** A member of a profile that would change. */
export interface FieldChange {
  readonly field: keyof ProfileInput
  readonly before: ProfileInput[keyof ProfileInput]
  readonly after: ProfileInput[keyof ProfileInput]
}

/** One profile of a file. */
export type FileRow =
  | { readonly kind: 'new'; readonly name: string; readonly input: ProfileInput }
  | {
      readonly kind: 'changed'
      readonly name: string
      readonly input: ProfileInput
      readonly existing: Profile
      readonly changes: readonly FieldChange[]
    }
  | { readonly kind: 'same'; readonly name: string }
  | { readonly kind: 'unusable'; readonly name: string; readonly reason: string }

const FIELDS = ['name', 'description', ...LIMITS, 'is_default', 'is_active'] as const

/** The rows of a file, or null when it is none. What it leaves out of a profile that exists stays as it is. */
export function readProfileFile(file: string, profiles: readonly Profile[]): readonly FileRow[] | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(file)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
  const entries = isObject(parsed) ? parsed['profiles'] : parsed
  if (!Array.isArray(entries)) return null
  const seen = new Set<string>()
  return entries.map((entry, at) => {
    const row = rowOf(entry, at, profiles)
    const key = row.name.toLowerCase()
    if (seen.has(key) && row.kind !== 'unusable')
      return { kind: 'unusable', name: row.name, reason: text.twice }
    seen.add(key)
    return row
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function rowOf(entry: unknown, at: number, profiles: readonly Profile[]): FileRow {
  if (!isObject(entry)) return { kind: 'unusable', name: text.nameless(at + 1), reason: text.noObject }
  // What Weir knows about a profile, such as how many users it has, is no decision and is left out.
  const given = Object.fromEntries(
    FIELDS.filter((field) => field in entry).map((field) => [field, entry[field]]),
  )
  const parsed = OPERATIONS['profiles.create'].input.safeParse(given)
  const name = typeof entry['name'] === 'string' ? entry['name'].trim() : ''
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const reason = text.badField(String(issue?.path[0] ?? ''), issue?.message ?? '')
    return { kind: 'unusable', name: name === '' ? text.nameless(at + 1) : name, reason }
  }
  const existing = profiles.find((profile) => profile.name.toLowerCase() === name.toLowerCase())
  if (existing === undefined) return newRow(name, parsed.data)
  const now = inputOf(valuesOf(existing))
  const input: ProfileInput = { ...now, ...parsed.data }
  const changes = FIELDS.filter((field) => input[field] !== now[field]).map((field) => ({
    field,
    before: now[field],
    after: input[field],
  }))
  return changes.length === 0 ? { kind: 'same', name } : { kind: 'changed', name, input, existing, changes }
}

/** A limit that is not named would be no limit at all: too much to come about by leaving something out. */
function newRow(name: string, given: Partial<ProfileInput>): FileRow {
  const missing = LIMITS.find((limit) => given[limit] === undefined)
  if (missing !== undefined) return { kind: 'unusable', name, reason: text.missing(missing) }
  return { kind: 'new', name, input: { ...inputOf(valuesOf(null)), ...given, name } }
}

/** The rows to be carried out, in their order: the new default first, because there must always be one. */
export function inOrder<Row extends Extract<FileRow, { kind: 'new' | 'changed' }>>(
  rows: readonly Row[],
): readonly Row[] {
  return [...rows].sort((one, other) => Number(other.input.is_default) - Number(one.input.is_default))
}
