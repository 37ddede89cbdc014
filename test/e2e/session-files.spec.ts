import { utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { sessionsText } from '../../renderer/text/sessions.ts'
import { sessionOf, turnOf, writeSessionFile } from '../support/session-files.ts'
import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { overflow, userRows } from './support/screens.ts'
import { writeSessionFolder } from './support/session-folder.ts'

const words = sessionsText.follow

test('new session files are read in at once on request, and one that broke is named', async ({ app }) => {
  const { page, folder } = app
  const files = writeSessionFolder(dirname(folder.dataDir))
  const { run_id } = await ask(app, 'import.start', { sessions_dir: files.path })
  await expect.poll(async () => (await ask(app, 'import.get', { run_id })).status).toBe('done')
  await show(app, '/sessions')
  const line = page.getByRole('region', { name: words.label })
  const read = line.getByRole('button', { name: words.readNow })
  await expect(read).toBeVisible()
  // Nobody writes to it any more, so it does not wait for the next pass.
  const old = new Date(Date.now() - 3_600_000)
  const path = writeSessionFile(files.path, 'zoe', 'brand-new', sessionOf([turnOf()], { name: 'Brand new' }))
  utimesSync(path, old, old)
  await expect(async () => {
    await read.click()
    await expect(userRows(page).filter({ hasText: 'Brand new' })).toBeVisible({ timeout: 2_000 })
  }).toPass()
  writeFileSync(join(files.path, 'zoe', 'brand-new.json'), '{"id": ')
  utimesSync(path, old, old)
  await expect(async () => {
    await read.click()
    await expect(line).toContainText(words.showProblems(2), { timeout: 2_000 })
  }).toPass()
  await line.getByRole('button', { name: words.showProblems(2) }).click()
  await expect(line).toContainText('zoe/brand-new.json')
  // What it said before stays.
  await expect(userRows(page).filter({ hasText: 'Brand new' })).toBeVisible()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`),
      colorScheme,
    ).toEqual([])
    if (process.env['WEIR_PICTURES'] !== undefined)
      await page.screenshot({
        path: join(process.env['WEIR_PICTURES'], `session-files-${colorScheme}.png`),
        fullPage: true,
      })
  }
  await page.emulateMedia({ colorScheme: null })
  expect(await overflow(page)).toBe(0)
})
