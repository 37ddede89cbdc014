import { Command, CommanderError } from 'commander'
import { EXIT } from '../core/kernel/exit-codes.ts'
import { runServe } from './run-serve.ts'
import { addServeOptions, type ServeOptions } from './serve-options.ts'

/** The program `npm start` runs where no window can be opened: `weir serve` without the rest of the command line. */
async function main(): Promise<number> {
  const command = addServeOptions(new Command('weir-serve'))
    .option('--data-dir <folder>', 'the data folder; else WEIR_DATA_DIR, else the one of your account')
    .exitOverride()
  try {
    const { dataDir, port, sessionsDir, open } = command.parse().opts<ServeOptions>()
    return await runServe({ dataDir, port, sessionsDir, open: open === true })
  } catch (error) {
    // commander has said what is wrong (or shown the help) already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
    throw error
  }
}

process.exitCode = await main()
