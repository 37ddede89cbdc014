import { resolve } from 'node:path'
import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { ReconciliationReport } from '../../../shared/contract/reconciliation.ts'
import { asText, needsPerson } from '../../../shared/reconciliation-report.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { WeirError } from '../../core/kernel/weir-error.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import type { Output } from '../output.ts'
import { count, counted } from '../table.ts'
import { ProblemError, valueFrom, type WeirConnection } from '../weir-connection.ts'

type Run = OperationOutput<'reconciliation.get'>

interface ReconcileOptions {
  readonly fix?: boolean
  readonly user?: string
  readonly threshold?: string
  readonly period?: string
  readonly full?: boolean
  readonly sessionsDir?: string
}

/** Often enough that a short run is not waited for, seldom enough to cost the running Weir nothing. */
const LOOK_EVERY_MS = 100

/** `weir reconcile`: compares the session files with the ledger, follows the run, and prints its report. */
export function reconcileCommand(context: CliContext): Command {
  const command = new Command('reconcile')
    .description(
      'Compare the session files with the ledger, turn by turn; exit code 1 when a person should look',
    )
    .option(
      '--fix',
      'add and correct rows of users whose drift is at most the threshold, after a safety copy',
    )
    .option('--user <id>', 'only this user')
    .option('--threshold <percent>', 'how much drift is repaired without asking (default: 5)')
    .option('--period <month>', 'only this month, like 2026-11 (default: all)')
    .option('--full', 'read every file, also those that have not changed')
    .option('--sessions-dir <folder>', 'where the session files are; remembered for the next time')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<ReconcileOptions>(self)
      await withConnection(context, self, async (connection, output) => {
        const report = await reconcile(context, connection, output, options)
        if (report === undefined) {
          output.say('The reconciliation was cancelled; what it repaired stays.')
          return EXIT.interrupted
        }
        if (output.isJson) output.json(report)
        else output.text(asText(report).trimEnd())
        return needsPerson(report) ? EXIT.look : EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir reconcile', what: 'look, and change nothing' },
    { line: 'weir reconcile --fix --json', what: 'for cron: repair what is small, and say what is left' },
    { line: 'weir reconcile --user alice --period 2026-11 --full', what: 'one user and month, every file' },
  ])
}

/** @returns the report, or undefined when somebody pressed Ctrl-C */
async function reconcile(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  options: ReconcileOptions,
): Promise<ReconciliationReport | undefined> {
  const { fix, full, user, threshold, period, sessionsDir } = options
  let run: Run = valueFrom(
    await connection.call('reconciliation.start', {
      ...(fix === true && { fix }),
      ...(full === true && { full }),
      ...(user !== undefined && { user_id: user }),
      ...(threshold !== undefined && { threshold_percent: percentOf(threshold) }),
      ...(period !== undefined && { period }),
      // The running Weir has another working directory: it needs the whole path.
      ...(sessionsDir !== undefined && { sessions_dir: resolve(context.workingDir, sessionsDir) }),
    }),
  )
  const { run_id } = run
  let cancelling: Promise<unknown> | undefined
  const stopListening = context.onInterrupt(() => {
    output.say('Stopping after the user that is being compared …')
    cancelling = connection.call('reconciliation.cancel', { run_id })
  })
  try {
    while (run.status === 'running') {
      output.progress(progressLine(run))
      await context.pause(LOOK_EVERY_MS)
      run = valueFrom(await connection.call('reconciliation.get', { run_id }))
    }
    output.progressDone()
    await cancelling
    return reportOf(run)
  } finally {
    stopListening()
  }
}

function percentOf(text: string): number {
  const percent = Number(text)
  if (text.trim() !== '' && percent >= 0 && percent <= 100) return percent
  throw new WeirError('invalid_request', `--threshold takes a percentage from 0 to 100, not ${text}.`)
}

const PHASES = {
  listing: 'Looking for session files',
  comparing: 'Comparing',
  fixing: 'Repairing',
  finished: 'Finished',
} as const satisfies Record<Run['phase'], string>

function progressLine(run: Run): string {
  if (run.users_total === 0) return PHASES[run.phase]
  return `${PHASES[run.phase]}: ${count(run.users_done)} of ${counted(run.users_total, 'user')}, ${count(run.files_per_second)} files/s`
}

function reportOf(run: Run): ReconciliationReport | undefined {
  if (run.status === 'cancelled') return undefined
  if (run.status === 'done' && run.report !== null) return run.report
  throw new ProblemError({
    type: 'about:blank',
    title: 'Reconciliation failed',
    status: 500,
    // The code is one of the ledger's; the schema of a run only says that it is text.
    code: (run.error?.code ?? 'internal') as ProblemError['code'],
    detail: run.error?.detail ?? 'The reconciliation ended without a report; the log says why.',
    request_id: run.run_id,
  })
}
