import { AxeBuilder } from '@axe-core/playwright'
import { connectText } from '../../renderer/text/connect.ts'
import { logsText, readinessText, settingsText } from '../../renderer/text/watching.ts'
import { addressOf, expect, type RunningApp, show, test } from './app.ts'
import { ask, request } from './support/api.ts'
import { textDownloadedBy } from './support/downloads.ts'
import { overflow, panel } from './support/screens.ts'

/** What axe finds seriously wrong, in both themes. */
async function expectAccessible({ page }: RunningApp): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`)).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
  expect(await overflow(page)).toBe(0)
}

test('a refusal is found in the log by its request id, and the log can be paused', async ({ crowd: app }) => {
  const { page } = app
  const refused = await request(app, 'tokens.revoke', { id: 987_654 })
  const id = refused.problem?.request_id ?? ''
  await show(app, `/logs?request=${id}`)
  const line = panel(page, logsText.title).getByRole('button', { name: /refused: Token is unknown/ })
  await expect(line).toHaveCount(1)
  await line.click()
  await expect(panel(page, logsText.title).locator('pre')).toContainText(id)
  await expectAccessible(app)
  await page.keyboard.press('p')
  await expect(page.getByRole('button', { name: logsText.follow })).toBeVisible()
  await page.getByRole('button', { name: /^Database errors/ }).click()
  await expect.poll(() => addressOf(page).get('event')).toBe('database_error')
  await expect(page.getByText(logsText.none)).toBeVisible()
  await page.getByRole('button', { name: logsText.clear }).click()
  await expect(panel(page, logsText.title).getByText('listening')).toBeVisible()
})

test('readiness shows each check with its evidence and leads to where it is mended', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/readiness')
  await expect(page.getByText('The database is whole')).toBeVisible()
  await expect(panel(page, readinessText.success)).toContainText(readinessText.results.cannot_judge)
  await expectAccessible(app)
  await page.getByRole('button', { name: readinessText.fixThis('The agent uses its token') }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Connect' })).toBeVisible()
  await expect(panel(page, connectText.tokens)).toBeVisible()
})

test('a setting is changed in its section, and a value that cannot be is told there', async ({
  crowd: app,
}) => {
  const { page } = app
  await page.keyboard.press('Control+,')
  const limits = panel(page, settingsText.sections.limits)
  const minutes = limits.getByRole('textbox', { name: settingsText.names['reservation_minutes'] ?? '' })
  await minutes.fill('17')
  await expect(limits.getByText(settingsText.dirty)).toBeVisible()
  await expectAccessible(app)
  await limits.getByRole('button', { name: settingsText.saveSection(settingsText.sections.limits) }).click()
  await expect(limits.getByText(settingsText.dirty)).toHaveCount(0)
  const { settings } = await ask(app, 'settings.get', {})
  expect(settings.find(({ name }) => name === 'reservation_minutes')?.value).toBe(17)
  await expect(panel(page, settingsText.sections.general).getByRole('textbox')).toBeDisabled()
  const data = panel(page, settingsText.sections.data)
  await data.getByRole('textbox', { name: settingsText.names['sessions_dir'] ?? '' }).fill('/no/such/folder')
  await data.getByRole('button', { name: settingsText.saveSection(settingsText.sections.data) }).click()
  await expect(data.getByRole('alert')).toContainText('/no/such/folder')
})

test('a diagnostics bundle is one click away and holds no token', async ({ crowd: app }) => {
  await show(app, '/settings')
  const text = await textDownloadedBy(app, () =>
    panel(app.page, settingsText.diagnostics).getByRole('button', { name: settingsText.saveBundle }).click(),
  )
  const bundle = JSON.parse(text) as Record<string, unknown>
  expect(Object.keys(bundle)).toEqual(expect.arrayContaining(['settings', 'readiness']))
  expect(text).not.toContain(app.token)
  expect(text).not.toMatch(/weir_[A-Za-z0-9_-]{20,}/)
})
