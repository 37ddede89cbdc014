import { connectText } from '../../renderer/text/connect.ts'
import { firstRunText } from '../../renderer/text/import.ts'
import { addressOf, expect, show, test } from './app.ts'
import { type Address, ask, request } from './support/api.ts'
import { roomInHour } from './support/hour.ts'
import { panel, userRow } from './support/screens.ts'

/** Prompts an hour of the Free profile. */
const FREE_PER_HOUR = 50

/** Asks until the answer is no; one more than the limit is enough. */
async function askUntilRefused(agent: Address, user: string) {
  for (let calls = 1; calls <= FREE_PER_HOUR + 1; calls += 1) {
    const answer = await request(agent, 'limits.check', { user_id: user })
    if (answer.status !== 200) return { calls, answer }
  }
  throw new Error('The hourly limit never held')
}

test('a token made here lets the agent in, holds its user to the limit, and is refused once revoked', async ({
  app,
}) => {
  const { page } = app
  await page.getByRole('radio', { name: firstRunText.empty.title }).click()
  await page.getByRole('button', { name: firstRunText.emptyButton }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Connect' })).toBeVisible()
  await expect(page.getByText(connectText.noTokens)).toBeVisible()
  await expect(page.getByText(app.url, { exact: true })).toBeVisible()

  await page.getByRole('textbox', { name: connectText.name }).fill('night agent')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: connectText.onceTitle('night agent') })).toBeVisible()
  const token = await page.locator('.secret-value').innerText()
  expect(token).toMatch(/^weir_\w+/)
  await page.getByRole('button', { name: connectText.saved }).click()
  await expect(page.getByText(token)).toHaveCount(0)
  const tokens = panel(page, connectText.tokens)
  await expect(tokens.getByRole('row', { name: /night agent/ })).toContainText(connectText.never)
  await page.reload()
  await expect(tokens.getByRole('row', { name: /night agent/ })).toBeVisible()
  expect(await page.content(), 'the token is shown once').not.toContain(token)

  const { profiles } = await ask(app, 'profiles.list', {})
  const free = profiles.find(({ name }) => name === 'Free')?.id ?? null
  await ask(app, 'users.create', { id: 'busy', username: 'Busy Bee', consumption_profile_id: free })
  await roomInHour()
  const agent = { url: app.url, token }
  const { calls, answer } = await askUntilRefused(agent, 'busy')
  expect(answer.status).toBe(429)
  expect(calls, 'the very next one after the limit').toBe(FREE_PER_HOUR + 1)
  expect(answer.problem?.code).toBe('hourly_limit_exceeded')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)

  await show(app, '/users')
  const row = userRow(page, 'busy')
  await expect(row).toContainText('Blocked')
  await expect(row).toContainText('hour 100%')
  await expect(row).toContainText(`${FREE_PER_HOUR} / ${FREE_PER_HOUR}`)
  await row.click()
  await expect.poll(() => addressOf(page).get('user')).toBe('busy')
  await expect(panel(page, 'Limits')).toContainText(
    `${FREE_PER_HOUR} of ${FREE_PER_HOUR} prompts this hour are used up; the next turn is possible from`,
  )
  expect(answer.problem?.detail, 'screen and interface say the same').toBe(
    await panel(page, 'Limits').getByText('are used up').innerText(),
  )

  await show(app, '/connect')
  await page.getByRole('button', { name: connectText.revokeThis('night agent') }).click()
  const dialog = page.getByRole('dialog', { name: connectText.revokeTitle('night agent') })
  await expect(dialog).toContainText('It was last used')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await dialog.getByRole('button', { name: connectText.revokeYes }).click()
  await expect(page.getByText(connectText.revoked('night agent'))).toBeVisible()
  await expect(page.getByText(connectText.noTokens)).toBeVisible()
  const after = await request(agent, 'limits.check', { user_id: 'busy' })
  expect(after.status).toBe(401)
  expect(after.problem?.code).toBe('unauthorized')
})
