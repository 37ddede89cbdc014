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

/**
 * A bug nobody caught: Weir says so and ends, because it must not go on counting with what may be wrong. It stops
 * serving before it asks for attention, so that the agent is refused at once and does not wait for somebody to read.
 */
export function exitOnBug(log: Logger, dataDir: string, stopServing: () => Promise<void>): void {
  let isEnding = false
  const end = (error: Error): void => {
    log.error('a bug ended Weir', { error })
    if (isEnding) return
    isEnding = true
    removeRunFile(dataDir, process.pid)
    Promise.all([stopServing(), sayItIsBroken(error, dataDir)])
      .catch((again: unknown) => log.error('could not end in order', { error: again }))
      .finally(() => app.exit(EXIT.crashed))
  }
  // Electron would show a dialog of its own for the one, a warning on stderr for the other, and go on.
  process.on('uncaughtException', end)
  process.on('unhandledRejection', (reason) => {
    end(reason instanceof Error ? reason : new Error(String(reason), { cause: reason }))
  })
}

async function sayItIsBroken(error: Error, dataDir: string): Promise<void> {
  await dialog.showMessageBox({
    type: 'error',
    title: 'Weir',
    message: `Something in Weir is broken, and it has to close: ${error.message}`,
    detail: `Nothing that was recorded is lost. weir.log in ${dataDir} says more. Start Weir again to go on.`,
    buttons: ['Close Weir'],
  })
}
