import { app, dialog } from 'electron'
import { EXIT } from '../core/kernel/exit-codes.ts'
import type { Logger } from '../core/kernel/ports.ts'
import { removeRunFile } from '../core/kernel/run-file.ts'

/** Running checks get 5 seconds, the core a few more; after that, whoever quit should not have to wait. */
const CLOSE_LIMIT_MS = 10_000

/** Whichever way quitting starts (menu, Ctrl-C, end of the session), everything is closed in order, once, before it happens. */
export function quitSafely(closeAll: () => Promise<void>, log: Logger): void {
  let isClosing = false
  app.on('before-quit', (event) => {
    event.preventDefault()
    if (isClosing) return
    isClosing = true
    setTimeout(() => app.exit(EXIT.failed), CLOSE_LIMIT_MS)
    closeAll()
      .then(() => app.exit(EXIT.fine))
      .catch((error: unknown) => {
        log.error('could not close in order', { error })
        app.exit(EXIT.failed)
      })
  })
  // A second signal ends the process at once; the first one goes the way of the menu.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (isClosing ? app.exit(EXIT.interrupted) : app.quit()))
  }
}

/** A bug nobody caught: Weir says so and ends, because it must not go on counting with what may be wrong. */
export function exitOnBug(log: Logger, dataDir: string): void {
  // Electron would show a dialog of its own and go on.
  process.on('uncaughtException', (error) => {
    log.error('a bug ended Weir', { error })
    removeRunFile(dataDir, process.pid)
    dialog.showErrorBox(
      'Weir has to close',
      `Something in Weir is broken: ${error.message}\n\nNothing that was recorded is lost. The log in ${dataDir} says more.`,
    )
    app.exit(EXIT.crashed)
  })
}
