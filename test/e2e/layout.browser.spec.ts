import { expect, show, test } from './app.ts'
import { card, overflow, panel, userRows } from './support/screens.ts'

/** The smallest window there is, and what twice the size of everything leaves of a usual one. */
const SIZES = [
  { name: '960 × 640', width: 960, height: 640 },
  { name: '200 % zoom', width: 680, height: 450 },
] as const

for (const { name, ...size } of SIZES) {
  test(`at ${name} nothing sticks out of a screen and every figure can be reached`, async ({
    crowd: app,
  }) => {
    const { page } = app
    const usual = page.viewportSize()
    await page.setViewportSize(size)
    await show(app, '/dashboard?user=at-96')
    await expect(panel(page, 'Limits')).toBeVisible()
    expect(await overflow(page), 'the dashboard of a user').toBe(0)
    await show(app, '/dashboard?range=all')
    for (const label of ['Sessions', 'Cost (est.)', 'Active users']) {
      await card(page, label).scrollIntoViewIfNeeded()
      await expect(card(page, label)).toBeInViewport()
    }
    await panel(page, 'Top questions by cost').scrollIntoViewIfNeeded()
    expect(await overflow(page), 'the dashboard').toBe(0)
    await show(app, '/users')
    await expect(userRows(page).first()).toBeVisible()
    await userRows(page).nth(20).scrollIntoViewIfNeeded()
    await expect(userRows(page).nth(20)).toBeInViewport()
    expect(await overflow(page), 'users').toBe(0)
    for (const address of ['/connect', '/import', '/welcome', '/guide?page=cli', '/guide?page=error-codes']) {
      await show(app, address)
      await expect(page.getByRole('textbox').first()).toBeVisible()
      expect(await overflow(page), address).toBe(0)
    }
    if (usual !== null) await page.setViewportSize(usual)
  })
}
