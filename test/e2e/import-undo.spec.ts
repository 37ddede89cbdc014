import { dirname } from 'node:path'
import { importBatchesText as words } from '../../renderer/text/import-batches.ts'
import { sessionOf, turnOf, writeSessionFile } from '../support/session-files.ts'
import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { overflow } from './support/screens.ts'
import { writeSessionFolder } from './support/session-folder.ts'

test('an import is undone from the screen, after it was said what goes', async ({ app }) => {
  const { page, folder } = app
  const files = writeSessionFolder(dirname(folder.dataDir))
  writeSessionFile(files.path, 'undone-user', 'undone-session', sessionOf([turnOf()]))
  const { run_id } = await ask(app, 'import.start', { sessions_dir: files.path })
  await expect.poll(async () => (await ask(app, 'import.get', { run_id })).status).toBe('done')
  const { totals } = await ask(app, 'imports.undo', { id: run_id, dry_run: true })
  await show(app, '/import')
  const row = page.getByRole('table', { name: words.title }).getByRole('row').filter({ hasText: files.path })
  await row.getByRole('button').first().click()
  const dialog = page.getByRole('dialog', { name: words.ask })
  await expect(dialog).toContainText(words.goes(totals))
  expect(totals.users).toBeGreaterThan(0)
  // Nothing is done by looking.
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect((await ask(app, 'imports.get', { id: run_id })).state).toBe('done')
  await row.getByRole('button').first().click()
  await dialog.getByRole('button', { name: words.confirm }).click()
  await expect(row).toContainText('Undone')
  expect((await ask(app, 'imports.get', { id: run_id })).undone).toEqual(totals)
  const { users } = await ask(app, 'consumption.users', { search: 'undone-user' })
  expect(users).toEqual([])
  expect((await ask(app, 'books.verify', {})).differences).toEqual([])
  expect(await overflow(page)).toBe(0)
})
