import { _electron as electron, type Page } from '@playwright/test'
import { SCHEMA_VERSION } from '../../electron/core/database/open-handle.ts'
import { PAGE_URL } from '../../electron/shell/page-address.ts'
import { expect, test } from './app.ts'
import { OLDER, olderDatabase } from './support/older-database.ts'
import { electronArgs, electronPath, START_LIMIT_MS, testFolder } from './support/processes.ts'

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
