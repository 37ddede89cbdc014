import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import type { RunningApp } from './faces.ts'

/** What is in the file an act makes the operator download. The window would ask where to put it; here it does not. */
export async function textDownloadedBy(app: RunningApp, act: () => Promise<void>): Promise<string> {
  return (await bytesDownloadedBy(app, act)).toString('utf8')
}

/** The same, of a file that is no text. */
export async function bytesDownloadedBy(app: RunningApp, act: () => Promise<void>): Promise<Buffer> {
  const { electron, page } = app
  if (electron === null) {
    const download = page.waitForEvent('download')
    await act()
    return readFileSync(await (await download).path())
  }
  const folder = join(app.folder.dataDir, '..', 'downloads')
  mkdirSync(folder, { recursive: true })
  await electron.evaluate(({ session }, into) => {
    const program = globalThis as { saved?: string }
    delete program.saved
    session.defaultSession.once('will-download', (_event, item) => {
      const path = `${into}/${item.getFilename()}`
      item.setSavePath(path)
      item.once('done', (_done, state) => {
        program.saved = state === 'completed' ? path : `The download is ${state}`
      })
    })
  }, folder)
  await act()
  const saved = (): Promise<string | undefined> =>
    electron.evaluate(() => (globalThis as { saved?: string }).saved)
  await expect.poll(saved).toContain(folder)
  return readFileSync((await saved()) ?? '')
}
