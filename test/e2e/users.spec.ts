import { consumptionText } from '../../renderer/text/consumption.ts'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { addressOf, expect, type RunningApp, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { watchCalls } from './support/calls.ts'
import { AT_PERCENT, HOSTILE, HOSTILE_USER } from './support/crowd.ts'
import { injected, overflow, panel, userIds, userRow, userRows } from './support/screens.ts'

type Row = OperationOutput<'consumption.users'>['users'][number]

async function everybody(app: RunningApp): Promise<ReadonlyMap<string, Row>> {
  const { users } = await ask(app, 'consumption.users', { limit: 1000 })
  return new Map(users.map((user) => [user.user_id, user]))
}

test('threshold chips keep who is at or above, together with sort and search, until the filter is cleared', async ({
  crowd: app,
}) => {
  const { page } = app
  const rows = await everybody(app)
  const over = (percent: number) => [...rows.values()].filter((row) => (row.usage_percent ?? 0) >= percent)
  await show(app, '/users')
  for (const percent of [50, 75, 80, 90]) {
    await page.getByText(consumptionText.threshold.from(percent), { exact: true }).click()
    await expect(userRows(page)).toHaveCount(over(percent).length)
    await expect(
      page.getByText(consumptionText.count.filtered(String(over(percent).length), String(rows.size))),
    ).toBeVisible()
  }
  await page.getByText('Blocked', { exact: true }).first().click()
  const blocked = [...rows.values()].filter((row) => row.status === 'blocked')
  await expect(userRows(page)).toHaveCount(blocked.length)
  for (const row of await userRows(page).all()) await expect(row).toContainText('Blocked')

  // The key goes on to the first chip, All, and from there to 50 %.
  await page.keyboard.press('t')
  await expect(page.getByRole('button', { name: consumptionText.filters.clear })).toBeHidden()
  await page.keyboard.press('t')
  await expect.poll(() => addressOf(page).get('threshold')).toBe('50')
  await page.getByRole('searchbox').fill('limit')
  await expect(userRows(page)).toHaveCount(AT_PERCENT.filter((percent) => percent >= 50).length)
  await page.getByRole('columnheader', { name: 'User', exact: true }).getByRole('button').click()
  await expect.poll(async () => (await userIds(page))[0]).toBe('at-55')
  await page.getByRole('button', { name: consumptionText.filters.clear }).click()
  await expect(page.getByText(consumptionText.count.all(rows.size, String(rows.size)))).toBeVisible()
  await expect(page.getByRole('searchbox')).toHaveValue('')
})

test('a slash goes to the search, which finds by name, id and email and says when nobody matches', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/users')
  await expect(userRows(page).first()).toBeVisible()
  await page.keyboard.press('/')
  const box = page.getByRole('searchbox')
  await expect(box).toBeFocused()
  await page.keyboard.type('limit-96@example')
  await expect(userRows(page)).toHaveCount(1)
  await expect(userRows(page)).toContainText('Limit 96')
  await box.fill('%')
  await expect(page.getByText(consumptionText.empty.noMatch)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(box).toHaveValue('')
  await expect(userRows(page).nth(49)).toBeVisible()
})

test('more than fifty users come in pages, and another order begins at the first', async ({ crowd: app }) => {
  const { page } = app
  const rows = await everybody(app)
  await show(app, '/users?sort=username&order=asc')
  await expect(userRows(page)).toHaveCount(50)
  const first = await userIds(page)
  await page
    .getByRole('navigation', { name: 'Pages of the table' })
    .getByRole('button', { name: '2' })
    .click()
  await expect(userRows(page)).toHaveCount(rows.size - 50)
  expect((await userIds(page)).filter((id) => first.includes(id))).toEqual([])
  await expect(page.getByText(`51 to ${rows.size} of ${rows.size}`)).toBeVisible()
  await page.reload()
  await expect(userRows(page)).toHaveCount(rows.size - 50)
  await page.getByRole('columnheader', { name: 'Tokens in', exact: true }).getByRole('button').click()
  await expect(userRows(page)).toHaveCount(50)
  expect(addressOf(page).get('page')).toBeNull()
})

test('refreshing keeps the filter, the order and the row the keyboard is on', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/users?search=limit&sort=username&order=desc')
  await expect(userRows(page)).toHaveCount(AT_PERCENT.length)
  const order = await userIds(page)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(userRow(page, order[1] ?? '')).toBeFocused()
  const calls = await watchCalls(app)
  await page.keyboard.press('F5')
  await expect(page.getByText('updated just now')).toBeVisible()
  const asked = async () => (await calls.names()).filter((name) => name.startsWith('consumption.'))
  // The note of its age may still be that of the answer before.
  await expect.poll(asked).not.toEqual([])
  expect(await asked(), 'the figures of the screen cost one call').toEqual(['consumption.users'])
  await calls.stop()
  await expect(userRow(page, order[1] ?? '')).toBeFocused()
  expect(await userIds(page)).toEqual(order)
  await expect(page.getByRole('searchbox')).toHaveValue('limit')
  // Enter opens the user of that row.
  await page.keyboard.press('Enter')
  await expect.poll(() => addressOf(page).get('user')).toBe(order[1])
})

test('names and questions with markup, right-to-left text, emoji and 10 000 characters are shown as text', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/users?search=hostile-&columns=profile,usage,email,id')
  await expect(userRows(page)).toHaveCount(Object.keys(HOSTILE).length)
  for (const [id, username] of Object.entries(HOSTILE)) {
    await expect(userRow(page, `hostile-${id}`).getByRole('rowheader')).toHaveText(username)
  }
  expect(await injected(page)).toEqual({ hacked: false, elements: 0 })
  expect(await overflow(page)).toBe(0)

  await show(app, '/dashboard')
  const questions = panel(page, 'Top questions by cost')
  await expect(questions.getByRole('listitem').first()).toContainText('<svg onload="window.hacked=1"></svg>')
  await expect(panel(page, 'Top sessions by cost').getByRole('listitem').first()).toContainText(
    HOSTILE.markup,
  )
  await page.getByText(HOSTILE.markup).first().hover()
  expect(await injected(page)).toEqual({ hacked: false, elements: 0 })
  expect(await overflow(page)).toBe(0)

  await show(app, `/dashboard?user=${HOSTILE_USER}&models=cost`)
  await expect(panel(page, 'Models')).toContainText(HOSTILE.markup)
  await expect(panel(page, 'Models')).toContainText(HOSTILE.attribute)
  // The palette finds and shows them as well.
  await page.keyboard.press('Control+k')
  await page.keyboard.type('hostile-')
  await expect(page.getByRole('dialog').getByText(HOSTILE.markup)).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await injected(page)).toEqual({ hacked: false, elements: 0 })
  expect(await overflow(page)).toBe(0)
})
