import { formatCount, formatMoneyExact, formatPercent } from '../../renderer/format.ts'
import { sessionsText } from '../../renderer/text/sessions.ts'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { addressOf, expect, type RunningApp, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { watchCalls } from './support/calls.ts'
import { AT_PERCENT } from './support/crowd.ts'
import { roomInHour } from './support/hour.ts'
import { card, panel } from './support/screens.ts'

type SystemSummary = OperationOutput<'consumption.systemSummary'>

/** A user whose figures these tests move. */
const MOVED = `at-${AT_PERCENT[0]}`

function summaryOf(app: RunningApp, period: 'current' | 'all'): Promise<SystemSummary> {
  return ask(app, 'consumption.systemSummary', { period })
}

test('every card of the dashboard shows what the ledger adds up to', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/dashboard?range=all')
  const all = await summaryOf(app, 'all')
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(all.total_input_tokens)} tokens`)
  await expect(card(page, 'Tokens out')).toContainText(`${formatCount(all.total_output_tokens)} tokens`)
  await expect(card(page, 'Sessions')).toContainText(formatCount(all.total_sessions))
  await expect(card(page, 'Cost (est.)')).toContainText(formatMoneyExact(all.estimated_cost_usd))
  await expect(card(page, 'Success rate')).toContainText(
    `${formatCount(all.failed_turns)} failed of ${formatCount(all.total_turns)}`,
  )
  await expect(card(page, 'Blocked requests')).toContainText(formatCount(all.blocked_requests))
  await expect(card(page, 'RAG-guided')).toContainText(formatPercent(all.rag_activation_rate_percent))
  await expect(card(page, 'Active users')).toContainText(`of ${formatCount(all.total_users)}`)
  expect(all.total_turns, 'the test looks at figures that are not zero').toBeGreaterThan(100)
})

test('velocity has a bar for each of the last 24 hours, also as a table', async ({ crowd: app }) => {
  const { page } = app
  await roomInHour()
  await page.reload()
  const { velocity_data: hours } = await summaryOf(app, 'current')
  const velocity = panel(page, 'Velocity')
  await expect(velocity.locator('canvas')).toBeVisible()
  await velocity.getByRole('button', { name: 'Show as table' }).click()
  const rows = velocity.locator('tbody tr')
  await expect(rows).toHaveCount(24)
  expect(hours).toHaveLength(24)
  const sums = await rows.evaluateAll((all) =>
    all.map((row) =>
      [...row.querySelectorAll('td')].reduce((sum, cell) => sum + Number(cell.textContent), 0),
    ),
  )
  expect(sums).toEqual(hours.map((hour) => hour.turns))

  // What the charts count is a matter of the address, and of one key.
  await page.keyboard.press('v')
  await expect.poll(() => addressOf(page).get('chart')).toBe('tokens')
  await expect(velocity.getByRole('columnheader', { name: 'Tokens in' })).toBeVisible()
  await velocity.getByRole('button', { name: 'Show as chart' }).click()
  await expect(velocity.locator('canvas')).toBeVisible()
})

test('models are compared by turns, tokens or cost, largest first', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/dashboard?range=all')
  const { model_distribution: models } = await summaryOf(app, 'all')
  const list = panel(page, 'Models').getByRole('listitem')
  const byTurns = models.toSorted((one, other) => other.turns - one.turns)[0]
  await expect(list.first()).toContainText(byTurns?.model ?? 'no model')
  await expect(list.first()).toContainText(formatCount(byTurns?.turns ?? 0))
  await panel(page, 'Models').getByText('Cost (est.)').click()
  await expect.poll(() => addressOf(page).get('models')).toBe('cost')
  const byCost = models.toSorted((one, other) => other.cost_usd - one.cost_usd)[0]
  await expect(list.first()).toContainText(byCost?.model.slice(0, 20) ?? 'no model')
})

test('a session and a question of the top lists lead to their session, and Back leads back', async ({
  crowd: app,
}) => {
  const { page } = app
  const { top_expensive_queries: sessions, top_expensive_questions: questions } = await summaryOf(
    app,
    'current',
  )
  const [session] = sessions
  const question = questions[1]
  if (session === undefined || question === undefined) throw new Error('The crowd has no top sessions')
  await panel(page, 'Top sessions by cost').getByRole('button').first().click()
  await expect.poll(() => addressOf(page).get('session')).toBe(session.session_id)
  await expect(panel(page, sessionsText.inspector.timeline)).toBeVisible()
  await page.goBack()
  await expect(panel(page, sessionsText.inspector.timeline)).toBeHidden()
  await panel(page, 'Top questions by cost').getByRole('button').nth(1).click()
  await expect.poll(() => addressOf(page).get('of')).toBe(question.user_id)
  await expect(panel(page, sessionsText.inspector.timeline)).toBeVisible()
})

test('the chosen range is in the address and survives loading the page again', async ({ crowd: app }) => {
  const { page } = app
  const all = await summaryOf(app, 'all')
  await page.getByRole('combobox', { name: 'Range' }).click()
  await page.getByRole('option', { name: 'All time' }).click()
  await expect.poll(() => addressOf(page).get('range')).toBe('all')
  await expect(card(page, 'Tokens in')).toContainText('all time')
  await page.reload()
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(all.total_input_tokens)} tokens`)
  await expect(page.getByRole('combobox', { name: 'Range' })).toHaveValue('All time')
  expect(addressOf(page).get('range')).toBe('all')
})

