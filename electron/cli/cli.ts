import { EXIT } from '../core/kernel/exit-codes.ts'
import { EXIT_WRONG_RUNTIME, runtimeProblem, specialBinding } from '../core/kernel/runtime-guard.ts'
import { runCommandLine } from './command-line.ts'
import { systemContext } from './system-context.ts'

// Whoever reads our output may stop early (`weir users list | head`): then there is nobody left to write for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.fine : EXIT.failed)
})

// Before anything can load the database driver, which dies without a word on a runtime that is too old.
const problem = runtimeProblem(process.versions, specialBinding(process.env, process.versions) ?? undefined)
if (problem !== undefined) process.stderr.write(`weir: ${problem}\n`)

// Set and not called: what was written to a pipe must have left before the process ends.
process.exitCode =
  problem === undefined ? await runCommandLine(process.argv.slice(2), systemContext()) : EXIT_WRONG_RUNTIME
