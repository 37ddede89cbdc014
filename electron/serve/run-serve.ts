import { homedir } from 'node:os'
import type { Weir } from '../core/api.ts'
import { keepFilesPrivate, prepareDataFolder } from '../core/kernel/data-folder-path.ts'
import { EXIT, type ExitCode, exitCodeOf, sentenceOf } from '../core/kernel/exit-codes.ts'
import { type LogFile, openLogFile } from '../core/kernel/pino-logger.ts'
import { productFiles } from '../core/kernel/product-files.ts'
import { readRunFile } from '../core/kernel/run-file.ts'
import { EXIT_WRONG_RUNTIME, runtimeProblem } from '../core/kernel/runtime-guard.ts'
import { startSettings } from '../core/kernel/start-settings.ts'
import { systemPorts } from '../core/kernel/system-ports.ts'
import { SYSTEM_TIMERS } from '../core/kernel/system-timers.ts'
import { WeirError } from '../core/kernel/weir-error.ts'
import { createWeir } from '../core/weir.ts'
import { type LocalInstance, openLocalInstance } from '../http/local-instance.ts'
import { openInBrowser } from './browser.ts'
import { exitOnBug, stopSignal } from './process-end.ts'

/** What `weir serve` was given; undefined is left to the environment, settings.json and the defaults. */
export interface ServeFlags {
  readonly dataDir: string | undefined
  readonly port: string | undefined
  readonly sessionsDir: string | undefined
  /** Open the console in the browser. */
  readonly open: boolean
}

/**
 * Serves the console and the local interface until a signal ends it; the answer is the exit code. What the operator
 * needs is printed on stdout, what went wrong as a sentence on stderr.
 */
export async function runServe(flags: ServeFlags): Promise<ExitCode | typeof EXIT_WRONG_RUNTIME> {
  const problem = runtimeProblem(process.versions)
  if (problem !== undefined) {
    complain(problem)
    return EXIT_WRONG_RUNTIME
  }
  try {
    return await serve(flags)
  } catch (error) {
    complain(sentenceOf(error))
    return exitCodeOf(error)
  }
}

async function serve(flags: ServeFlags): Promise<ExitCode> {
  keepFilesPrivate()
  const settings = startSettings({
    flag: flags.dataDir,
    portFlag: flags.port,
    sessionsDirFlag: flags.sessionsDir,
    env: process.env,
    platform: process.platform,
    homeDir: homedir(),
    workingDir: process.cwd(),
  })
  prepareDataFolder(settings.dataDir)
  const logFile = openLogFile(settings.dataDir, process.env['WEIR_LOG_LEVEL'])
  exitOnBug(logFile.log, settings.dataDir)
  // Before the slow part: whoever stops Weir while it starts wants it to stop, not to be killed half open.
  const stop = stopSignal()
  try {
    const weir = await openWeir(settings.dataDir, settings.sessionsDir, logFile)
    const instance = await openInstanceOrClose(weir, settings, logFile)
    announce(instance, settings.dataDir)
    // Only now: what was missed is caught up while the console can be looked at already.
    weir.jobs.start()
    weir.sessionFiles.start()
    if (flags.open && !(await openInBrowser(instance.newLoginUrl(), process.platform))) {
      complain('No browser could be opened; use the address above.')
    }
    const signal = await stop
    logFile.log.info('stopping', { signal })
    await instance.close()
    await weir.close()
    logFile.log.info('stopped')
    return EXIT.fine
  } catch (error) {
    logFile.log.error('could not serve', { error })
    throw error
  } finally {
    logFile.close()
  }
}

async function openWeir(dataDir: string, sessionsDir: string | null, logFile: LogFile): Promise<Weir> {
  const { version, workerFile } = productFiles()
  const ports = { ...systemPorts(logFile.log, logFile), timers: SYSTEM_TIMERS }
  try {
    const weir = await createWeir(
      {
        dataDir,
        sessionsDir,
        version,
        workerFile,
        face: 'browser',
        sqliteBinding: null,
        startedAt: ports.clock.now(),
      },
      ports,
    )
    // Only now is the folder ours: another Weir may have been writing that log.
    logFile.own()
    return weir
  } catch (error) {
    throw error instanceof WeirError && error.code === 'folder_in_use' ? inUse(dataDir, error) : error
  }
}

/** Tells who has the folder, when that can be told. */
function inUse(dataDir: string, error: WeirError): WeirError {
  const owner = readRunFile(dataDir)
  if (owner === undefined) return error
  return new WeirError(
    'folder_in_use',
    `Weir is running on ${dataDir} already: process ${owner.pid}, ${owner.url}. "weir login" prints an address to open it.`,
    { details: { ...error.details, pid: owner.pid, port: owner.port }, cause: error },
  )
}

async function openInstanceOrClose(
  weir: Weir,
  settings: { readonly dataDir: string; readonly port: number },
  logFile: LogFile,
): Promise<LocalInstance> {
  try {
    return await openLocalInstance({
      weir,
      dataDir: settings.dataDir,
      port: settings.port,
      face: 'browser',
      rendererDir: productFiles().rendererDir,
      log: logFile.log,
    })
  } catch (error) {
    await weir.close()
    throw error
  }
}

function announce(instance: LocalInstance, dataDir: string): void {
  process.stdout.write(`Weir is listening on ${instance.url}\n`)
  process.stdout.write(`Open the console: ${instance.newLoginUrl()}\n`)
  process.stdout.write('(That address works once, within 60 seconds; "weir login" prints another.)\n')
  process.stdout.write(`Data folder: ${dataDir}\n`)
}

function complain(sentence: string): void {
  process.stderr.write(`weir: ${sentence}\n`)
}
