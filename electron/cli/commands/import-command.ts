import { resolve } from 'node:path'
import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { EXIT, type ExitCode } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { authDatabase } from '../import-auth-text.ts'
import { listImports, undoImport } from '../import-undo-text.ts'
import type { Output } from '../output.ts'
import { count, counted, dollars, facts, table } from '../table.ts'
import { ProblemError, valueFrom, type WeirConnection } from '../weir-connection.ts'

type ImportRun = OperationOutput<'import.get'>
type ImportReport = NonNullable<ImportRun['report']>

interface ImportOptions {
  readonly sessionsDir?: string
  readonly authDb?: string
  readonly dryRun?: boolean
  readonly validateOnly?: boolean
  readonly list?: boolean
  readonly undo?: string
  readonly yes?: boolean
}

/** Often enough that a short import is not waited for, seldom enough to cost the running Weir nothing. */
const LOOK_EVERY_MS = 150

/** A person reads a handful of bad files; all of them are in the JSON. */
const UNREADABLE_SHOWN_MAX = 20

/** `weir import`: reads session files into the ledger, follows the run, and prints its report. */
export function importCommand(context: CliContext): Command {
  const command = new Command('import')
    .description(
      'Read session files, and an auth database of the platform; doing it again adds only what is new',
    )
    .option('--sessions-dir <folder>', 'where the session files are')
    .option('--auth-db <file>', 'users, profiles, tokens, prices, months and turns of a SQLite auth database')
    .option('--dry-run', 'write nothing, only say what an import would bring')
    .option('--validate-only', 'write nothing, only compare the files with the database')
    .option('--list', 'the imports that have written, and what became of them')
    .option('--undo <id>', 'take out of the books what one import has added; --dry-run says what that is')
    .option('--yes', 'with --undo: do it without asking')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<ImportOptions>(self)
      if (options.list === true) return listImports(context, self)
      if (options.undo !== undefined) return undoImport(context, self, { ...options, undo: options.undo })
      if (options.sessionsDir === undefined && options.authDb === undefined)
        self.error('error: name what to import: --sessions-dir <folder>, --auth-db <file>, or both')
      await withConnection(context, self, async (connection, output) => {
        const report = await runImport(context, connection, output, options)
        if (report === undefined) {
          output.say(
            'The import was cancelled; what was written stays, and running it again goes on from there.',
          )
          return EXIT.interrupted
        }
        show(output, report)
        return verdict(report)
      })
    })
  return withExamples(command, [
    { line: 'weir import --sessions-dir ~/agent/sessions --dry-run', what: 'look before writing' },
    { line: 'weir import --sessions-dir ~/agent/sessions', what: 'import, and check it by reading it back' },
    {
      line: 'weir import --sessions-dir ~/agent/sessions --auth-db ~/agent/auth.db',
      what: 'users, tokens and prices too; the database is only read',
    },
    { line: 'weir import --list', what: 'what has been imported' },
    { line: 'weir import --undo import-0123456789abcdef --dry-run', what: 'what would be taken out again' },
    {
      line: 'weir import --sessions-dir ~/agent/sessions --validate-only --json',
      what: 'compare files and database',
    },
  ])
}

/** @returns the report, or undefined when somebody pressed Ctrl-C */
async function runImport(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  options: ImportOptions,
): Promise<ImportReport | undefined> {
  const started = valueFrom(
    await connection.call('import.start', {
      // The running Weir has another working directory: it needs the whole path.
      ...(options.sessionsDir === undefined
        ? {}
        : { sessions_dir: resolve(context.workingDir, options.sessionsDir) }),
      ...(options.authDb === undefined ? {} : { auth_db: resolve(context.workingDir, options.authDb) }),
      ...(options.dryRun ? { dry_run: true } : {}),
      ...(options.validateOnly ? { validate_only: true } : {}),
    }),
  )
  let cancelling: Promise<unknown> | undefined
  const stopListening = context.onInterrupt(() => {
    output.say('Stopping after the session that is being written …')
    cancelling = connection.call('import.cancel', { run_id: started.run_id })
  })
  try {
    const run = await follow(context, connection, output, started)
    await cancelling
    return reportOf(run)
  } finally {
    stopListening()
  }
}

async function follow(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  started: ImportRun,
): Promise<ImportRun> {
  let run = started
  while (run.status === 'running') {
    output.progress(progressLine(run))
    await context.pause(LOOK_EVERY_MS)
    run = valueFrom(await connection.call('import.get', { run_id: started.run_id }))
  }
  output.progressDone()
  return run
}

const PHASES = {
  listing: 'Looking for session files',
  taking: 'Taking over users and prices',
  reading: 'Reading',
  writing: 'Writing',
  archiving: 'Closing past months',
  validating: 'Reading the database back',
  finished: 'Finished',
} as const satisfies Record<ImportRun['phase'], string>

