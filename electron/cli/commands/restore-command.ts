import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { OperationAnswer } from '../../../shared/contract/problem.ts'
import { EXIT, type ExitCode } from '../../core/kernel/exit-codes.ts'
import { WeirError } from '../../core/kernel/weir-error.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import type { Output } from '../output.ts'
import { count, table } from '../table.ts'
import { ProblemError, valueFrom, type WeirConnection } from '../weir-connection.ts'
import { withBackupUnlocked, withPassphrase } from './passphrase.ts'

type Plan = OperationOutput<'restore.plan'>
type Run = OperationOutput<'restore.get'>

/** Steps take from milliseconds to seconds; this often none is missed by eye. */
const LOOK_EVERY_MS = 150

/** `weir restore ID` */
export function restoreCommand(context: CliContext): Command {
  const command = new Command('restore')
    .description(
      'Go back to a backup: its limits, profiles and settings; what was consumed since stays counted, ' +
        'what was revoked stays revoked. Says first what changes, and asks. Where the database cannot be opened ' +
        'there is only the backup and the session files, and every access token is revoked',
    )
    .argument('[id]', 'the backup, as "weir backup list" names it')
    .option('--newest', 'the newest backup that is whole: the way out of a damaged database')
    .option('--yes', 'do not ask')
    .action(async (id: string | undefined, _options: object, self: Command) => {
      const { yes, newest } = optionsOf<{ readonly yes?: boolean; readonly newest?: boolean }>(self)
      if ((id === undefined) !== (newest === true))
        throw new WeirError('invalid_request', 'Name a backup, or give --newest, and not both.')
      const isConfirmed = yes === true
      const work = (connection: WeirConnection, output: Output) =>
        id === undefined
          ? recover(context, self, connection, output, isConfirmed)
          : restore(context, self, connection, output, { id, isConfirmed })
      await withConnection({ ...context, connect: (dir) => connectOrRescue(context, dir) }, self, work)
    })
  return withExamples(withPassphrase(command), [
    {
      line: 'weir restore 20261124T013000Z-9f3a',
      what: 'shows the comparison and asks before anything happens',
    },
    { line: 'weir restore 20261124T013000Z-9f3a --yes --json', what: 'for scripts: the run, step by step' },
    { line: 'weir restore --newest', what: 'recovers a damaged database' },
  ])
}

/** A database that cannot be opened is what a backup is for: then only restoring is possible. */
async function connectOrRescue(context: CliContext, dataDir: string): Promise<WeirConnection> {
  try {
    return await context.connect(dataDir)
  } catch (error) {
    const isUnusable =
      error instanceof WeirError && ['storage_unavailable', 'database_foreign'].includes(error.code)
    if (!isUnusable) throw error
    context.streams.stderr.write(`The database cannot be opened: ${error.message}\n`)
    return await context.connectForRescue(dataDir)
  }
}

async function restore(
  context: CliContext,
  self: Command,
  connection: WeirConnection,
  output: Output,
  what: { readonly id: string; readonly isConfirmed: boolean },
): Promise<ExitCode> {
  output.progress('Comparing the backup with what is there now …')
  const plan = valueFrom(
    await withBackupUnlocked(context, self, connection, () =>
      connection.call('restore.plan', { backup_id: what.id }),
    ),
  )
  output.progressDone()
  if (!output.isJson) output.text(planInWords(plan))
  if (!what.isConfirmed) {
    const refused = await confirm(context, output, 'Restore this backup? [y/N] ')
    if (refused === EXIT.usage && output.isJson) output.json(plan)
    if (refused !== null) return refused
  }
  return tellEnd(
    await follow(context, connection, output, () =>
      connection.call('restore.start', { backup_id: what.id, confirm: true }),
    ),
    output,
  )
}

