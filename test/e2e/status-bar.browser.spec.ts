import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'

/** What the longest name of a time zone makes of the line, with work going on that says how far it is. */
const ZONE = 'America/Argentina/ComodRivadavia'

test('the status bar stays one line in a usual window, also with two works going on and a long time zone', async ({
  crowd: app,
}) => {
  const { page } = app
  const status = await ask(app, 'status.get', {})
  const importing = {
    run_id: 'import-1',
    kind: 'import',
    status: 'running',
    phase: 'reading',
    files_done: 12_345,
    files_total: 99_999,
  }
  await page.route('**/api/v1/admin/status', (route) =>
    route.fulfill({
      json: {
        ...status,
        time_zone: ZONE,
        turns: 123_456_789,
        running_import: importing,
        running_reprice: { run_id: 'reprice-1', turns_done: 123_456, turns_total: 1_234_567 },
      },
    }),
  )
  const bar = page.locator('.status-bar')
  const lines = () => bar.evaluate((element) => Math.round(element.clientHeight / 26))
  await show(app, '/users')
  await page.reload()
  await expect(bar.locator('.status-work')).toHaveCount(2)
  await expect(bar).toContainText(ZONE)
  expect(await lines()).toBe(1)
  // Smaller than that it wraps: nothing sticks out and nothing is cut off.
  await page.setViewportSize({ width: 960, height: 640 })
  expect(await lines()).toBeGreaterThan(1)
  expect(await bar.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0)
  for (const fact of [ZONE, '123 456 789 turns']) await expect(bar.getByText(fact)).toBeVisible()
  await page.unroute('**/api/v1/admin/status')
})
