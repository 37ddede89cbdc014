import { alertsText } from '../../renderer/text/alerts.ts'
import { addressOf, expect, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'

test('the bell counts an alert, leads to its user, and is quiet afterwards', async ({ crowd: app }) => {
  const { page } = app
  const name = `<i>Bella</i> ${app.face}`
  const profile = await ask(app, 'profiles.create', {
    name: `Bell ${app.face}`,
    input_tokens_per_month: 1000,
  })
  const id = `bell-${app.face}`
  await ask(app, 'users.create', { id, username: name, consumption_profile_id: profile.id })
  await recordTurn(app, { user_id: id, session_id: 's1', turn_number: 1, input_tokens: 950 })
  await show(app, '/dashboard')
  await page.reload()
  const bell = page.getByRole('button', { name: /^Alerts: .*unread/ })
  await expect(bell).toBeVisible()
  await bell.click()
  const list = page.getByRole('dialog', { name: alertsText.title })
  await list.getByRole('button', { name: `${name} is at 90 % of the input tokens this month` }).click()
  await expect.poll(() => addressOf(page).get('user')).toBe(id)
  await expect(list).toBeHidden()

  await page.keyboard.press('a')
  await expect(list.getByRole('button', { name: alertsText.readAll })).toBeVisible()
  const readAt = async () =>
    (await ask(app, 'alerts.list', {})).alerts.find((alert) => alert.user_id === id)?.acknowledged_at
  await expect.poll(readAt).toEqual(expect.any(String))
  const { unread_count } = await ask(app, 'alerts.list', {})
  if (unread_count > 0) {
    await page.getByRole('button', { name: alertsText.readAll }).click()
    await expect(page.getByText(alertsText.allRead)).toBeVisible()
  }
  await expect(page.getByRole('button', { name: alertsText.bell(0) })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: alertsText.title })).toBeHidden()
})
