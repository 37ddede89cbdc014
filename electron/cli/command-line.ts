import { CommanderError } from 'commander'
import { EXIT, type ExitCode, exitCodeOf, sentenceOf } from '../core/kernel/exit-codes.ts'
import type { CliContext } from './cli-context.ts'
import { buildProgram } from './program.ts'
import { ProblemError } from './weir-connection.ts'

/**
 * Runs one command line and says how it ended. Errors become a sentence on stderr (with `--json` the problem document)
 * and an exit code; nothing is thrown.
 *
 * @param args what was typed after `weir`
 */
export async function runCommandLine(
  args: readonly string[],
  surroundings: Omit<CliContext, 'finish'>,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine
  const context: CliContext = {
    ...surroundings,
    finish: (result) => {
      code = result
    },
  }
  try {
    await buildProgram(context).parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // Help and version end this way too, with exit code 0; commander has said everything already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
    surroundings.streams.stderr.write(complaint(error, args.includes('--json')))
    return exitCodeOf(error)
  }
}

function complaint(error: unknown, isJson: boolean): string {
  if (isJson && error instanceof ProblemError) return `${JSON.stringify(error.problem)}\n`
  return `weir: ${sentenceOf(error)}\n`
}
