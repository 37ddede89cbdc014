import { alertSettingsText as words } from '../../renderer/text/alert-settings.ts'
import { alertsText } from '../../renderer/text/alerts.ts'
import { componentsText } from '../../renderer/text/components.ts'
import { settingsText } from '../../renderer/text/watching.ts'
import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { expectUsable } from './support/axe.ts'
import { overflow, panel } from './support/screens.ts'

test('thresholds, quiet hours and muted kinds are set on the settings screen', async ({ app }) => {
  const { page } = app
  const stored = () => ask(app, 'alerts.settings', {})
  await show(app, '/settings')
  const alerts = panel(page, words.title)
  const save = alerts.getByRole('button', { name: settingsText.saveSection(words.title) })
  await expect(save).toBeDisabled()
  const threshold = (place: number) => alerts.getByRole('textbox', { name: words.threshold(place) })
  await threshold(1).fill('95')
  await threshold(2).fill('50')
  await threshold(3).fill('')
  await expect(alerts.getByText(settingsText.dirty)).toBeVisible()
  await alerts.getByRole('switch', { name: words.quiet }).check({ force: true })
  await alerts.getByLabel(words.until, { exact: true }).fill('22:00')
  await expect(alerts.getByText(words.sameTimes)).toBeVisible()
  await expect(save).toBeDisabled()
  await alerts.getByLabel(words.until, { exact: true }).fill('06:30')
  await save.click()
  await expect(page.getByText(words.saved)).toBeVisible()
  expect(await stored()).toMatchObject({
    thresholds_percent: [50, 95],
    quiet_hours: { from_minute: 22 * 60, until_minute: 6 * 60 + 30 },
  })
  await expect(threshold(1)).toHaveValue('50 %')
  await expectUsable(app, 'alert-settings')
  expect(await overflow(page)).toBe(0)

  const kind = alerts.getByRole('switch', { name: words.kind(alertsText.kinds.limit_hour) })
  await kind.click({ force: true })
  await expect.poll(async () => (await stored()).muted_kinds).toEqual(['limit_hour'])
  await page.getByRole('button', { name: componentsText.undo }).last().click()
  await expect.poll(async () => (await stored()).muted_kinds).toEqual([])
  await expect(kind).toBeChecked()
})
