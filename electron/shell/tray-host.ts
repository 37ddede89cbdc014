import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

// A session bus answers in milliseconds; closing a window waits for it.
const ANSWER_LIMIT_MS = 2_000

const WATCHER = 'org.kde.StatusNotifierWatcher'
const SHOWN = 'IsStatusNotifierHostRegistered'

/** Programs that ask the session bus; a desktop has one of them at least. */
const QUESTIONS = [
  [
    'gdbus',
    'call',
    '--session',
    `--dest=${WATCHER}`,
    '--object-path=/StatusNotifierWatcher',
    '--method=org.freedesktop.DBus.Properties.Get',
    WATCHER,
    SHOWN,
  ],
  ['busctl', '--user', 'get-property', WATCHER, '/StatusNotifierWatcher', WATCHER, SHOWN],
] as const

/**
 * Whether something on a Linux desktop shows tray icons. Electron makes one without a complaint where nothing does, and
 * a window that is hidden there could not be had back. What cannot be told is no.
 */
export async function isTrayShown(): Promise<boolean> {
  for (const [program, ...args] of QUESTIONS) {
    try {
      const { stdout } = await promisify(execFile)(program, args, { timeout: ANSWER_LIMIT_MS })
      return /\btrue\b/.test(stdout)
    } catch {
      // The program is not there, or nobody on the bus has such a property: the next one is asked.
    }
  }
  return false
}
