import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Machine } from './machine.ts'
import { type Figure, type RowResult, shown, type Verdict } from './row.ts'

/** A whole run, as it is written to the JSON file. */
export interface Report {
  /** ISO 8601. */
  readonly measured_at: string
  readonly machine: Machine
  readonly rows: readonly RowResult[]
}

const WORDS = new Map([
  [true, 'reached'],
  [false, 'NOT reached'],
  [null, 'not measured'],
])

/** One line of a verdict. */
export function verdictText(verdict: Verdict): string {
  return WORDS.get(verdict.isReached) ?? ''
}

/** A row as a table for a terminal. */
export function rowTable(row: RowResult): string {
  const cells = row.figures.map(figureCells)
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(0, ...cells.map((line) => line[column]?.length ?? 0)),
  )
  const lines = cells.map((line) =>
    `  ${line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  )
  const verdicts = row.verdicts.map(
    (verdict) => `  ${verdictText(verdict)}: ${verdict.goal} (${verdict.measured})`,
  )
  return [
    `${row.id}  ${row.title}  (${Math.round(row.seconds)} s${othersText(row)})`,
    ...lines,
    ...verdicts,
    '',
  ].join('\n')
}

/** Nothing where it is not known. */
export function othersText(row: RowResult): string {
  return row.others_share === null
    ? ''
    : `; other programs used ${Math.round(row.others_share * 100)} % of the machine`
}

/** what, product, reference, unit, ratio */
export function figureCells(one: Figure): string[] {
  return [
    one.what,
    shown(one.product),
    one.reference === null ? '' : shown(one.reference),
    one.unit,
    one.ratio === null ? '' : `× ${shown(one.ratio)}`,
  ]
}

/** Writes the report; rows that were not measured this time are kept as the file has them. */
export function writeReport(file: string, report: Report): Report {
  const before = existsSync(file) ? readReport(file).rows : []
  const isNew = (row: RowResult) => !report.rows.some((newer) => newer.id === row.id)
  const rows = [...before.filter(isNew), ...report.rows].sort((a, b) => numberOf(a) - numberOf(b))
  const whole = { ...report, rows }
  writeFileSync(file, `${JSON.stringify(whole, null, 2)}\n`)
  return whole
}

export function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8')) as Report
}

function numberOf(row: RowResult): number {
  return Number(row.id.slice(1))
}
