import type { OperationOutput } from '../../shared/contract/index.ts'
import { count, counted, table } from './table.ts'

type Report = NonNullable<NonNullable<OperationOutput<'import.get'>['report']>['auth_database']>
type LeftOut = Report['rejects'][number]

/** A person reads a handful of rows; all of them are in the JSON. */
const ROWS_SHOWN_MAX = 20

/** What an auth database of the platform brought, for a person. */
export function authDatabase(report: Report): string {
  const accuracy = report.accuracy_percent === null ? 'not measured' : `${report.accuracy_percent} %`
  const parts = [
    `Auth database ${report.file}, accuracy ${accuracy}:`,
    tables(report),
    leftOut('NOT TAKEN', report.rejects),
    leftOut('OTHERWISE IN WEIR', report.conflicts),
    report.not_taken
      .map(
        ({ table: name, rows, reason }) =>
          `${name}${rows === 0 ? '' : ` (${counted(rows, 'row')})`} stays behind. ${reason}`,
      )
      .join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function tables(report: Report): string {
  const number = (title: string) => ({ title, isNumeric: true })
  return table(
    [
      { title: 'TABLE' },
      number('ROWS'),
      number('NEW'),
      number('THERE BEFORE'),
      number('OTHERWISE'),
      number('NOT TAKEN'),
    ],
    report.tables
      .filter(({ found }) => found > 0)
      .map((one) => [
        one.table,
        count(one.found),
        count(one.imported),
        count(one.already_there),
        count(one.conflicting),
        count(one.rejected),
      ]),
  )
}

function leftOut(title: string, rows: readonly LeftOut[]): string {
  if (rows.length === 0) return ''
  const shown = table(
    [{ title }, { title: 'ROW' }, { title: 'REASON' }],
    rows.slice(0, ROWS_SHOWN_MAX).map((one) => [one.table, one.row, one.reason]),
  )
  const more = rows.length - ROWS_SHOWN_MAX
  return more > 0 ? `${shown}\n… and ${counted(more, 'more row')}; --json lists all.` : shown
}
