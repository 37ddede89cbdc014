import { app, BrowserWindow, nativeTheme, screen, type WebContents } from 'electron'
import type { Logger } from '../core/kernel/ports.ts'
import { openOutsideLink } from './outside-links.ts'
import { CRASH_URL, isOurPage, PAGE_URL } from './page-address.ts'
import { readWindowState, WINDOW_SIZE_MIN, writeWindowState } from './window-state.ts'

/** What the window is made with. */
export interface WindowParts {
  readonly preloadFile: string
  /** Where `window-state.json` is. */
  readonly stateDir: string
  readonly log: Logger
  /** The screen it opens at, as in the page's router; the first one when it is null. */
  readonly path: string | null
  /** Whether it comes up, or waits minimised. */
  readonly isMinimized: boolean
}

/** The page's own backgrounds, so that the window does not flash white before the page is drawn. */
export const BACKGROUND = { dark: '#1a1b1e', light: '#ffffff' } as const

/** A page that breaks again this soon after it was loaded anew would break for ever; milliseconds. */
const RELOAD_AGAIN_AFTER_MS = 60_000

/** Opens the window and loads the page; it shows itself when the page is drawn. */
export function openMainWindow(parts: WindowParts): BrowserWindow {
  const state = readWindowState(
    parts.stateDir,
    screen.getAllDisplays().map((display) => display.workArea),
  )
  const window = new BrowserWindow({
    width: state.width,
    height: state.height,
    ...(state.place ?? {}),
    minWidth: WINDOW_SIZE_MIN.width,
    minHeight: WINDOW_SIZE_MIN.height,
    title: 'Weir',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: parts.preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  })
  if (state.isMaximized) window.maximize()
  window.once('ready-to-show', () =>
    // Unless it was called for meanwhile.
    parts.isMinimized && !window.isVisible() ? window.minimize() : window.show(),
  )
  closeIn(window.webContents)
  keepState(window, parts)
  reloadWhenBroken(window, parts.log)
  // A failed load is shown by Chromium itself and logged here; there is nobody to hand the error to.
  window
    .loadURL(parts.path === null ? PAGE_URL : `${PAGE_URL}#${parts.path}`)
    .catch((error: unknown) => parts.log.error('the page could not be loaded', { error }))
  return window
}

/** The page can go nowhere else, open nothing and ask the system for nothing. */
function closeIn(page: WebContents): void {
  page.setWindowOpenHandler(({ url }) => {
    openOutsideLink(url)
    return { action: 'deny' }
  })
  page.on('will-navigate', (event) => {
    if (isOurPage(event.url)) return
    event.preventDefault()
    openOutsideLink(event.url)
  })
  page.on('will-attach-webview', (event) => event.preventDefault())
  page.session.setPermissionRequestHandler((_page, permission, answer) => answer(isHarmless(permission)))
  page.session.setPermissionCheckHandler((_page, permission) => isHarmless(permission))
}

/** Copying a token or a table to the clipboard; the page can put something there, and read nothing. */
function isHarmless(permission: string): boolean {
  return permission === 'clipboard-sanitized-write'
}

function keepState(window: BrowserWindow, { stateDir, log }: WindowParts): void {
  const keep = (): void => {
    try {
      writeWindowState(stateDir, window.getNormalBounds(), window.isMaximized())
    } catch (error) {
      log.warn('the place of the window could not be kept', { error })
    }
  }
  window.on('close', keep)
  // Quitting ends the process without closing the window first.
  app.on('before-quit', keep)
  window.on('closed', () => app.off('before-quit', keep))
}

/** The core lives in another process than the page and goes on: load the page once more, then say plainly that it broke. */
function reloadWhenBroken(window: BrowserWindow, log: Logger): void {
  let reloadedAt = Number.NEGATIVE_INFINITY
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit' || window.isDestroyed()) return
    log.error('the page broke', { reason: details.reason, exit_code: details.exitCode })
    // The screen the operator was at.
    const page = window.webContents.getURL()
    const isAgain = performance.now() - reloadedAt < RELOAD_AGAIN_AFTER_MS
    reloadedAt = performance.now()
    window
      .loadURL(isAgain ? CRASH_URL : isOurPage(page) ? page : PAGE_URL)
      .catch((error: unknown) => log.error('the page could not be loaded again', { error }))
  })
}

/** Brings the window to the front, wherever it was. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
  app.focus({ steal: true })
}
