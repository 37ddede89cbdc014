import { componentsText } from '../../renderer/text/components.ts'
import { expect, show, test } from './app.ts'
import { INJECTED, watchCalls } from './support/calls.ts'
import { card, userRows } from './support/screens.ts'

test('an answer that is an error keeps the old figures with their age, and Retry brings new ones', async ({
  crowd: app,
}) => {
  const { page } = app
  await expect(card(page, 'Tokens in')).toContainText('tokens')
  const figures = await card(page, 'Tokens in').innerText()
  const calls = await watchCalls(app)
  await calls.fail(['consumption.systemSummary'])
  await page.getByRole('button', { name: 'Refresh the figures now' }).click()
  const alert = page.getByRole('alert')
  await expect(alert).toContainText(INJECTED.title)
  await expect(alert).toContainText(INJECTED.detail)
  await expect(alert).toContainText('What you see below is from')
  await expect(card(page, 'Tokens in')).toHaveText(figures, { useInnerText: true })
  await expect(page.locator('[data-stale]')).toBeVisible()

  await calls.fail([])
  await alert.getByRole('button', { name: componentsText.panel.retry }).click()
  await expect(alert).toBeHidden()
  await expect(page.locator('[data-stale]')).toHaveCount(0)
  await calls.stop()
})

test('a first answer that is an error says what happened instead of showing an empty screen', async ({
  crowd: app,
}) => {
  const { page } = app
  const calls = await watchCalls(app)
  await calls.fail(['consumption.users'])
  await show(app, '/users')
  await expect(page.getByRole('alert')).toContainText(INJECTED.detail)
  await expect(page.getByText('No users yet')).toHaveCount(0)
  await expect(page.getByRole('searchbox'), 'the rest of the screen goes on').toBeVisible()
  await calls.fail([])
  await page.getByRole('alert').getByRole('button', { name: componentsText.panel.retry }).click()
  await expect(userRows(page).first()).toBeVisible()
  await calls.stop()
})
