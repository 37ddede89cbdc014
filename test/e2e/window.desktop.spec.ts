import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { shellText } from '../../renderer/text/app.ts'
import { MENU_SCREENS } from '../../shared/desktop-bridge.ts'
import { expect, test } from './app.ts'
import { setClosing } from './support/closing.ts'
import { electronOf } from './support/faces.ts'
import {
  electronArgs,
  electronPath,
  ROOT,
  serve,
  startProgram,
  stopProgram,
  testFolder,
  waitFor,
} from './support/processes.ts'

test('a second window on the same folder brings the first to the front, and serving it says who has it', async ({
  crowd: app,
}) => {
  const electron = electronOf(app)
  await electron.evaluate(({ app: program, BrowserWindow }) => {
    Object.assign(globalThis, { weirCalledToFront: 0 })
    program.on('second-instance', () => {
      const state = globalThis as unknown as { weirCalledToFront: number }
      state.weirCalledToFront += 1
    })
    BrowserWindow.getAllWindows()[0]?.minimize()
  })
  const second = startProgram(electronPath(), electronArgs(app.folder))
  expect(await second.ended, second.stderr()).toBe(0)
  await expect
    .poll(() =>
      electron.evaluate(({ BrowserWindow }) => ({
        called: (globalThis as unknown as { weirCalledToFront: number }).weirCalledToFront,
        windows: BrowserWindow.getAllWindows().length,
        isMinimized: BrowserWindow.getAllWindows()[0]?.isMinimized(),
      })),
    )
    .toEqual({ called: 1, windows: 1, isMinimized: false })

  const serving = startProgram(process.execPath, [
    join(ROOT, 'out/main/serve.js'),
    '--data-dir',
    app.folder.dataDir,
    '--port',
    '0',
  ])
  expect(await serving.ended).toBe(4)
  expect(serving.stderr()).toContain(`Weir is running on ${app.folder.dataDir} already`)
  expect(serving.stderr()).toContain(app.url)
})

test('a window on a folder that is being served explains who serves it and how to get there', async () => {
  const folder = testFolder()
  const served = await serve(folder)
  const window = startProgram(electronPath(), electronArgs(folder))
  // It says so in a box as well, which waits for somebody to read it; the test does not.
  const said = await waitFor(window, () => /^weir: .*already.*$/m.exec(window.stderr())?.[0])
  expect(said).toContain(folder.dataDir)
  expect(said).toContain(served.run.url)
  expect(said).toContain('weir login')
  window.child.kill('SIGKILL')
  await window.ended
  await stopProgram(served.program)
  folder.remove()
})

test('closing the window ends Weir in order: nothing left in the WAL, no run.json, exit code 0', async ({
  app,
}) => {
  const { page, folder } = app
  await page.getByRole('radio', { name: 'Look around with a sample' }).click()
  await page.getByRole('button', { name: 'Load the sample' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  const child = electronOf(app).process()
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  await setClosing(app, 'quit')
  await electronOf(app).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  expect(await ended).toBe(0)
  const wal = join(folder.dataDir, 'auth.db-wal')
  expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0)
  expect(existsSync(join(folder.dataDir, 'run.json'))).toBe(false)
  expect(statSync(join(folder.dataDir, 'auth.db')).size).toBeGreaterThan(0)

  // The folder is free again, and everything is in it.
  const served = await serve(folder)
  const response = await fetch(`${served.run.url}/api/v1/admin/status`, {
    headers: { Authorization: `Bearer ${served.run.token}` },
  })
  expect(await response.json()).toMatchObject({ is_sample: true, users: 6 })
  await stopProgram(served.program)
})

test('the page has the named bridge and nothing else of Node or Electron', async ({ crowd: app }) => {
  const { page } = app
  const seen = await page.evaluate(() => {
    const world = globalThis as unknown as Record<string, unknown>
    return {
      require: typeof world['require'],
      process: typeof world['process'],
      module: typeof world['module'],
      Buffer: typeof world['Buffer'],
      electron: typeof world['electron'],
      bridge: Object.keys(world['weir'] as object).toSorted(),
    }
  })
  expect(seen).toEqual({
    require: 'undefined',
    process: 'undefined',
    module: 'undefined',
    Buffer: 'undefined',
    electron: 'undefined',
    bridge: ['call', 'face', 'onEvent', 'platform'],
  })
  const opened = await page.evaluate(() => window.open('about:blank') === null)
  expect(opened, 'the page cannot open a window').toBe(true)
  const unknown = await page.evaluate(() => {
    const { weir } = globalThis as unknown as {
      weir: { call(name: string, input: object): Promise<unknown> }
    }
    return weir.call('constructor', {})
  })
  expect(unknown).toMatchObject({ ok: false, problem: { code: 'route_unknown' } })
})

test('the native menu is complete, and its items do what they say', async ({ crowd: app }) => {
  const { page } = app
  const electron = electronOf(app)
  const menu = await electron.evaluate(({ Menu }) =>
    (Menu.getApplicationMenu()?.items ?? []).map((item) => ({
      label: item.label.replace('&', ''),
      items: (item.submenu?.items ?? []).map((each) => each.label).filter(Boolean),
    })),
  )
  expect(menu.map(({ label }) => label)).toEqual(['File', 'Edit', 'View', 'Go', 'Window', 'Help'])
  expect(menu.find(({ label }) => label === 'Go')?.items).toEqual(MENU_SCREENS.map(({ label }) => label))
  for (const item of ['Undo', 'Cut', 'Copy', 'Paste', 'Select All']) {
    expect(menu.find(({ label }) => label === 'Edit')?.items).toContain(item)
  }
  const choose = (label: string): Promise<void> =>
    electron.evaluate(({ Menu }, wanted) => {
      const items = (Menu.getApplicationMenu()?.items ?? []).flatMap((item) => item.submenu?.items ?? [])
      items.find((item) => item.label === wanted)?.click()
    }, label)
  await choose('User consumption')
  await expect(page.getByRole('heading', { level: 1, name: 'User consumption' })).toBeVisible()
  await choose('Keyboard Shortcuts')
  const help = page.getByRole('dialog', { name: shellText.shortcutHelp.title })
  await expect(help).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await choose('Command Palette…')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
})
