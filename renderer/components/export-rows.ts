import { stringify } from 'csv-stringify/browser/esm/sync'

/** Rows of a table as files a person takes with them. */

/** What a spreadsheet still opens at once, and a page still holds in memory. */
export const EXPORT_ROWS_MAX = 50_000

export type Row = Readonly<Record<string, unknown>>

/** Rows with how many there are in all; fewer are given when there are more than an export takes. */
export interface ExportedRows {
  readonly rows: readonly Row[]
  readonly totalCount: number
}

/**
 * Comma-separated values with a header. A cell that a spreadsheet would run as a formula is marked as text; lists are
 * joined by semicolons.
 */
export function toCsv(rows: readonly Row[]): string {
  const flat = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, Array.isArray(value) ? value.join('; ') : value]),
    ),
  )
  // The mark at the beginning lets spreadsheets read the text as UTF-8.
  return stringify(flat, { header: true, bom: true, escape_formulas: true, cast: { boolean: String } })
}

export function toJson(rows: readonly Row[]): string {
  return `${JSON.stringify(rows, null, 2)}\n`
}

/** Asks page after page until all rows are there, or as many as an export takes. */
export async function collect(pageAt: (offset: number) => Promise<ExportedRows>): Promise<ExportedRows> {
  const rows: Row[] = []
  for (;;) {
    const page = await pageAt(rows.length)
    rows.push(...page.rows)
    if (page.rows.length === 0 || rows.length >= Math.min(page.totalCount, EXPORT_ROWS_MAX))
      return { rows, totalCount: page.totalCount }
  }
}
