import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { userId } from '../../../shared/contract/fields.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { ListedUser } from './user-list-reader.ts'

/** Users as CSV: what a file says of them, and a file that says it. Pure. */

/** One row of a file; what it leaves out is undefined. `profile` is a name, `null` the default one. */
export interface CsvUser {
  readonly id: string
  readonly username: string | undefined
  readonly email: string | undefined
  readonly displayName: string | undefined
  readonly profile: string | undefined
  readonly isActive: boolean | undefined
  readonly isAdmin: boolean | undefined
}

/** A row that says something, or why it does not. */
export type CsvRow =
  | { readonly kind: 'user'; readonly line: number; readonly user: CsvUser }
  | { readonly kind: 'bad'; readonly line: number; readonly id: string | null; readonly reason: string }

export interface CsvUsers {
  readonly rows: readonly CsvRow[]
  /** Names of columns that mean nothing here. */
  readonly ignoredColumns: readonly string[]
}

const COLUMNS = ['id', 'username', 'email', 'display_name', 'profile', 'active', 'admin'] as const
type ColumnName = (typeof COLUMNS)[number]

/** What people and other programs call the columns. */
const OTHER_NAMES: Readonly<Record<string, ColumnName>> = {
  user_id: 'id',
  name: 'username',
  'e-mail': 'email',
  mail: 'email',
  profile_name: 'profile',
  is_active: 'active',
  is_admin: 'admin',
}

const YES = ['yes', 'true', '1']
const NO = ['no', 'false', '0']
/** What an export writes for users without a profile of their own. */
export const DEFAULT_PROFILE_WORD = 'default'

const email = z.email().max(320)

/**
 * Reads the rows. Commas, semicolons and tabs separate, whichever the line of names has most of.
 * `firstLine` is the line of the file that the row after the names stands in.
 * Errors: `invalid_request` when it is no CSV or has no column `id`.
 */
export function readUsersCsv(csv: string, firstLine = 2): CsvUsers {
  const [head, ...records] = recordsOf(csv)
  if (head === undefined) throw invalid('The file is empty. Its first line must name the columns.')
  const names = head.record.map((name) => {
    const plain = name.trim().toLowerCase().replaceAll(' ', '_')
    return OTHER_NAMES[plain] ?? plain
  })
  if (!names.includes('id')) {
    throw invalid(
      `There is no column "id". The first line must name the columns, such as: ${COLUMNS.join(',')}`,
    )
  }
  const twice = names.find((name, at) => isColumn(name) && names.indexOf(name) !== at)
  if (twice !== undefined) throw invalid(`The column "${twice}" is there twice.`)
  const seen = new Map<string, number>()
  const rows = records.map(({ record, info }) => {
    const line = info.lines - (head.info.lines + 1) + firstLine
    const row = rowOf(names, record, line)
    if (row.kind === 'bad') return row
    const before = seen.get(row.user.id)
    if (before === undefined) seen.set(row.user.id, line)
    return before === undefined ? row : bad(line, row.user.id, `The id stands in line ${before} already.`)
  })
  return { rows, ignoredColumns: names.filter((name) => !isColumn(name) && name !== '') }
}

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function recordsOf(csv: string): readonly CsvRecord[] {
  const end = csv.search(/[\r\n]/)
  const first = end === -1 ? csv : csv.slice(0, end)
  const count = (separator: string): number => first.split(separator).length
  const delimiter = [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best))
  try {
    return parse(csv, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly CsvRecord[]
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    throw invalid(`This is no CSV file: ${error.message}.`)
  }
}

function isColumn(name: string): name is ColumnName {
  return (COLUMNS as readonly string[]).includes(name)
}

function rowOf(names: readonly string[], record: readonly string[], line: number): CsvRow {
  const cell = (column: ColumnName): string | undefined => {
    const at = names.indexOf(column)
    const text = at === -1 ? '' : withoutGuard(record[at] ?? '').trim()
    return text === '' ? undefined : text
  }
  const id = cell('id')
  if (id === undefined) return bad(line, null, 'The id is missing.')
  if (record.length > names.length) return bad(line, id, 'There are more cells than names of columns.')
  const checkedId = userId.safeParse(id)
  if (!checkedId.success)
    return bad(line, id, `The id ${checkedId.error.issues[0]?.message ?? 'is not valid'}.`)
  const username = cell('username')
  if (username !== undefined && username.length > 200) return bad(line, id, 'The username is too long (200).')
  const displayName = cell('display_name')
  if (displayName !== undefined && displayName.length > 200)
    return bad(line, id, 'The name is too long (200).')
  const address = cell('email')
  if (address !== undefined && !email.safeParse(address).success)
    return bad(line, id, `"${address}" is no e-mail address.`)
  const flags = { active: flagOf(cell('active')), admin: flagOf(cell('admin')) }
  for (const [name, flag] of Object.entries(flags))
    if (flag === 'neither') return bad(line, id, `"${name}" must be yes or no.`)
  return {
    kind: 'user',
    line,
    user: {
      id,
      username,
      email: address,
      displayName,
      profile: cell('profile'),
      isActive: flags.active as boolean | undefined,
      isAdmin: flags.admin as boolean | undefined,
    },
  }
}

function flagOf(text: string | undefined): boolean | undefined | 'neither' {
  if (text === undefined) return undefined
  const plain = text.toLowerCase()
  if (YES.includes(plain)) return true
  return NO.includes(plain) ? false : 'neither'
}

/** An export puts an apostrophe before what a spreadsheet would run as a formula; here it goes again. */
function withoutGuard(cell: string): string {
  return /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? cell.slice(1) : cell
}

function bad(line: number, id: string | null, reason: string): CsvRow {
  return { kind: 'bad', line, id, reason }
}

function invalid(message: string): WeirError {
  return new WeirError('invalid_request', message, { details: { errors: [{ path: 'csv', message }] } })
}

/** A file of users that a spreadsheet opens with the right letters and without running anything, and that can be imported. */
export function writeUsersCsv(users: readonly ListedUser[]): string {
  const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
  const rows = users.map((user) => [
    user.id,
    user.username,
    user.email ?? '',
    user.display_name ?? '',
    user.profile_name ?? DEFAULT_PROFILE_WORD,
    yesNo(user.is_active),
    yesNo(user.is_admin),
    user.created_at,
    user.last_usage_at ?? '',
  ])
  const header = [...COLUMNS, 'created_at', 'last_usage_at']
  return stringify([header, ...rows], { bom: true, escape_formulas: true, record_delimiter: 'windows' })
}
