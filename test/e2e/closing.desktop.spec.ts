import { dirname } from 'node:path'
import { readRunFile } from '../../electron/core/kernel/run-file.ts'
import { expect, test } from './app.ts'
import { answerBoxes, boxesOf, closeWindow, desktopThatShowsTray, windowOf } from './support/closing.ts'
import { electronOf, openWindow, startWindow } from './support/faces.ts'
import { olderDatabase } from './support/older-database.ts'
import { electronArgs, electronPath, startProgram, type TestFolder, testFolder } from './support/processes.ts'

let folder: TestFolder
test.beforeEach(() => {
  folder = testFolder()
})
test.afterEach(() => folder.remove())

const desktop = (isShown: boolean) => ({ env: desktopThatShowsTray(dirname(folder.dataDir), isShown) })
const exitOf = (child: ReturnType<ReturnType<typeof electronOf>['process']>): Promise<number | null> =>
  new Promise((done) => child.once('exit', (code) => done(code)))

/** Opens Weir once more, as somebody who does not see it does. */
async function openAgain(...args: readonly string[]): Promise<void> {
  const second = startProgram(electronPath(), [...electronArgs(folder), ...args])
  expect(await second.ended, second.stderr()).toBe(0)
}

test('closing asks once whether Weir goes on in the tray, hides the window, and goes on holding limits', async () => {
  const app = await openWindow(folder, 0, desktop(true))
  const electron = electronOf(app)
  await answerBoxes(electron, 'Cancel')
  await closeWindow(electron)
  await expect.poll(() => boxesOf(electron)).toHaveLength(1)
  expect(await windowOf(electron)).toBe('shown')

  await answerBoxes(electron, 'Keep Running in the Tray')
  await closeWindow(electron)
  await expect.poll(() => windowOf(electron)).toBe('hidden')
  expect(await boxesOf(electron)).toEqual([expect.stringContaining('Limits are held')])
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200)

  await openAgain()
  await expect.poll(() => windowOf(electron)).toBe('shown')
  await closeWindow(electron)
  await expect.poll(() => windowOf(electron)).toBe('hidden')
  expect(await boxesOf(electron), 'it is not asked again').toHaveLength(1)

  // The settings show what was chosen and take it back.
  await openAgain('weir://settings')
  const { page } = app
  const choice = page.getByRole('combobox', { name: 'Closing the window' })
  await expect(choice).toHaveValue('tray')
  await choice.selectOption('quit')
  await page.getByRole('button', { name: 'Save Window' }).click()
  await expect(page.getByText('Window saved.')).toBeVisible()
  await expect(page.getByRole('switch', { name: 'Open when you sign in' })).toBeDisabled()
  await expect(page.getByText('Weir was started from its sources')).toBeVisible()
  const ended = exitOf(electron.process())
  await closeWindow(electron)
  expect(await ended).toBe(0)
})

test('without a tray closing says that limits are no longer held, and quits', async () => {
  const app = await openWindow(folder, 0, desktop(false))
  const electron = electronOf(app)
  await answerBoxes(electron, 'Cancel')
  await closeWindow(electron)
  await expect.poll(() => boxesOf(electron)).toEqual([expect.stringContaining('limits are no longer held')])
  expect(await windowOf(electron)).toBe('shown')
  await answerBoxes(electron, 'Quit')
  const ended = exitOf(electron.process())
  await closeWindow(electron)
  expect(await ended).toBe(0)
  expect(readRunFile(folder.dataDir)).toBeUndefined()
})

test('a hidden start shows no window, serves, and opens one when it is called', async () => {
  const electron = await startWindow(folder, 0, { ...desktop(true), args: ['--hidden'] })
  await expect.poll(() => readRunFile(folder.dataDir)).toBeDefined()
  const run = readRunFile(folder.dataDir)
  await expect.poll(async () => (await fetch(`${run?.url}/healthz`)).status).toBe(200)
  // Listened to only when it is settled whether a window opens.
  await expect.poll(() => electron.evaluate(({ app }) => app.listenerCount('activate'))).toBeGreaterThan(0)
  expect(await windowOf(electron)).toBe('none')
  await openAgain('weir://jobs')
  const page = await electron.firstWindow()
  await expect(page.getByRole('heading', { level: 1, name: 'Jobs' })).toBeVisible()
  await expect.poll(() => windowOf(electron)).toBe('shown')
  await electron.close()
})

test('a hidden start that converts an older database goes on holding limits when its steps are over', async () => {
  olderDatabase(folder.dataDir)
  const electron = await startWindow(folder, 0, { ...desktop(true), args: ['--hidden'] })
  await expect
    .poll(() => electron.evaluate(({ app }) => app.listenerCount('activate')), { timeout: 60_000 })
    .toBeGreaterThan(0)
  await expect.poll(() => windowOf(electron)).toBe('none')
  expect((await fetch(`${readRunFile(folder.dataDir)?.url}/healthz`)).status).toBe(200)
  const ended = exitOf(electron.process())
  await electron.close()
  await ended
})

test('a hidden start where no tray is shown still makes a window to find it by', async () => {
  const electron = await startWindow(folder, 0, { ...desktop(false), args: ['--hidden'] })
  // That it is minimised cannot be seen here: the display of the tests has no window manager.
  await electron.firstWindow()
  await openAgain()
  await expect.poll(() => windowOf(electron)).toBe('shown')
  await electron.close()
})
