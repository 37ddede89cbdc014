import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './app.ts'
import { electronOf, openWindow } from './support/faces.ts'
import { electronArgs, electronPath, startProgram, testFolder } from './support/processes.ts'

test('a link opens Weir at its screen, and the window that is open goes where the next one leads', async () => {
  const folder = testFolder()
  const app = await openWindow(folder, 0, { args: ['weir://enforcement'] })
  const { page } = app
  await expect(page.getByRole('heading', { level: 1, name: 'Enforcement' })).toBeVisible()
  const follow = async (link: string): Promise<void> => {
    const second = startProgram(electronPath(), [...electronArgs(folder), link])
    expect(await second.ended, second.stderr()).toBe(0)
  }
  await follow('weir://users/42')
  await expect.poll(() => page.url()).toContain('#/user?id=42')

  const before = page.url()
  const hostile = 'weir://enforcement/off?reason=gone'
  await follow(hostile)
  await expect.poll(() => readFileSync(join(folder.dataDir, 'logs', 'weir.log'), 'utf8')).toContain(hostile)
  expect(page.url(), 'what is no screen is ignored').toBe(before)
  expect(await electronOf(app).evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  await app.close()
})
