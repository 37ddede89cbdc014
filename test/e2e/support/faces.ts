import {
  type Browser,
  chromium,
  type ElectronApplication,
  _electron as electron,
  type Page,
} from '@playwright/test'
import { readRunFile } from '../../../electron/core/kernel/run-file.ts'
import { PAGE_URL } from '../../../electron/shell/page-address.ts'
import {
  electronArgs,
  electronPath,
  NO_OTHER_HOSTS,
  type Program,
  type Served,
  START_LIMIT_MS,
  serve,
  stopProgram,
  type TestFolder,
  testFolder,
} from './processes.ts'

/** The two faces with a screen. */
export type Face = 'desktop' | 'browser'

/** What a page did that it must not do; every test ends by asking for it. */
export interface Misdeeds {
  /** Errors nobody caught, complaints of React or the content security policy, and dialogs of the browser. */
  readonly faults: string[]
  /** Addresses outside of this machine that the page asked for. */
  readonly outside: string[]
}

/** A Weir that runs on a folder of its own, with its page. */
export interface RunningApp {
  readonly face: Face
  readonly page: Page
  readonly folder: TestFolder
  /** The local interface: `http://127.0.0.1:41231`. */
  readonly url: string
  /** The local admin token of `run.json`. */
  readonly token: string
  /** Where the page lives, up to the hash. */
  readonly home: string
  readonly misdeeds: Misdeeds
  /** The window's program; null in a browser. */
  readonly electron: ElectronApplication | null
  /** The serving program; null in the window. */
  readonly served: Served | null
  readonly close: () => Promise<void>
}

/** The program behind the window; only a window has one. */
export function electronOf({ electron }: Pick<RunningApp, 'electron'>): ElectronApplication {
  if (electron === null) throw new Error('This is no window')
  return electron
}

/** The size of page the screens are made for first. */
export const PAGE_SIZE = { width: 1360, height: 900 } as const

/** Debian's Chromium; Playwright's own download is not needed and not to be had everywhere. */
const CHROMIUM = process.env['WEIR_E2E_CHROMIUM'] ?? '/usr/bin/chromium'

/** Chromium without anything that calls home. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    // Chromium refuses to sandbox a process of root's.
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: START_LIMIT_MS,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      NO_OTHER_HOSTS,
    ],
  })
}

/** What else a window is started with. */
export interface WindowStart {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the program of the window; whether a window comes up is up to what it is started with. */
export function startWindow(
  folder: TestFolder,
  port = 0,
  { args = [], env = {} }: WindowStart = {},
): Promise<ElectronApplication> {
  return electron.launch({
    executablePath: electronPath(),
    args: [...electronArgs(folder, port), ...args],
    env: { ...definedEnv(), WEIR_E2E_OUTSIDE: folder.outsideFile, ...env },
    timeout: START_LIMIT_MS,
  })
}

/** Opens Weir in a window on a fresh folder, or on the one that is given. */
export async function openWindow(
  folder = testFolder(),
  port = 0,
  more: WindowStart = {},
): Promise<RunningApp> {
  const application = await startWindow(folder, port, more)
  // Asked for now, because an application that has ended no longer tells.
  const child = application.process()
  const close = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await application.close()
    folder.remove()
  }
  return closeIfItFails(close, async () => {
    const page = await application.firstWindow({ timeout: START_LIMIT_MS })
    const misdeeds = watchPage(page)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await ready(page)
    const run = readRunFile(folder.dataDir)
    if (run === undefined) throw new Error('The window is open, but run.json is not there.')
    return {
      face: 'desktop',
      page,
      folder,
      url: run.url,
      token: run.token,
      home: PAGE_URL,
      misdeeds,
      electron: application,
      served: null,
      close,
    }
  })
}

/** Serves Weir on a fresh folder, or on the one that is given, and signs a browser in by the link it printed. */
export async function openInBrowser(browser: Browser, folder = testFolder(), port = 0): Promise<RunningApp> {
  const served = await serve(folder, port)
  const context = await browser.newContext({
    viewport: PAGE_SIZE,
    serviceWorkers: 'block',
    // What fades out is half seen for a moment, and then neither there nor gone for a test that looks.
    reducedMotion: 'reduce',
  })
  const close = async (): Promise<void> => {
    await context.close()
    await stopProgram(served.program)
    folder.remove()
  }
  return closeIfItFails(close, async () => {
    const page = await context.newPage()
    const misdeeds = watchPage(page)
    await page.goto(served.loginUrl)
    await ready(page)
    return {
      face: 'browser',
      page,
      folder,
      url: served.run.url,
      token: served.run.token,
      home: `${served.run.url}/`,
      misdeeds,
      electron: null,
      served,
      close,
    }
  })
}

/** Nothing of what was started may outlive a failed start. */
async function closeIfItFails(
  close: () => Promise<void>,
  open: () => Promise<RunningApp>,
): Promise<RunningApp> {
  try {
    return await open()
  } catch (error) {
    await close()
    throw error
  }
}

/** Until the shell has heard from the core: then the first screen is there as well. */
async function ready(page: Page): Promise<void> {
  await page.getByText('Running', { exact: true }).waitFor({ timeout: START_LIMIT_MS })
}

/** Collects what a page must not do, from now on. */
export function watchPage(page: Page): Misdeeds {
  const misdeeds: Misdeeds = { faults: [], outside: [] }
  page.on('pageerror', (error) => misdeeds.faults.push(`uncaught: ${error.message}`))
  page.on('console', (message) => {
    // A refused or failed request is what several tests are about; the page tells of it on the screen.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      misdeeds.faults.push(`console: ${message.text()}`)
    }
  })
  page.on('dialog', (dialog) => {
    misdeeds.faults.push(`dialog: ${dialog.message()}`)
    dialog.dismiss().catch((error: unknown) => misdeeds.faults.push(String(error)))
  })
  page.on('request', (request) => {
    if (!isLocal(request.url())) misdeeds.outside.push(request.url())
  })
  return misdeeds
}

function isLocal(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  if (['data:', 'blob:', 'devtools:'].includes(protocol) || address.startsWith(PAGE_URL)) return true
  return hostname === '127.0.0.1' || hostname === 'localhost'
}

function definedEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** The started program of an app, to signal it or to read what it said. */
export function servedProgram(app: RunningApp): Program {
  if (app.served === null) throw new Error('Only a Weir that serves has such a program.')
  return app.served.program
}