/** Without a comparison: of a database that is damaged there is often nothing to compare with. */
async function recover(
  context: CliContext,
  self: Command,
  connection: WeirConnection,
  output: Output,
  isConfirmed: boolean,
): Promise<ExitCode> {
  if (!isConfirmed) {
    const question = 'Restore the newest backup that is whole? What is there now is kept. [y/N] '
    const refused = await confirm(context, output, question)
    if (refused !== null) return refused
  }
  output.progress('Looking for the newest backup that is whole …')
  return tellEnd(
    await follow(context, connection, output, () =>
      withBackupUnlocked(context, self, connection, () =>
        connection.call('restore.recover', { confirm: true }),
      ),
    ),
    output,
  )
}

/** Null after a yes; else how the command ends, which has been said. */
async function confirm(context: CliContext, output: Output, question: string): Promise<ExitCode | null> {
  const answer = await context.ask(question)
  if (answer === null) {
    output.say('Nothing was changed. Add --yes to restore.')
    return EXIT.usage
  }
  if (/^y(es)?$/i.test(answer.trim())) return null
  output.say('Nothing was changed.')
  return EXIT.fine
}

async function follow(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  begin: () => Promise<OperationAnswer<Run>>,
): Promise<Run> {
  let run: Run = valueFrom(await begin())
  const { run_id } = run
  let cancelling: Promise<unknown> | undefined
  const stopListening = context.onInterrupt(() => {
    output.say('Stopping the restore, if nothing was exchanged yet …')
    cancelling = connection.call('restore.cancel', { run_id })
  })
  try {
    while (run.status === 'running') {
      output.progress(run.steps.find(({ state }) => state === 'running')?.step ?? '…')
      await context.pause(LOOK_EVERY_MS)
      const answer = await connection.call('restore.get', { run_id })
      // While the databases change places there may be nobody to ask who asks.
      if (answer.ok || answer.problem.code !== 'restoring') run = valueFrom(answer)
    }
    await cancelling
    return run
  } finally {
    output.progressDone()
    stopListening()
  }
}

function tellEnd(run: Run, output: Output): ExitCode {
  if (output.isJson) output.json(run)
  else {
    output.text(
      table(
        [{ title: 'STEP' }, { title: 'STATE' }, { title: '' }],
        run.steps.map(({ step, state, detail }) => [step, state, detail ?? '']),
      ),
    )
  }
  switch (run.status) {
    case 'done':
      if (run.kept_in !== null) output.say(`The database of before is kept in ${run.kept_in}.`)
      return EXIT.fine
    case 'cancelled':
      output.say('The restore was cancelled; nothing was changed.')
      return EXIT.interrupted
    default:
      throw failureOf(run)
  }
}

function planInWords(plan: Plan): string {
  const text = (value: number | null): string => (value === null ? '?' : count(value))
  const counts = table(
    [
      { title: '' },
      { title: 'NOW', isNumeric: true },
      { title: 'IN BACKUP', isNumeric: true },
      { title: 'STAYS', isNumeric: true },
      { title: 'COMES BACK', isNumeric: true },
      { title: 'AFTER', isNumeric: true },
    ],
    plan.counts.map((one) => [
      one.subject.replaceAll('_', ' '),
      text(one.now),
      text(one.in_backup),
      text(one.kept),
      text(one.comes_back),
      text(one.after),
    ]),
  )
  const changes = plan.changes.map(
    ({ kind, subject, field, now, after }) =>
      `  ${kind} ${subject}: ${field.replaceAll('_', ' ')} ${now ?? 'none'} -> ${after ?? 'none'}`,
  )
  const more = plan.changes_total - plan.changes.length
  return [
    `Backup ${plan.backup.id} of ${plan.backup.created_at}:`,
    counts,
    ...(plan.files === null ? [] : [`The session files add ${count(plan.files.missing)} turns.`]),
    ...(changes.length === 0 ? [] : ['Changes:', ...changes]),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
    ...plan.notices.map((notice) => `Note: ${notice}`),
  ].join('\n')
}

function failureOf(run: Run): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'Restore failed',
    status: 500,
    // The code is one of the ledger's; the schema of a run only says that it is text.
    code: (run.error?.code ?? 'internal') as ProblemError['code'],
    detail: run.error?.detail ?? 'The restore ended without a result; the log says why.',
    request_id: run.run_id,
  })
}
