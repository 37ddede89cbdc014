import { EXIT } from '../core/kernel/exit-codes.ts'
import { runCommandLine } from './command-line.ts'
import { systemContext } from './system-context.ts'

// Whoever reads our output may stop early (`weir users list | head`): then there is nobody left to write for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.fine : EXIT.failed)
})

// Set and not called: what was written to a pipe must have left before the process ends.
process.exitCode = await runCommandLine(process.argv.slice(2), systemContext())
