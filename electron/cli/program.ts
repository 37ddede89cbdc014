import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'
import { withExamples } from './command-help.ts'
import { backupCommands } from './commands/backup-commands.ts'
import { checkCommand } from './commands/check-command.ts'
import { demoCommand } from './commands/demo-command.ts'
import { doctorCommand } from './commands/doctor-command.ts'
import { enforcementCommands } from './commands/enforcement-commands.ts'
import { importCommand } from './commands/import-command.ts'
import { jobsCommands } from './commands/jobs-commands.ts'
import { loginCommand } from './commands/login-command.ts'
import { openapiCommand } from './commands/openapi-command.ts'
import { profilesCommands } from './commands/profiles-commands.ts'
import { reconcileCommand } from './commands/reconcile-command.ts'
import { restoreCommand } from './commands/restore-command.ts'
import { serveCommand } from './commands/serve-command.ts'
import { tokensCommands } from './commands/tokens-commands.ts'
import { usersCommands } from './commands/users-commands.ts'
import { verifyCommand } from './commands/verify-command.ts'

/** All commands. Parsing one throws `CommanderError` instead of ending the process. */
export function buildProgram(context: CliContext): Command {
  const program = new Command('weir')
    .description('Meters what the users of an AI-agent platform consume, and holds them to their limits.')
    .version(context.version, '--version', 'print the version')
    .option('--data-dir <folder>', 'the data folder; else WEIR_DATA_DIR, else the one of your account')
    .option('--json', 'print the answer as JSON, as the HTTP interface gives it')
    .addCommand(serveCommand(context))
    .addCommand(importCommand(context))
    .addCommand(reconcileCommand(context))
    .addCommand(demoCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(usersCommands(context))
    .addCommand(profilesCommands(context))
    .addCommand(tokensCommands(context))
    .addCommand(enforcementCommands(context))
    .addCommand(jobsCommands(context))
    .addCommand(backupCommands(context))
    .addCommand(restoreCommand(context))
    .addCommand(verifyCommand(context))
    .addCommand(doctorCommand(context))
    .addCommand(loginCommand(context))
    .addCommand(openapiCommand(context))
  withExamples(program, [
    { line: 'weir demo', what: 'sample data to look around' },
    { line: 'weir serve --open', what: 'the console in the browser' },
    { line: 'weir import --sessions-dir ~/agent/sessions', what: 'bring what was consumed so far' },
    { line: 'weir check alice', what: 'may alice run a turn now?' },
  ])
  for (const command of [program, ...descendantsOf(program)]) tune(command, context)
  return program
}

/** A command's subcommands, theirs, and so on. */
export function descendantsOf(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => [child, ...descendantsOf(child)])
}

function tune(command: Command, context: CliContext): void {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for the options and examples)')
    .configureHelp({ showGlobalOptions: true, helpWidth: HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => context.streams.stdout.write(text),
      writeErr: (text) => context.streams.stderr.write(text),
    })
}

/** The same on every terminal, so that the documentation shows what the operator sees. */
const HELP_WIDTH = 100
