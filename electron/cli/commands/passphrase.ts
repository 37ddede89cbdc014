import type { Command } from 'commander'
import type { OperationAnswer } from '../../../shared/contract/problem.ts'
import { WeirError } from '../../core/kernel/weir-error.ts'
import { type CliContext, optionsOf } from '../cli-context.ts'
import { valueFrom, type WeirConnection } from '../weir-connection.ts'

/**
 * The passphrase of backups on the command line: of a file, of standard input or of the environment. It is no argument,
 * because every process of the machine reads those, and shells write them down.
 */

/** Gives a command the option that says where the passphrase is. */
export function withPassphrase(command: Command): Command {
  return command.option(
    '--passphrase-file <file>',
    'the passphrase of encrypted backups is the first line of this file; - is standard input ' +
      '(or set WEIR_BACKUP_PASSPHRASE)',
  )
}

/** The passphrase the command was given; null when it was given none. */
export function passphraseOf(context: CliContext, command: Command): Promise<string | null> {
  return context.passphrase(optionsOf<{ readonly passphraseFile?: string }>(command).passphraseFile)
}

/** Asks, and once more after the passphrase was handed over where the answer is that it is needed. */
export async function withBackupUnlocked<Output>(
  context: CliContext,
  command: Command,
  connection: WeirConnection,
  ask: () => Promise<OperationAnswer<Output>>,
): Promise<OperationAnswer<Output>> {
  const answer = await ask()
  if (answer.ok || answer.problem.code !== 'passphrase_needed') return answer
  const passphrase = await passphraseOf(context, command)
  if (passphrase === null)
    throw new WeirError(
      'passphrase_needed',
      `${answer.problem.detail} Give it with --passphrase-file or in WEIR_BACKUP_PASSPHRASE.`,
    )
  const backup_id = String(answer.problem['backup_id'])
  valueFrom(await connection.call('restore.unlock', { backup_id, passphrase }))
  return ask()
}
