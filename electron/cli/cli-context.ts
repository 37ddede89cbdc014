import type { Command } from 'commander'
import type { ExitCode } from '../core/kernel/exit-codes.ts'
import type { RunFile } from '../core/kernel/run-file.ts'
import type { OutputStreams } from './output.ts'
import { createOutput, type Output } from './output.ts'
import type { WeirConnection } from './weir-connection.ts'

/** What the command line needs of the machine; tests give it another. */
export interface CliContext {
  readonly version: string
  readonly streams: OutputStreams
  readonly workingDir: string
  /** The data folder for what `--data-dir` says (undefined: nothing). */
  dataDir(flag: string | undefined): string
  /** Whether somebody named a folder, by flag or environment. */
  isDataDirNamed(flag: string | undefined): boolean
  /** Connects to the data folder; it is made when it is missing. */
  connect(dataDir: string): Promise<WeirConnection>
  /** Holds a data folder whose database cannot be opened, for restoring a backup and nothing else. */
  connectForRescue(dataDir: string): Promise<WeirConnection>
  /** Asks the person at the terminal; null where nobody sits there. */
  ask(question: string): Promise<string | null>
  /**
   * The passphrase of backups: the first line of a file (`-` is standard input), or of the environment without one; null
   * where there is none. Errors: `folder_unreadable`.
   */
  passphrase(file: string | undefined): Promise<string | null>
  /** The Weir that is running on the data folder. */
  findInstance(dataDir: string): Promise<RunFile | undefined>
  /** Makes an empty folder for sample data and gives its path. */
  makeDemoFolder(): string
  /** Runs the server until it is told to stop. */
  serve(flags: ServeFlags): Promise<ExitCode>
  /** A one-time login address of the running Weir. Errors: those of `askInstance`. */
  loginLink(run: RunFile): Promise<LoginLink>
  /** The OpenAPI document, with the address of the Weir on this data folder. */
  openApi(dataDir: string): Promise<unknown>
  pause(milliseconds: number): Promise<void>
  /** Calls back on the first Ctrl-C (a second one ends the process) until the returned function is called. */
  onInterrupt(listener: () => void): () => void
  /** What the command ended with; the last one counts. */
  finish(code: ExitCode): void
}

/** What `weir serve` was given. */
export interface ServeFlags {
  readonly dataDir: string | undefined
  readonly port: string | undefined
  readonly sessionsDir: string | undefined
  readonly open: boolean
}

export interface LoginLink {
  readonly url: string
  readonly expires_in_seconds: number
}

/** The options every command takes. */
export interface GlobalOptions {
  readonly dataDir?: string
  readonly json?: boolean
}

/** The options of a command together with those every command takes. */
export function optionsOf<Options>(command: Command): Options & GlobalOptions {
  return command.optsWithGlobals<Options & GlobalOptions>()
}

/** What a command does with a connection; its answer is the exit code. */
export type CommandWork = (connection: WeirConnection, output: Output) => Promise<ExitCode>

/** Connects, works, disconnects, and notes the exit code: what every command that needs data does. */
export async function withConnection(
  context: CliContext,
  command: Command,
  work: CommandWork,
): Promise<void> {
  const options = optionsOf<object>(command)
  const output = outputOf(context, command)
  const connection = await context.connect(context.dataDir(options.dataDir))
  try {
    context.finish(await work(connection, output))
  } finally {
    output.progressDone()
    await connection.close()
  }
}

/** The output of a command, as `--json` has it. */
export function outputOf(context: CliContext, command: Command): Output {
  return createOutput(context.streams, optionsOf<object>(command).json === true)
}
