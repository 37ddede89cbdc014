import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
import type { OperationInput } from '../../../shared/contract/index.ts'

/** Closing the window, on desktops with and without a tray. */

/** Sets what closing the window does, as the settings screen would. */
export async function setClosing(
  { url, token }: { readonly url: string; readonly token: string },
  close_window: NonNullable<OperationInput<'settings.update'>['close_window']>,
): Promise<void> {
  const response = await fetch(`${url}/api/v1/admin/settings`, {
    method: 'PATCH',
    body: JSON.stringify({ close_window }),
    headers: { Authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  if (!response.ok) throw new Error(await response.text())
}

/**
 * The surroundings of a desktop that says whether it shows tray icons. A display of the tests has no session bus, so the
 * two programs that ask one are stood in for.
 */
export function desktopThatShowsTray(folder: string, isShown: boolean): Readonly<Record<string, string>> {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const program of ['gdbus', 'busctl']) {
    writeFileSync(join(bin, program), `#!/bin/sh\necho "(<${isShown}>,)"\n`)
    chmodSync(join(bin, program), 0o755)
  }
  return { PATH: `${bin}${delimiter}${process.env['PATH']}` }
}

/** Presses a button of the next boxes by its name; what they say is noted. */
export async function answerBoxes(
  electron: ElectronApplication,
  button: string,
  isChecked = false,
): Promise<void> {
  await electron.evaluate(
    ({ dialog }, wanted) => {
      const said: string[] = []
      Object.assign(globalThis, { weirBoxes: said })
      const show = async (...args: readonly unknown[]) => {
        const box = args.at(-1) as Electron.MessageBoxOptions
        said.push(`${box.message} ${box.detail}`)
        const response = box.buttons?.indexOf(wanted.button) ?? -1
        if (response === -1) throw new Error(`The box has ${box.buttons?.join(', ')}`)
        return { response, checkboxChecked: wanted.isChecked }
      }
      dialog.showMessageBox = show as typeof dialog.showMessageBox
    },
    { button, isChecked },
  )
}

/** What the boxes said so far. */
export const boxesOf = (electron: ElectronApplication): Promise<readonly string[]> =>
  electron.evaluate(() => (globalThis as unknown as { weirBoxes: readonly string[] }).weirBoxes)

/** Closes the window as its title bar does. */
export const closeWindow = (electron: ElectronApplication): Promise<void> =>
  electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

/** How the window is: `none` where there is not one. */
export const windowOf = (electron: ElectronApplication): Promise<'none' | 'hidden' | 'shown'> =>
  electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    if (window === undefined) return 'none'
    return window.isVisible() ? 'shown' : 'hidden'
  })
