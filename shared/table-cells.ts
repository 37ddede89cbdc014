/** Rows of a table on their way into a file: what each member becomes in a cell. */

export type Row = Readonly<Record<string, unknown>>

/** A value of a cell: `money` is US dollars with six decimals, `time` is epoch milliseconds. */
export type Cell =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number' | 'money'; readonly number: number }
  | { readonly kind: 'time'; readonly atMs: number }

/** A time on the wire: ISO 8601 with `Z`. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Whether a member holds times: their names end so, here and in the API. */
export function isTimeColumn(name: string): boolean {
  return name === 'at' || name.endsWith('_at')
}

/** What a member is in a cell. Lists of plain values are joined by semicolons, other structures are JSON. */
export function cellOf(name: string, value: unknown): Cell {
  if (value === null || value === undefined) return { kind: 'nothing' }
  if (typeof value === 'number' && Number.isFinite(value))
    return { kind: name.endsWith('_usd') ? 'money' : 'number', number: value }
  if (typeof value === 'string' && isTimeColumn(name) && TIME.test(value))
    return { kind: 'time', atMs: Date.parse(value) }
  return { kind: 'text', text: textOf(value) }
}

/** A member as text, for files that know nothing else. */
export function plainOf(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  return typeof value === 'number' ? value : textOf(value)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join('; ')
  return JSON.stringify(value)
}

/** The members of all rows in the order they first appear in. */
export function columnsOf(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))]
}
