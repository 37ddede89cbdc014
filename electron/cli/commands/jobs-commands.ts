import { Argument, Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { JOB_NAMES, type JobName } from '../../../shared/contract/jobs.ts'
import { EXIT, type ExitCode } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import type { Output } from '../output.ts'
import { count, table } from '../table.ts'
import { valueFrom, type WeirConnection } from '../weir-connection.ts'

type Run = OperationOutput<'jobs.run.get'>
type Job = OperationOutput<'jobs.list'>['jobs'][number]

/** Often enough that a short run is not waited for, seldom enough to cost the running Weir nothing. */
const LOOK_EVERY_MS = 150

/** `weir jobs …` */
export function jobsCommands(context: CliContext): Command {
  return new Command('jobs')
    .description('What keeps Weir tidy: when each job runs, and running one now')
    .addCommand(listCommand(context))
    .addCommand(runCommand(context))
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('The jobs with when each runs next and how its last run went')
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const answer = valueFrom(await connection.call('jobs.list', {}))
        if (output.isJson) output.json(answer)
        else output.text(jobsTable(answer.jobs))
        if (answer.clock.is_suspect && !output.isJson)
          output.say(`${answer.clock.reason}. Until the clock has been steady for a day, nothing is removed.`)
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir jobs list', what: 'as a table' },
    { line: 'weir jobs list --json', what: 'with the last twenty runs of each' },
  ])
}

function jobsTable(jobs: readonly Job[]): string {
  return table(
    [
      { title: 'JOB' },
      { title: 'SCHEDULE' },
      { title: 'ZONE' },
      { title: 'NEXT RUN' },
      { title: 'LAST RUN' },
      { title: 'RESULT' },
    ],
    jobs.map((job) => [
      job.job,
      job.schedule,
      job.time_zone,
      job.next_run_at ?? 'switched off',
      job.last_run?.started_at ?? 'never',
      job.running === null ? (job.last_run?.status ?? '') : 'running now',
    ]),
  )
}

function runCommand(context: CliContext): Command {
  const command = new Command('run')
    .description('Run a job now and wait for it; the schedule stays as it is')
    .addArgument(new Argument('<job>', 'which one, or all').choices([...JOB_NAMES, 'all']))
    .option('--dry-run', 'change nothing, only say what would change')
    .action(async (name: JobName | 'all', _options: object, self: Command) => {
      const isDryRun = optionsOf<{ readonly dryRun?: boolean }>(self).dryRun === true
      await withConnection(context, self, async (connection, output) => {
        if (name !== 'all') return runOne(context, connection, output, { name, isDryRun })
        return runAll(context, connection, output, isDryRun)
      })
    })
  return withExamples(command, [
    { line: 'weir jobs run hourly', what: 'tidy up now' },
    { line: 'weir jobs run monthly --dry-run', what: 'whose month would be closed?' },
    { line: 'weir jobs run all --json', what: 'every job, one after the other' },
  ])
}

interface Wanted {
  readonly name: JobName
  readonly isDryRun: boolean
}

async function runOne(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  wanted: Wanted,
): Promise<ExitCode> {
  const run = await runToEnd(context, connection, output, wanted)
  if (output.isJson) output.json(onlyResult(run))
  else output.text(sentenceOf(run))
  return exitCodeOf([run])
}

/** All jobs of this Weir, in the order in which they run when all are due. A failure does not stop the others. */
async function runAll(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  isDryRun: boolean,
): Promise<ExitCode> {
  const { jobs } = valueFrom(await connection.call('jobs.list', {}))
  const runs: Run[] = []
  for (const job of jobs) {
    const run = await runToEnd(context, connection, output, { name: job.job, isDryRun })
    runs.push(run)
    if (!output.isJson) output.text(sentenceOf(run))
    if (run.status === 'cancelled') break
  }
  if (output.isJson) output.json({ runs: runs.map(onlyResult) })
  return exitCodeOf(runs)
}

async function runToEnd(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  { name, isDryRun }: Wanted,
): Promise<Run> {
  let run: Run = valueFrom(
    await connection.call('jobs.run', { job: name, ...(isDryRun ? { dry_run: true } : {}) }),
  )
  const { run_id } = run
  const stopListening = context.onInterrupt(() => {
    output.say('Stopping at the next safe place …')
    void connection.call('jobs.cancel', { run_id })
  })
  try {
    while (run.status === 'running') {
      await context.pause(LOOK_EVERY_MS)
      run = valueFrom(await connection.call('jobs.run.get', { run_id }))
      output.progress(`${name}: ${run.phase ?? 'done'}`)
    }
    output.progressDone()
    return run
  } finally {
    stopListening()
  }
}

/** What the contract of the command line names, and why it was not done. */
function onlyResult(run: Run) {
  const { run_id, job, trigger, is_dry_run, started_at, finished_at, status, counts, failures, first_error } =
    run
  return { run_id, job, trigger, is_dry_run, started_at, finished_at, status, counts, failures, first_error }
}

const WORDS = {
  running: 'is running',
  done: 'is done',
  partial: 'is done, but not for everybody',
  failed: 'failed',
  cancelled: 'was cancelled; what it did so far stays',
  interrupted: 'was interrupted',
} as const satisfies Record<Run['status'], string>

function sentenceOf(run: Run): string {
  const counts = Object.entries(run.counts).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${count(value)}`,
  )
  const figures = counts.length === 0 ? '' : `: ${counts.join(', ')}`
  const error = run.first_error === null ? '' : `\n  ${run.first_error}`
  return `${run.job}${run.is_dry_run ? ' (dry run: nothing was changed)' : ''} ${WORDS[run.status]}${figures}${error}`
}

function exitCodeOf(runs: readonly Run[]): ExitCode {
  const has = (...statuses: Run['status'][]) => runs.some((run) => statuses.includes(run.status))
  if (has('failed', 'interrupted')) return EXIT.failed
  if (has('cancelled')) return EXIT.interrupted
  return has('partial') ? EXIT.look : EXIT.fine
}
