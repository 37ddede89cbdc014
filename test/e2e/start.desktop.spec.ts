import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { _electron as electron, type Page } from '@playwright/test'
import BetterSqlite3 from 'better-sqlite3'
import { migrate } from '../../electron/core/database/migrate.ts'
import { APPLICATION_ID, SCHEMA_VERSION } from '../../electron/core/database/open-handle.ts'
import { PAGE_URL } from '../../electron/shell/page-address.ts'
import { MIGRATIONS } from '../../migrations/index.ts'
import { expect, test } from './app.ts'
import { electronArgs, electronPath, START_LIMIT_MS, testFolder } from './support/processes.ts'

const OLDER = SCHEMA_VERSION - 1

/** A database as the Weir before this one left it. */
function olderDatabase(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true })
  const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
  handle.pragma(`application_id = ${APPLICATION_ID}`)
  migrate(handle, MIGRATIONS.slice(0, OLDER))
  // Some megabytes to be backed up and proved: the window of the start is there before they are.
  handle.exec(`
    with recursive line (number) as (select 1 union all select number + 1 from line where number < 60000)
    insert into audit_log (at, actor, via, action, object_kind, object_id, before, after)
    select number, 'Olga', 'window', 'settings.change', 'setting', 'time_zone', '"UTC"', '"Europe/Paris"' from line`)
  handle.close()
}

test('a start that converts an older database shows the steps in a window of its own, which gives way to the console', async () => {
  const folder = testFolder()
  olderDatabase(folder.dataDir)
  const application = await electron.launch({
    executablePath: electronPath(),
    args: [...electronArgs(folder)],
    timeout: START_LIMIT_MS,
  })
  // From the first moment on: the window of the start is gone when the other is there.
  const pages: Page[] = []
  application.on('window', (page) => pages.push(page))
  for (const page of application.windows()) if (!pages.includes(page)) pages.push(page)
  try {
    await expect
      .poll(() => pages.some((page) => page.url().startsWith(PAGE_URL)), { timeout: 60_000 })
      .toBe(true)
    const [start] = pages
    const shown = decodeURIComponent(start?.url() ?? '')
    expect(shown).toContain('<h1>Converting the database</h1>')
    expect(shown).toContain(`It has the schema ${OLDER}, and this Weir needs ${SCHEMA_VERSION}`)
    expect(shown).toContain('Back up what is there')
    await expect.poll(() => start?.isClosed()).toBe(true)
    const page = pages.find((one) => one.url().startsWith(PAGE_URL))
    if (page === undefined) throw new Error('the console is open')
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    expect(await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  } finally {
    await application.close()
    folder.remove()
  }
})

test('a start that converts nothing opens no window but the console', async ({ app }) => {
  const titles = await app.electron?.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => [window.id, window.getTitle()]),
  )
  // Numbers count up: an earlier window would have had the first.
  expect(titles).toEqual([[1, expect.stringContaining('Weir')]])
})
