import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { WeirError } from '../../core/kernel/weir-error.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import type { Output } from '../output.ts'
import { count, facts, table } from '../table.ts'
import { ProblemError, valueFrom, type WeirConnection } from '../weir-connection.ts'
import { passphraseOf, withBackupUnlocked, withPassphrase } from './passphrase.ts'

type Run = OperationOutput<'backups.getRun'>

/** Often enough that a short run is not waited for, seldom enough to cost the running Weir nothing. */
const LOOK_EVERY_MS = 100

/** `weir backup …` */
export function backupCommands(context: CliContext): Command {
  return new Command('backup')
    .description('Make, list and prove backups of the database')
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(verifyCommand(context))
    .addCommand(encryptCommand(context))
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('Make a backup while everything goes on; says so when it was opened and found whole')
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const run = await follow(context, connection, output)
        if (run.status === 'cancelled') {
          output.say('The backup was cancelled; nothing of it stays.')
          return EXIT.interrupted
        }
        const made = run.backup
        if (made === null) throw failureOf(run)
        if (output.isJson) output.json(made)
        else output.text(facts(Object.entries(made).map(([name, value]) => [name, String(value)] as const)))
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir backup create', what: 'now' },
    { line: 'weir backup create --json', what: 'for scripts: the backup, when it is verified' },
  ])
}

async function follow(context: CliContext, connection: WeirConnection, output: Output): Promise<Run> {
  let run: Run = valueFrom(await connection.call('backups.create', {}))
  const { run_id } = run
  let cancelling: Promise<unknown> | undefined
  const stopListening = context.onInterrupt(() => {
    output.say('Stopping the backup …')
    cancelling = connection.call('backups.cancel', { run_id })
  })
  try {
    while (run.status === 'running') {
      const total =
        run.bytes_total === null ? '' : `: ${count(run.bytes_done)} of ${count(run.bytes_total)} bytes`
      output.progress(`${run.phase}${total}`)
      await context.pause(LOOK_EVERY_MS)
      run = valueFrom(await connection.call('backups.getRun', { run_id }))
    }
    output.progressDone()
    await cancelling
    return run
  } finally {
    stopListening()
  }
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('All backups, newest first, with those that cannot be used')
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const { backups } = valueFrom(await connection.call('backups.list', {}))
        if (output.isJson) output.json({ backups })
        else if (backups.length === 0) output.say('There is no backup yet. Make one: weir backup create')
        else {
          output.text(
            table(
              [
                { title: 'ID' },
                { title: 'REASON' },
                { title: 'BYTES', isNumeric: true },
                { title: 'STATUS' },
              ],
              backups.map((one) => [
                one.id,
                one.reason ?? '',
                one.size_bytes === null ? '' : count(one.size_bytes),
                statusOf(one),
              ]),
            ),
          )
        }
        return EXIT.fine
      })
    })
  return withExamples(command, [{ line: 'weir backup list --json', what: 'with hashes and paths' }])
}

function verifyCommand(context: CliContext): Command {
  const command = new Command('verify')
    .description('Open a private copy of a backup and look at all of it; exit code 1 when it is damaged')
    .argument('[id]', 'the backup (default: the newest)')
    .action(async (id: string | undefined, _options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const backup_id = id ?? (await newestOf(connection))
        const answer = await withBackupUnlocked(context, self, connection, () =>
          connection.call('backups.verify', { backup_id }),
        )
        if (!answer.ok && answer.problem.code === 'backup_damaged') {
          if (output.isJson) output.json(answer.problem)
          else output.say(answer.problem.detail)
          return EXIT.look
        }
        const proved = valueFrom(answer)
        if (output.isJson) output.json(proved)
        else output.text(`${proved.id} is whole.`)
        return EXIT.fine
      })
    })
  return withExamples(withPassphrase(command), [
    { line: 'weir backup verify', what: 'the newest' },
    { line: 'weir backup verify 20261124T013000Z-9f3a', what: 'one of the list' },
  ])
}

function encryptCommand(context: CliContext): Command {
  const command = new Command('encrypt')
    .description(
      'Encrypt backups from now on, also those made by themselves. Without the passphrase they cannot be opened on another ' +
        'machine, by nobody. Earlier backups keep what they were made with',
    )
    .option('--off', 'encrypt no longer')
    .action(async (_options: object, self: Command) => {
      const isOff = optionsOf<{ readonly off?: boolean }>(self).off === true
      const passphrase = isOff ? null : await passphraseOf(context, self)
      if (!isOff && passphrase === null)
        throw new WeirError(
          'invalid_request',
          'Give a passphrase with --passphrase-file or in WEIR_BACKUP_PASSPHRASE, or give --off.',
        )
      await withConnection(context, self, async (connection, output) => {
        const encryption = valueFrom(await connection.call('backups.setPassphrase', { passphrase }))
        if (output.isJson) output.json(encryption)
        else if (isOff) output.text('New backups are not encrypted.')
        else output.text('New backups are encrypted. Keep the passphrase where this machine is not.')
        return EXIT.fine
      })
    })
  return withExamples(withPassphrase(command), [
    { line: 'weir backup encrypt --passphrase-file secret.txt', what: 'with the first line of a file' },
    { line: 'weir backup encrypt --off', what: 'new ones are plain again' },
  ])
}

function statusOf({ status, problem, lock }: OperationOutput<'backups.list'>['backups'][number]): string {
  if (problem !== null) return `${status}: ${problem}`
  if (lock === 'none') return status
  return lock === 'open' ? `${status}, encrypted` : `${status}, encrypted with another passphrase`
}

async function newestOf(connection: WeirConnection): Promise<string> {
  const [newest] = valueFrom(await connection.call('backups.list', {})).backups
  if (newest === undefined)
    throw new WeirError('backup_unknown', 'There is no backup yet. Make one: weir backup create')
  return newest.id
}

function failureOf(run: Run): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'Backup failed',
    status: 500,
    // The code is one of the ledger's; the schema of a run only says that it is text.
    code: (run.error?.code ?? 'internal') as ProblemError['code'],
    detail: run.error?.detail ?? 'The backup ended without a result; the log says why.',
    request_id: run.run_id,
  })
}