test('a refresh by itself costs one call and keeps whose figures they are, the scroll and the focus', async ({
  crowd: app,
}) => {
  const { page } = app
  const calls = await watchCalls(app)
  await page.getByRole('button', { name: /^Refresh by itself/ }).click()
  await page.getByRole('menuitemradio', { name: /10/ }).click()
  await show(app, `/dashboard?user=${MOVED}&range=all`)
  const before = await ask(app, 'consumption.summary', { user_id: MOVED, period: 'all' })
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(before.total_input_tokens)} tokens`)

  const question = panel(page, 'Top questions by cost')
  await question.scrollIntoViewIfNeeded()
  const focused = panel(page, 'Velocity').getByRole('button', { name: 'Show as table' })
  await focused.evaluate((button) => button instanceof HTMLElement && button.focus({ preventScroll: true }))
  const main = page.locator('main')
  const scrolledTo = await main.evaluate((element) => element.scrollTop)
  expect(scrolledTo, 'the dashboard is long enough to scroll').toBeGreaterThan(50)

  await recordTurn(app, {
    user_id: MOVED,
    session_id: `${MOVED}-refresh-${app.face}`,
    turn_number: before.total_turns + 1,
    input_tokens: 17,
  })
  await calls.clear()
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(before.total_input_tokens + 17)} tokens`)
  const asked = (await calls.names()).filter((name) => name.startsWith('consumption.'))
  expect(asked, 'what the shell asks for on every screen apart').toEqual(['consumption.summary'])
  expect(addressOf(page).get('user')).toBe(MOVED)
  expect(addressOf(page).get('range')).toBe('all')
  expect(await main.evaluate((element) => element.scrollTop)).toBe(scrolledTo)
  await expect(focused).toBeFocused()
  await calls.stop()
})

test('a turn that somebody else records is on the open dashboard without a click', async ({ crowd: app }) => {
  const { page } = app
  await show(app, `/dashboard?user=${MOVED}&range=all`)
  const before = await ask(app, 'consumption.summary', { user_id: MOVED, period: 'all' })
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(before.total_input_tokens)} tokens`)
  await expect(page.locator('footer[data-live="live"]')).toBeVisible()
  const calls = await watchCalls(app)
  await recordTurn(app, {
    user_id: MOVED,
    session_id: `${MOVED}-live-${app.face}`,
    turn_number: 1,
    input_tokens: 19,
  })
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(before.total_input_tokens + 19)} tokens`)
  const asked = (await calls.names()).filter((name) => name.startsWith('consumption.'))
  expect(asked).toEqual(['consumption.summary'])
  await calls.stop()
})
