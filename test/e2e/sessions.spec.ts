import { sessionsText } from '../../renderer/text/sessions.ts'
import { addressOf, expect, show, test } from './app.ts'
import { panel, userRows } from './support/screens.ts'

test('a session is found, sorted and opened down to its turns, and its address shows it again', async ({
  crowd: app,
}) => {
  const { page } = app
  await page.keyboard.press('g')
  await page.keyboard.press('t')
  await expect(page.getByRole('heading', { level: 1, name: 'Sessions & turns' })).toBeVisible()
  await expect(userRows(page).first()).toBeVisible()
  await page.getByRole('columnheader', { name: 'Turns', exact: true }).getByRole('button').click()
  await expect.poll(() => addressOf(page).get('sort')).toBe('turns')
  await userRows(page).first().click()
  await expect(panel(page, sessionsText.inspector.timeline).getByRole('listitem').first()).toBeVisible()
  await expect(panel(page, sessionsText.inspector.sums)).toBeVisible()
  await page.reload()
  await expect(panel(page, sessionsText.inspector.timeline)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(addressOf(page).get('session')).toBeNull()
})

test('a top session of the dashboard leads to its turns', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/dashboard?range=all')
  await panel(page, 'Top sessions by cost').getByRole('button').first().click()
  await expect(panel(page, sessionsText.inspector.timeline)).toBeVisible()
})
