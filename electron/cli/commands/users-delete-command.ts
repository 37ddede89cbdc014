import { Command, Option } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { counted } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

interface DeleteOptions {
  readonly turns: 'kept' | 'removed'
  readonly yes?: boolean
}

/** `weir users delete` */
export function usersDeleteCommand(context: CliContext): Command {
  const command = new Command('delete')
    .description('Delete a user, with the turns kept for the books or removed for good')
    .argument('<id>', 'id of the user')
    .addOption(
      new Option('--turns <what>', 'what becomes of the turns: they still count, or they are erased')
        .choices(['kept', 'removed'])
        .makeOptionMandatory(),
    )
    .option('--yes', 'do it; without it only what would be deleted is said')
    .action(async (id: string, _options: object, self: Command) => {
      const { turns, yes } = optionsOf<DeleteOptions>(self)
      await withConnection(context, self, async (connection, output) => {
        const answer = valueFrom(
          await connection.call('users.delete', {
            id,
            turns,
            ...(yes ? { confirm: id } : { dry_run: true }),
          }),
        )
        const { sessions, turns: count } = answer.books
        const books = `${counted(count, 'turn')} in ${counted(sessions, 'session')}`
        if (output.isJson) output.json(answer)
        else if (!yes) output.text(`This would delete ${id}, with ${books} ${turns}.`)
        else output.text(`Deleted ${id}, with ${books} ${turns}.`)
        if (!yes) output.say('Nothing was changed. Add --yes to delete.')
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir users delete alice --turns kept', what: 'says what would be deleted' },
    { line: 'weir users delete alice --turns removed --yes', what: 'erases the user and the turns' },
  ])
}
