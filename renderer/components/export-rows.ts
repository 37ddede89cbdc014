import { stringify } from 'csv-stringify/browser/esm/sync'
import type { ExportFormat } from '../../shared/contract/exports.ts'
import { columnsOf, plainOf, type Row } from '../../shared/table-cells.ts'

/** Rows of a table as files a person takes with them. */

export type { Row }

/** What a spreadsheet still opens at once, and a page still holds in memory. */
export const EXPORT_ROWS_MAX = 50_000

/** Rows with how many there are in all; fewer are given when there are more than an export takes. */
export interface ExportedRows {
  readonly rows: readonly Row[]
  readonly totalCount: number
}

/** Rows the page has already, for the menu. */
export function pageRows(rows: readonly Row[]): () => Promise<ExportedRows> {
  return async () => ({ rows, totalCount: rows.length })
}

export const MIME_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
}

/** The rows in that form, as the parts of a file. */
export async function fileOf(
  rows: readonly Row[],
  format: ExportFormat,
  title: string,
): Promise<readonly BlobPart[]> {
  switch (format) {
    case 'csv':
      return [toCsv(rows)]
    case 'tsv':
      return [toTsv(rows)]
    case 'json':
      return [toJson(rows)]
    case 'xlsx': {
      // Only then: few exports are Excel files.
      const { excelFile } = await import('../../shared/excel-file.ts')
      return excelFile(title, columnsOf(rows), rows).map((piece) => piece.slice())
    }
  }
}

/**
 * Comma-separated values with a header. A cell that a spreadsheet would run as a formula is marked as text; lists are
 * joined by semicolons.
 */
export function toCsv(rows: readonly Row[]): string {
  // The mark at the beginning lets spreadsheets read the text as UTF-8.
  return separated(rows, { bom: true })
}

/** As a spreadsheet takes it from the clipboard. */
export function toTsv(rows: readonly Row[]): string {
  return separated(rows, { delimiter: '\t' })
}

function separated(rows: readonly Row[], form: { readonly bom?: true; readonly delimiter?: string }): string {
  const columns = columnsOf(rows)
  const lines = rows.map((row) => columns.map((name) => plainOf(row[name])))
  return stringify([[...columns], ...lines], { escape_formulas: true, ...form })
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
