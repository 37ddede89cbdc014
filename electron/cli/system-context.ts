import { mkdtempSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { dataFolderPath } from '../core/kernel/data-folder-path.ts'
import { EXIT, type ExitCode } from '../core/kernel/exit-codes.ts'
import { terminalLogger } from '../core/kernel/pino-logger.ts'
import { productFiles } from '../core/kernel/product-files.ts'
import { readRunFile } from '../core/kernel/run-file.ts'
import { findRunningInstance } from '../core/kernel/running-instance.ts'
import { DEFAULT_PORT } from '../core/kernel/start-settings.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import type { CliContext } from './cli-context.ts'
import { instanceConnection } from './instance-connection.ts'
import { connectToWeir } from './weir-connection.ts'

/**
 * The real machine behind the commands. What only some commands need (database, server) is imported when they need it:
 * a command that asks the running Weir should not wait for it.
 */
export function systemContext(): Omit<CliContext, 'finish'> {
  const log = terminalLogger((line) => process.stderr.write(line))
  const folder = (flag: string | undefined) =>
    dataFolderPath({
      flag,
      env: process.env,
      platform: process.platform,
      homeDir: homedir(),
      workingDir: process.cwd(),
    })
  return {
    version: productFiles().version,
    streams: { stdout: process.stdout, stderr: process.stderr, monotonicMs: () => performance.now() },
    workingDir: process.cwd(),
    dataDir: (flag) => folder(flag).path,
    isDataDirNamed: (flag) => folder(flag).isNamed,
    connect: (dataDir) =>
      connectToWeir(dataDir, {
        toInstance: instanceConnection,
        openFolder: async (path) => (await import('./folder-connection.ts')).openFolder(path, log),
        pause,
      }),
    connectForRescue: async (path) => (await import('./folder-connection.ts')).openFolderForRescue(path, log),
    ask,
    passphrase: async (file) => passphrase(file),
    findInstance: findRunningInstance,
    makeDemoFolder: () => mkdtempSync(join(tmpdir(), 'weir-demo-')),
    serve: async (flags) => (await (await import('../serve/run-serve.ts')).runServe(flags)) as ExitCode,
    loginLink: async (run) => (await import('./login-link.ts')).newLoginLink(run),
    openApi: async (dataDir) =>
      (await import('../http/openapi.ts')).openApiDocument(readRunFile(dataDir)?.port ?? DEFAULT_PORT),
    pause,
    onInterrupt,
  }
}

async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}

function passphrase(file: string | undefined): string | null {
  if (file === undefined) return process.env['WEIR_BACKUP_PASSPHRASE'] || null
  try {
    // Of standard input too: descriptor 0 is read to its end.
    const [line] = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/)
    return line || null
  } catch (cause) {
    throw new WeirError('folder_unreadable', `The file of the passphrase, ${file}, cannot be read.`, {
      cause,
    })
  }
}

function onInterrupt(listener: () => void): () => void {
  let isAgain = false
  const handle = (): void => {
    // Whoever presses Ctrl-C twice does not want to wait for a tidy end.
    if (isAgain) process.exit(EXIT.interrupted)
    isAgain = true
    listener()
  }
  process.on('SIGINT', handle)
  return () => {
    process.off('SIGINT', handle)
  }
}
