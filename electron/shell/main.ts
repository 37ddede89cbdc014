import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { app, type BrowserWindow, powerMonitor } from 'electron'
import type { DesktopEvent } from '../../shared/desktop-bridge.ts'
import type { Caller, Weir, WeirConfig } from '../core/api.ts'
import { keepFilesPrivate, prepareDataFolder } from '../core/kernel/data-folder-path.ts'
import { EXIT, exitCodeOf } from '../core/kernel/exit-codes.ts'
import { operatorName } from '../core/kernel/operator-name.ts'
import { type LogFile, openLogFile } from '../core/kernel/pino-logger.ts'
import { type ProductFiles, productFiles } from '../core/kernel/product-files.ts'
import { EXIT_WRONG_RUNTIME, runtimeProblem, specialBinding } from '../core/kernel/runtime-guard.ts'
import { type StartSettings, startSettings } from '../core/kernel/start-settings.ts'
import { systemPorts } from '../core/kernel/system-ports.ts'
import { SYSTEM_TIMERS } from '../core/kernel/system-timers.ts'
import { createWeir, openForRescue } from '../core/weir.ts'
import type { LocalInstance } from '../http/local-instance.ts'
import { closeAsSet } from './close-window.ts'
import { LINK_SCHEME, linkAmong, pathOfLink } from './deep-link.ts'
import { isHiddenStart, loginItemOf, whyNotInstalled } from './login-item.ts'
import { openMainWindow, showWindow } from './main-window.ts'
import { setMenu } from './menu.ts'
import { startNotifications } from './notifications.ts'
import { openOrRecover } from './open-or-recover.ts'
import { bindOperationsToIpc, sendToPage } from './operations-ipc.ts'
import { declarePageScheme, servePage } from './page-protocol.ts'
import { exitOnBug, quitSafely } from './process-end.ts'
import { askToRecover, openInstanceOrAsk, sayWhyNot, withFolderOwner } from './start-dialogs.ts'
import { recoveryView, upgradeView } from './start-view.ts'
import { StartWindow } from './start-window.ts'
import { startTray } from './tray.ts'

/** Everything that is open while the window is. */
interface Running {
  readonly weir: Weir
  /** Null when the operator chose to go on without the local interface. */
  readonly instance: LocalInstance | null
  readonly logFile: LogFile
}

const sqliteBinding = specialBinding(process.env, process.versions)

const startWindow = new StartWindow()
let mainWindow: BrowserWindow | undefined
/** Follows a link, or only comes to the front; until everything is open the last link waits. */
let follow: (link: string | null) => void = (link) => {
  isCalled = true
  waitingLink = link ?? waitingLink
}
/** Somebody started Weir once more while it was starting, and wants to see it. */
let isCalled = false
let waitingLink = linkAmong(process.argv)

// Not awaited here: Electron is not ready before this module has been evaluated, and boot waits for it.
boot().catch(failToStart)

async function boot(): Promise<void> {
  app.setName('Weir')
  stopWhenRuntimeIsWrong()
  keepFilesPrivate()
  // Chromium asks for these before it is ready.
  declarePageScheme()
  const settings = readSettings()
  keepProfileApart(settings)
  if (!app.requestSingleInstanceLock()) {
    // The first one hears of it and comes to the front.
    app.exit(EXIT.fine)
    return
  }
  app.on('second-instance', (_event, argv) => follow(linkAmong(argv)))
  // How a Mac passes a link; it may come before Electron is ready.
  app.on('open-url', (_event, link) => follow(link))
  await app.whenReady()
  const files = productFiles()
  const running = await openAll(settings, files)
  // Handlers before the window: a page must never call into an empty process.
  bindOperationsToIpc(running.weir, windowCaller())
  servePage(files.rendererDir)
  setMenu({
    tell,
    dataDir: settings.dataDir,
    logsDir: join(settings.dataDir, 'logs'),
    docsUrl: running.instance === null ? null : `${running.instance.url}/docs`,
  })
  const openAt = (path: string | null): void => {
    if (mainWindow === undefined) openWindow({ ...at, path })
    else {
      showWindow(mainWindow)
      if (path !== null) tell({ kind: 'go', path })
    }
  }
  const tray = startTray({ weir: running.weir, caller: windowCaller(), open: openAt })
  const at = { files, running, hasTray: tray.isShown }
  // From here on every end is an orderly one, also that of a start that shows no window.
  let stopNotifications = (): void => {}
  quitSafely(async () => {
    stopNotifications()
    tray.stop()
    await closeAll(running)
  }, running.logFile.log)
  let isStarting = true
  // On a Mac a program without a window is still running, as everybody there expects; and the end of the window that
  // told of the start ends nothing.
  app.on('window-all-closed', () => !isStarting && process.platform !== 'darwin' && app.quit())
  await openFirst(at, openAt)
  startWindow.close()
  isStarting = false
  app.on('activate', () => openAt(null))
  powerMonitor.on('resume', () => {
    running.weir.jobs.wake()
    running.weir.sessionFiles.look()
    tell({ kind: 'refresh', reason: 'resumed' })
  })
  running.weir.changes.subscribe(({ topics }) => tell({ kind: 'change', topics }))
  running.weir.jobs.start()
  running.weir.sessionFiles.start()
  stopNotifications = startNotifications(running.weir, openAt)
}

