import { expect, show, test } from './app.ts'

test('no screen and no part of Weir asks anything of anybody but this machine', async ({ crowd: app }) => {
  const { page } = app
  // Beside what the page asks: what the program behind it and its threads connect to, from their first line on.
  for (const address of ['/dashboard?range=all', '/users', '/connect', '/import', '/welcome', '/nowhere']) {
    await show(app, address)
    await expect(page.getByRole('main')).toBeVisible()
    await page.waitForLoadState('networkidle')
  }
  expect(app.misdeeds.outside).toEqual([])
  expect(app.folder.outside()).toEqual([])
})