function progressLine(run: ImportRun): string {
  const files =
    run.files_total === 0 ? '' : `: ${count(run.files_done)} of ${counted(run.files_total, 'file')}`
  const rows =
    run.auth_rows_total === 0
      ? ''
      : `, ${count(run.auth_rows_done)} of ${counted(run.auth_rows_total, 'row')} of the auth database`
  const turns = run.turns_written === 0 ? '' : `, ${counted(run.turns_written, 'turn')} written`
  return `${PHASES[run.phase]}${files}${rows}${turns}`
}

function reportOf(run: ImportRun): ImportReport | undefined {
  if (run.status === 'cancelled') return undefined
  if (run.status === 'done' && run.report !== null) return run.report
  const detail = run.error?.detail ?? 'The import ended without a report; the log says why.'
  throw new ProblemError({
    type: 'about:blank',
    title: 'Import failed',
    status: 500,
    // The code is one of the ledger's; the schema of a run only says that it is text.
    code: (run.error?.code ?? 'internal') as ProblemError['code'],
    detail,
    request_id: run.run_id,
  })
}

function verdict(report: ImportReport): ExitCode {
  const { auth_database: auth, accuracy_percent, unreadable } = report
  const isExact = [accuracy_percent, auth?.accuracy_percent ?? null].every(
    (one) => one === null || one >= 100,
  )
  const isWhole = unreadable.length === 0 && (auth === null || auth.rejects.length === 0)
  return isWhole && isExact ? EXIT.fine : EXIT.look
}

function show(output: Output, report: ImportReport): void {
  if (output.isJson) {
    output.json(report)
    return
  }
  output.text(`${headline(report)}\n\n${figures(report)}`)
  if (report.periods.length > 0) output.text(`\n${months(report)}`)
  if (report.auth_database !== null) output.text(`\n${authDatabase(report.auth_database)}`)
  if (report.unreadable.length > 0) output.text(`\n${unreadable(report)}`)
  if (report.mismatches.length > 0) {
    output.text(`\nThe database gives back other figures than the files:\n${mismatches(report)}`)
  }
}

function headline(report: ImportReport): string {
  const what = `${counted(report.turns, 'turn')} in ${counted(report.sessions, 'session')} of ${counted(report.users, 'user')}`
  if (report.validate_only) return `Compared with the database: ${what}. Nothing was written.`
  if (report.dry_run) return `Read ${what}. Nothing was written: this was a dry run.`
  return `Imported: ${what}.`
}

function figures(report: ImportReport): string {
  return facts([
    [report.dry_run ? 'would be new' : 'new', entries(report.imported)],
    ['there before', entries(report.already_there)],
    ['recorded otherwise', entries(report.conflicting)],
    ['outside turns', `${count(report.outside_turns_tokens)} tokens`],
    ['unreadable', counted(report.unreadable.length, 'file')],
    ['accuracy', report.accuracy_percent === null ? 'not measured' : `${report.accuracy_percent} %`],
  ])
}

/** Rows of the ledger: one per turn, and one per session and month for what was spent outside its turns. */
function entries(value: number): string {
  return counted(value, 'entry', 'entries')
}

function months(report: ImportReport): string {
  const number = (title: string) => ({ title, isNumeric: true })
  return table(
    [
      { title: 'MONTH' },
      number('USERS'),
      number('TURNS'),
      number('INPUT TOKENS'),
      number('OUTPUT TOKENS'),
      number('COST'),
    ],
    report.periods.map((month) => [
      month.period,
      count(month.users),
      count(month.turns),
      count(month.input_tokens),
      count(month.output_tokens),
      dollars(month.cost_usd),
    ]),
  )
}

function unreadable(report: ImportReport): string {
  const shown = report.unreadable.slice(0, UNREADABLE_SHOWN_MAX)
  const more = report.unreadable.length - shown.length
  const rows = table(
    [{ title: 'UNREADABLE FILE' }, { title: 'REASON' }],
    shown.map((file) => [file.path, file.reason]),
  )
  return more > 0 ? `${rows}\n… and ${counted(more, 'more file')}; --json lists all.` : rows
}

function mismatches(report: ImportReport): string {
  return table(
    [
      { title: 'USER' },
      { title: 'MONTH' },
      { title: 'FIELD' },
      { title: 'FILES', isNumeric: true },
      { title: 'DATABASE', isNumeric: true },
    ],
    report.mismatches
      .slice(0, UNREADABLE_SHOWN_MAX)
      .map((row) => [row.user_id, row.period, row.field, count(row.file_value), count(row.database_value)]),
  )
}
