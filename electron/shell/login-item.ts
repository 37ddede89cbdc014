import { homedir } from 'node:os'
import { app } from 'electron'
import type { LoginItem } from '../core/kernel/ports.ts'
import type { StartSettings } from '../core/kernel/start-settings.ts'
import { autostartFile, setAutostart, startsAtLogin } from './autostart-file.ts'

/** What is typed to open Weir without its window. */
export const HIDDEN_FLAG = '--hidden'

/** How this Weir, with its data folder, is opened when its user signs in. */
export function loginItemOf({ isDataDirNamed, dataDir }: StartSettings): LoginItem {
  const args = [HIDDEN_FLAG, ...(isDataDirNamed ? ['--data-dir', dataDir] : [])]
  // Read anew each time: the file is the operator's own, and a desktop may switch it off.
  const whyNot = whyNotInstalled()
  if (process.platform === 'linux') {
    // An AppImage runs from a place that is gone when it ends.
    const command = [process.env['APPIMAGE'] ?? process.execPath, ...args]
    const file = autostartFile(process.env, homedir())
    return {
      whyNot,
      isSet: () => whyNot === null && startsAtLogin(file, command),
      set: (isOn) => setAutostart(file, command, isOn),
    }
  }
  const words = process.platform === 'win32' ? args.map(windowsWord) : args
  return {
    whyNot,
    isSet: () => whyNot === null && app.getLoginItemSettings({ args: words }).openAtLogin,
    set: (openAtLogin) => app.setLoginItemSettings({ openAtLogin, args: words }),
  }
}

/** One word of a command line of Windows, which Electron passes on as it is: a path may hold blanks. */
export function windowsWord(word: string): string {
  return /\s/.test(word) ? `"${word.replace(/\\+$/, '$&$&')}"` : word
}

/** Whether Weir was opened to stay out of the way. A Mac passes no arguments, but tells that it was a sign-in. */
export function isHiddenStart(argv: readonly string[]): boolean {
  return (
    argv.includes(HIDDEN_FLAG) ||
    (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
  )
}

/** Why this Weir can enter itself nowhere in the system; null for an installed one, which can. */
export function whyNotInstalled(): string | null {
  if (!app.isPackaged)
    return 'Weir was started from its sources; only an installed Weir can be opened when you sign in.'
  // Set by the portable program of electron-builder, which unpacks itself somewhere else each time.
  if (process.env['PORTABLE_EXECUTABLE_DIR'] !== undefined)
    return 'The portable Weir leaves nothing on the machine; install Weir to have it opened when you sign in.'
  return null
}
