import type { ElectronApplication } from '@playwright/test'
import type { OperationInput, OperationOutput } from '../../shared/contract/index.ts'
import { expect, type RunningApp, test } from './app.ts'
import { electronOf } from './support/faces.ts'

/** Electron names no tray there is, so what is put into it is noted on its way. */
async function noteTray(electron: ElectronApplication): Promise<void> {
  await electron.evaluate(({ Tray }) => {
    const noted: { tooltip: string; menu: unknown } = { tooltip: '', menu: null }
    Object.assign(globalThis, { weirTray: noted })
    const { setToolTip, setContextMenu } = Tray.prototype
    Tray.prototype.setToolTip = function (text) {
      noted.tooltip = text
      return setToolTip.call(this, text)
    }
    Tray.prototype.setContextMenu = function (menu) {
      noted.menu = menu
      return setContextMenu.call(this, menu)
    }
  })
}

const tooltipOf = (electron: ElectronApplication): Promise<string> =>
  electron.evaluate(() => (globalThis as unknown as { weirTray: { tooltip: string } }).weirTray.tooltip)

/** Chooses an item of the menu that is up, wherever it is in it. */
const choose = (electron: ElectronApplication, label: string): Promise<void> =>
  electron.evaluate((_electron, wanted) => {
    const { menu } = (globalThis as unknown as { weirTray: { menu: Electron.Menu } }).weirTray
    const items = menu.items.flatMap((item) => [item, ...(item.submenu?.items ?? [])])
    const item = items.find((one) => one.label === wanted)
    if (item === undefined) throw new Error(`The tray has ${items.map((one) => one.label).join(', ')}`)
    item.click()
  }, label)

async function enforcement(
  { url, token }: RunningApp,
  input?: OperationInput<'enforcement.set'>,
): Promise<OperationOutput<'enforcement.get'>> {
  const response = await fetch(`${url}/api/v1/admin/enforcement`, {
    ...(input !== undefined && { method: 'PUT', body: JSON.stringify(input) }),
    headers: { Authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  return (await response.json()) as OperationOutput<'enforcement.get'>
}

test('the tray says what holds, pauses enforcement for a while, takes it back and opens the window', async ({
  crowd: app,
}) => {
  const electron = electronOf(app)
  await noteTray(electron)
  await enforcement(app, { mode: 'observe', reason: 'A trial' })
  await expect.poll(() => tooltipOf(electron)).toContain('Limits are only observed')
  await choose(electron, 'Enforce limits again')
  await expect.poll(() => tooltipOf(electron)).toContain('Limits are enforced')
  expect((await enforcement(app)).in_force.mode).toBe('on')

  await choose(electron, 'For 15 minutes')
  await expect.poll(() => tooltipOf(electron)).toContain('Enforcement is paused until')
  const paused = await enforcement(app)
  expect(paused.in_force).toMatchObject({ mode: 'off', reason: 'Paused from the tray' })
  // The page shows the banner without being asked.
  await expect(app.page.getByText('Paused from the tray')).toBeVisible()
  await choose(electron, 'Enforce limits again')
  await expect.poll(() => tooltipOf(electron)).toContain('Limits are enforced')
  expect((await enforcement(app)).in_force.mode).toBe('on')

  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
  await choose(electron, 'Limits are enforced')
  await expect(app.page.getByRole('heading', { level: 1, name: 'Enforcement' })).toBeVisible()
  const isMinimized = await electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.isMinimized(),
  )
  expect(isMinimized).toBe(false)
})

test('quitting from the tray ends Weir in order', async ({ app }) => {
  const electron = electronOf(app)
  await noteTray(electron)
  await enforcement(app, { mode: 'observe', reason: 'A trial' })
  await expect.poll(() => tooltipOf(electron)).toContain('Limits are only observed')
  const ended = new Promise<number | null>((done) => electron.process().once('exit', (code) => done(code)))
  await choose(electron, 'Quit Weir')
  expect(await ended).toBe(0)
})
