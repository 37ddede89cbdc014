import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'

test('look', async ({ crowd: app }) => {
  test.setTimeout(120_000)
  const { page } = app
  await page.setViewportSize({ width: 1360, height: 1000 })
  await ask(app, 'users.update', { id: 'quiet-02', is_active: false })
  await ask(app, 'limits.check', { user_id: 'quiet-02' }).catch(() => {})
  await ask(app, 'enforcement.set', {
    mode: 'observe',
    reason: 'Trying the new limits',
    until: new Date(Date.now() + 3e6).toISOString(),
  })
  await ask(app, 'limits.check', { user_id: 'at-100' })
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    for (const [name, address] of [
      ['enf', '/enforcement?test=at-100'],
      ['user', '/user?id=at-100'],
      ['audit', '/audit'],
      ['drawer', '/users?user=sample-amira'],
    ] as const) {
      await show(app, address)
      await page.waitForTimeout(1800)
      if (name === 'audit') await page.getByRole('button', { name: /field/ }).first().click()
      await page.screenshot({ path: `/tmp/b-${name}-${theme}.png` })
      const scroller = name === 'drawer' ? '.mantine-Drawer-content' : 'main'
      await page.evaluate((s) => document.querySelector(s)?.scrollTo(0, 900), scroller)
      await page.waitForTimeout(600)
      await page.screenshot({ path: `/tmp/b-${name}-${theme}-2.png` })
    }
  }
  await show(app, '/enforcement')
  await page.getByRole('button', { name: 'Set an override …' }).click()
  await page.getByRole('dialog').getByLabel('Prompts per hour').fill('1')
  await page.waitForTimeout(1000)
  await page.screenshot({ path: `/tmp/b-override.png` })
  await ask(app, 'enforcement.set', { mode: 'on' })
  expect(1).toBe(1)
})
