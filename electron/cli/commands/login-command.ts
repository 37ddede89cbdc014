import { Command } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, outputOf } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'

/** `weir login`: a fresh one-time address of the running console. */
export function loginCommand(context: CliContext): Command {
  const command = new Command('login')
    .description('Print an address that opens the running console, once')
    .action(async (_options: object, self: Command) => {
      const { dataDir } = optionsOf<object>(self)
      const output = outputOf(context, self)
      const run = await context.findInstance(context.dataDir(dataDir))
      if (run === undefined) {
        output.say(
          'No Weir is running on this data folder. Start it with "weir serve"; it prints such an address itself.',
        )
        context.finish(EXIT.failed)
        return
      }
      const link = await context.loginLink(run)
      if (output.isJson) output.json(link)
      else output.text(link.url)
      output.say(`It works once, within ${link.expires_in_seconds} seconds.`)
      context.finish(EXIT.fine)
    })
  return withExamples(command, [
    { line: 'weir login', what: 'print the address' },
    { line: 'xdg-open "$(weir login)"', what: 'and open it' },
  ])
}
