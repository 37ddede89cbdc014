import { Command } from 'commander'
import { addServeOptions, type ServeOptions } from '../../serve/serve-options.ts'
import { type CliContext, optionsOf } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'

/** `weir serve`: the console in the browser, and the local interface for the agent. */
export function serveCommand(context: CliContext): Command {
  const command = addServeOptions(new Command('serve')).action(async (_options: object, self: Command) => {
    const options = optionsOf<ServeOptions>(self)
    context.finish(
      await context.serve({
        dataDir: options.dataDir,
        port: options.port,
        sessionsDir: options.sessionsDir,
        open: options.open === true,
      }),
    )
  })
  return withExamples(command, [
    { line: 'weir serve --open', what: 'start, and open the console in the browser' },
    { line: 'weir serve --data-dir /srv/weir --port 5056', what: 'another folder, another port' },
  ])
}
