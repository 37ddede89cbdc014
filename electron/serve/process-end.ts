import { EXIT } from '../core/kernel/exit-codes.ts'
import type { Logger } from '../core/kernel/ports.ts'
import { removeRunFile } from '../core/kernel/run-file.ts'

/** 128 + the number of the signal, as shells have it. */
const FORCED_EXIT = { SIGINT: 130, SIGTERM: 143 } as const

/** npm passes on a Ctrl-C which the terminal has sent to the whole group already: a signal this soon is the same one. */
const ECHO_MS = 500

/**
 * Settles with the first SIGTERM or SIGINT; the second one ends the process at once, for whoever does not want to wait.
 */
export function stopSignal(): Promise<keyof typeof FORCED_EXIT> {
  return new Promise((resolve) => {
    let stoppingSinceMs: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stoppingSinceMs !== undefined && performance.now() - stoppingSinceMs > ECHO_MS)
          process.exit(FORCED_EXIT[signal])
        stoppingSinceMs ??= performance.now()
        resolve(signal)
      })
    }
  })
}

/**
 * A bug nobody caught: what the process believes may be wrong, and it must not go on counting with it. It says so in
 * the log, takes `run.json` away and ends; the database is made to be left like this.
 */
export function exitOnBug(log: Logger, dataDir: string): void {
  // Unhandled rejections arrive here too: that is what Node makes of them.
  process.on('uncaughtException', (error) => {
    log.error('a bug ended Weir', { error })
    process.stderr.write(
      `weir: Something in Weir is broken, and it stopped: ${error.message}. The log says more.\n`,
    )
    removeRunFile(dataDir, process.pid)
    process.exit(EXIT.crashed)
  })
}
