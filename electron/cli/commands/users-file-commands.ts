import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { csvPieces } from '../../../shared/csv-pieces.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { WeirError } from '../../core/kernel/weir-error.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { counted } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

type Report = OperationOutput<'users.import'>

/** `weir users import` */
export function usersImportCommand(context: CliContext): Command {
  const command = new Command('import')
    .description('Add and change users from a CSV file; bad rows are listed and left out')
    .argument('<file>', 'the file; its first line names the columns: id, username, email, profile, …')
    .option('--dry-run', 'only say what would happen')
    .action(async (file: string, _options: object, self: Command) => {
      const { dryRun = false } = optionsOf<{ dryRun?: boolean }>(self)
      const csv = readFile(resolve(context.workingDir, file))
      await withConnection(context, self, async (connection, output) => {
        const reports: Report[] = []
        for (const piece of csvPieces(csv)) {
          const report = await connection.call('users.import', {
            csv: piece.csv,
            first_line: piece.firstLine,
            dry_run: dryRun,
          })
          reports.push(valueFrom(report))
        }
        const report = together(reports)
        if (output.isJson) output.json(report)
        else output.text(sentence(report, dryRun))
        for (const { line, id, reason, result } of report.rows) {
          if (result === 'bad') output.say(`line ${line}${id === null ? '' : ` (${id})`}: ${reason}`)
        }
        return report.bad === 0 ? EXIT.fine : EXIT.look
      })
    })
  return withExamples(command, [
    { line: 'weir users import users.csv --dry-run', what: 'what would change, and which rows are bad' },
    { line: 'weir users import users.csv', what: 'do it' },
  ])
}

/** `weir users export` */
export function usersExportCommand(context: CliContext): Command {
  const command = new Command('export')
    .description('Print the users as CSV, safe to open in a spreadsheet and to import again')
    .option('--search <text>', 'only users whose name, id or e-mail has this in it')
    .action(async (_options: object, self: Command) => {
      const { search } = optionsOf<{ search?: string }>(self)
      await withConnection(context, self, async (connection, output) => {
        const answer = valueFrom(
          await connection.call('users.export', search === undefined ? {} : { search }),
        )
        if (output.isJson) output.json(answer)
        else output.text(answer.csv.trimEnd())
        return EXIT.fine
      })
    })
  return withExamples(command, [{ line: 'weir users export > users.csv', what: 'everybody, into a file' }])
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new WeirError('folder_unreadable', `The file ${path} cannot be read.`, { cause })
  }
}

function together(reports: readonly Report[]): Report {
  const sum = (figure: (report: Report) => number): number =>
    reports.reduce((total, report) => total + figure(report), 0)
  return {
    new: sum((report) => report.new),
    changed: sum((report) => report.changed),
    same: sum((report) => report.same),
    bad: sum((report) => report.bad),
    ignored_columns: reports[0]?.ignored_columns ?? [],
    rows: reports.flatMap(({ rows }) => rows),
  }
}

function sentence(report: Report, isDryRun: boolean): string {
  const parts = [
    `${counted(report.new, 'new user')}`,
    `${report.changed} changed`,
    `${report.same} as they are`,
    counted(report.bad, 'bad row'),
  ].join(', ')
  return isDryRun ? `An import would bring: ${parts}. Nothing was changed.` : `Imported: ${parts}.`
}
