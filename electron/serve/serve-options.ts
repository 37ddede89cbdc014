import type { Command } from 'commander'

/** What `weir serve` was given, as commander reads it. */
export interface ServeOptions {
  readonly dataDir?: string
  readonly port?: string
  readonly sessionsDir?: string
  readonly open?: boolean
}

/** Gives a command the options of `serve`: the same for `weir serve` and for the program `npm start` runs. */
export function addServeOptions(command: Command): Command {
  return command
    .description('Serve the console to a browser and the local interface to the agent, on this machine only')
    .option(
      '--port <port>',
      'port to listen on; else WEIR_PORT, else settings.json, else 5055 (0: any free one)',
    )
    .option('--sessions-dir <folder>', 'where the agent keeps its session files; offered for import')
    .option('--open', 'open the console in the browser')
}
