import { BrowserWindow, nativeTheme } from 'electron'
import type { Logger } from '../core/kernel/ports.ts'
import { BACKGROUND } from './main-window.ts'
import { type StartView, startLines, startPage } from './start-view.ts'

/** High enough for all steps of a recovery, in logical pixels. */
const SIZE = { width: 500, height: 470 } as const

/** The small window of a start that takes its time; there is none of one that does not. */
export class StartWindow {
  #window: BrowserWindow | undefined
  #lines = ''

  /** Opens it, or shows what is true now. */
  show(view: StartView, log: Logger): void {
    const lines = startLines(view)
    if (lines === this.#lines) return
    this.#lines = lines
    const told =
      this.#window === undefined
        ? this.#open(view)
        : // Waits by itself until the page is there.
          this.#window.webContents.executeJavaScript(
            `document.querySelector('main').innerHTML = ${JSON.stringify(lines)}`,
          )
    told.catch((error: unknown) => {
      // It may be closed while it is told; what it tells of goes on without it.
      if (this.#window !== undefined) log.warn('the window of the start could not show a step', { error })
    })
  }

  close(): void {
    const window = this.#window
    this.#window = undefined
    window?.destroy()
  }

  #open(view: StartView): Promise<void> {
    const window = new BrowserWindow({
      ...SIZE,
      title: `Weir: ${view.title}`,
      resizable: false,
      maximizable: false,
      fullscreenable: false,
      // Closing the last window ends the program, and this one is no way to stop what it tells of.
      closable: false,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true },
    })
    window.on('close', (event) => event.preventDefault())
    window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }))
    window.webContents.on('will-navigate', (event) => event.preventDefault())
    this.#window = window
    return window.loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(startPage(view))}`)
  }
}
