import type { CliContext, ServeFlags } from '../../electron/cli/cli-context.ts'
import { runCommandLine } from '../../electron/cli/command-line.ts'
import type { WeirConnection } from '../../electron/cli/weir-connection.ts'
import { EXIT } from '../../electron/core/kernel/exit-codes.ts'
import type { RunFile } from '../../electron/core/kernel/run-file.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { type OperationAnswer, problemOf } from '../../shared/contract/problem.ts'
import type { ErrorCode } from '../../shared/error-codes.ts'

/** What a fake Weir answers, by operation; an answer that is a function sees the input. */
export type FakeAnswers = {
  readonly [Name in OperationName]?:
    | OperationAnswer<OperationOutput<Name>>
    | ((input: OperationInput<Name>) => OperationAnswer<OperationOutput<Name>>)
}

/** How a command ended, and what it asked on the way. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  readonly served: ServeFlags | null
  readonly isClosed: boolean
  readonly dataDir: string | null
}

export interface FakeOptions {
  readonly instance?: RunFile
  readonly isTerminal?: boolean
  /** The operator presses Ctrl-C while the command waits for the first time. */
  readonly interruptsAtFirstPause?: boolean
  readonly connectFails?: Error
  /** What the operator answers when asked; nobody sits there when left out. */
  readonly typed?: string
  /** What the environment holds. */
  readonly passphrase?: string
}

export const RUN: RunFile = {
  pid: 42,
  port: 5055,
  url: 'http://127.0.0.1:5055',
  token: 'weir_secret',
  started_at: '2026-11-24T00:00:00.000Z',
}

/** An answer that is a value. */
export function ok<Output>(value: Output): OperationAnswer<Output> {
  return { ok: true, value }
}

/** An answer that is a refusal. */
export function refusal(
  code: ErrorCode,
  detail: string,
  details: Record<string, unknown> = {},
): OperationAnswer<never> {
  return { ok: false, problem: problemOf(code, detail, 'request-1', details) }
}

/** Runs a command line against a Weir that gives prepared answers. */
export async function runWith(
  line: string,
  answers: FakeAnswers = {},
  options: FakeOptions = {},
): Promise<Ran> {
  const ran = { stdout: '', stderr: '', calls: [] as { name: string; input: unknown }[], isClosed: false }
  let served: ServeFlags | null = null
  let connectedTo: string | null = null
  let interrupt: (() => void) | undefined
  let pauses = 0
  const connection = (dataDir: string): WeirConnection => {
    connectedTo = dataDir
    return {
      instance: options.instance ?? null,
      async call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
        ran.calls.push({ name, input })
        const answer = answers[name]
        if (answer === undefined) throw new Error(`nobody prepared an answer for ${name}`)
        return (typeof answer === 'function' ? answer(input) : answer) as OperationAnswer<
          OperationOutput<Name>
        >
      },
      close: async () => {
        ran.isClosed = true
      },
    }
  }
  const context: Omit<CliContext, 'finish'> = {
    version: '1.2.3',
    streams: {
      stdout: { write: (text: string) => (ran.stdout += text) },
      stderr: { write: (text: string) => (ran.stderr += text), isTTY: options.isTerminal },
      monotonicMs: () => pauses * 3_000,
    },
    workingDir: '/somewhere',
    dataDir: (flag) => flag ?? '/default',
    isDataDirNamed: (flag) => flag !== undefined,
    findInstance: async () => options.instance,
    makeDemoFolder: () => '/demo-folder',
    connect: async (dataDir) => {
      if (options.connectFails !== undefined) throw options.connectFails
      return connection(dataDir)
    },
    connectForRescue: async (dataDir) => {
      ran.calls.push({ name: '(rescue)', input: dataDir })
      return connection(dataDir)
    },
    ask: async (question) => {
      ran.stderr += question
      return options.typed ?? null
    },
    passphrase: async (file) => (file === undefined ? (options.passphrase ?? null) : `of ${file}`),
    serve: async (flags) => {
      served = flags
      return EXIT.fine
    },
    loginLink: async (run) => ({ url: `${run.url}/#/login?code=abc`, expires_in_seconds: 60 }),
    openApi: async () => ({ openapi: '3.1.0' }),
    pause: async () => {
      pauses += 1
      if (pauses === 1 && options.interruptsAtFirstPause) interrupt?.()
    },
    onInterrupt: (listener) => {
      interrupt = listener
      return () => {
        interrupt = undefined
      }
    },
  }
  const code = await runCommandLine(line.split(' ').filter(Boolean), context)
  return { ...ran, code, served, dataDir: connectedTo }
}