/** Opens the window for the first time, unless Weir is to stay out of the way, and follows links from here on. */
async function openFirst(at: WindowPlace, openAt: (path: string | null) => void): Promise<void> {
  const { log } = at.running.logFile
  const pathOf = (link: string | null): string | null => {
    const path = link === null ? null : pathOfLink(link)
    if (link !== null && path === null)
      log.warn('a link was ignored: it leads to no screen of Weir', { link: link.slice(0, 200) })
    return path
  }
  follow = (link) => openAt(pathOf(link))
  const path = pathOf(waitingLink)
  // Only an installer on Windows leaves this to the program itself; see build/package for the others.
  if (process.platform === 'win32' && whyNotInstalled() === null) app.setAsDefaultProtocolClient(LINK_SCHEME)
  const isHidden = waitingLink === null && !isCalled && isHiddenStart(process.argv)
  const staysInTray = isHidden && (process.platform === 'darwin' || (await at.hasTray()))
  if (!staysInTray && mainWindow === undefined) openWindow({ ...at, path, isMinimized: isHidden })
}

function stopWhenRuntimeIsWrong(): void {
  const problem = runtimeProblem(process.versions, sqliteBinding ?? undefined)
  if (problem === undefined) return
  process.stderr.write(`weir: ${problem}\n`)
  process.exit(EXIT_WRONG_RUNTIME)
}

function readSettings(): StartSettings {
  const typed = typedOptions()
  return startSettings({
    flag: typed['data-dir'],
    portFlag: typed.port,
    sessionsDirFlag: typed['sessions-dir'],
    env: process.env,
    platform: process.platform,
    homeDir: homedir(),
    workingDir: process.cwd(),
  })
}

/** Our own options among those of Electron and Chromium, which are left alone. */
function typedOptions() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: process.argv.slice(1),
    options: { 'data-dir': text, port: text, 'sessions-dir': text },
    strict: false,
    allowPositionals: true,
  })
  const textOf = (value: string | boolean | undefined) => (typeof value === 'string' ? value : undefined)
  return {
    'data-dir': textOf(values['data-dir']),
    port: textOf(values.port),
    'sessions-dir': textOf(values['sessions-dir']),
  }
}

/** A named data folder brings its own browser profile: two folders are two programs, each with one window. */
function keepProfileApart(settings: StartSettings): void {
  if (settings.isDataDirNamed) app.setPath('userData', join(settings.dataDir, 'window'))
}

async function openAll(settings: StartSettings, files: ProductFiles): Promise<Running> {
  const opened: { logFile?: LogFile; weir?: Weir; instance?: LocalInstance } = {}
  try {
    prepareDataFolder(settings.dataDir)
    const logFile = openLogFile(settings.dataDir, process.env['WEIR_LOG_LEVEL'])
    opened.logFile = logFile
    exitOnBug(logFile.log, settings.dataDir, async () => opened.instance?.close())
    const weir = await openWeir(settings, files, logFile)
    opened.weir = weir
    const instance = await openInstanceOrAsk({
      weir,
      dataDir: settings.dataDir,
      port: settings.port,
      face: 'window',
      rendererDir: files.rendererDir,
      log: logFile.log,
    })
    if (instance !== null) opened.instance = instance
    return { weir, instance, logFile }
  } catch (error) {
    opened.logFile?.log.error('could not start', { error })
    await opened.weir?.close()
    opened.logFile?.close()
    throw withFolderOwner(error, settings.dataDir)
  }
}

async function openWeir(settings: StartSettings, files: ProductFiles, logFile: LogFile): Promise<Weir> {
  const ports = {
    ...systemPorts(logFile.log, logFile),
    timers: SYSTEM_TIMERS,
    loginItem: loginItemOf(settings),
  }
  const config: WeirConfig = {
    dataDir: settings.dataDir,
    sessionsDir: settings.sessionsDir,
    version: files.version,
    workerFile: files.workerFile,
    face: 'window',
    sqliteBinding,
    startedAt: ports.clock.now(),
    onUpgrade: (progress) => startWindow.show(upgradeView(progress), ports.log),
  }
  const weir = await openOrRecover({
    open: () => createWeir(config, ports),
    rescue: () => openForRescue(config, ports),
    ask: askToRecover,
    actor: windowCaller(),
    follow: (run) => startWindow.show(recoveryView(run), ports.log),
    pause,
  })
  // Only now is the folder ours: another Weir may have been writing that log.
  logFile.own()
  return weir
}

async function failToStart(error: unknown): Promise<void> {
  await app.whenReady()
  sayWhyNot(error)
  app.exit(exitCodeOf(error))
}

async function closeAll({ instance, weir, logFile }: Running): Promise<void> {
  await instance?.close()
  await weir.close()
  logFile.log.info('stopped')
  logFile.close()
}

/** Who sits in front of the window: the operator, who may do everything. */
function windowCaller(): Caller {
  return { name: operatorName(process.env), via: 'window', scope: 'admin', userId: null, tokenId: null }
}

/** What a window is opened over. */
interface WindowPlace {
  readonly files: ProductFiles
  readonly running: Running
  readonly hasTray: () => Promise<boolean>
}

function openWindow({
  files,
  running,
  hasTray,
  path,
  isMinimized = false,
}: WindowPlace & { readonly path: string | null; readonly isMinimized?: boolean }): void {
  mainWindow = openMainWindow({
    preloadFile: files.preloadFile,
    stateDir: app.getPath('userData'),
    log: running.logFile.log,
    path,
    isMinimized,
  })
  closeAsSet(mainWindow, { weir: running.weir, caller: windowCaller(), hasTray })
  mainWindow.on('closed', () => {
    mainWindow = undefined
  })
}

function tell(message: DesktopEvent): void {
  if (mainWindow !== undefined) sendToPage(mainWindow.webContents, message)
}
