import { loginText } from '../../renderer/text/login.ts'
import { expect, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { servedProgram } from './support/faces.ts'
import { serve, stopProgram } from './support/processes.ts'
import { card } from './support/screens.ts'

test('a Weir that is killed leaves the figures on screen and says so; started again it has lost nothing', async ({
  app,
}) => {
  const { page, folder } = app
  await ask(app, 'setup.loadSample', {})
  await recordTurn(app, { user_id: 'sample-amira', session_id: 'last-words', turn_number: 1 })
  // All months: the comparison with the month before would move with the clock.
  await show(app, '/dashboard?range=all')
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  const figures = await card(page, 'Tokens in').innerText()

  const program = servedProgram(app)
  program.child.kill('SIGKILL')
  await program.ended
  await page.getByRole('button', { name: 'Refresh the figures now' }).click()
  await expect(page.getByText('Weir has not answered since', { exact: false })).toBeVisible()
  await expect(page.getByText('No answer', { exact: true })).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('What you see below is from')
  await expect(card(page, 'Tokens in')).toHaveText(figures, { useInnerText: true })

  await expect(page.locator('footer[data-live="lost"]')).toBeVisible()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('No answer', { exact: true })).toBeVisible()

  // The next one takes the same folder and port. The browser's session ended with the old one, which the page finds out
  // by itself: a page that has lost Weir asks every ten seconds.
  const again = await serve(folder, Number(new URL(app.url).port))
  await expect(page.getByRole('heading', { name: loginText.title })).toBeVisible({ timeout: 30_000 })
  await page.goto(again.loginUrl)
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  await show(app, '/dashboard?range=all')
  await expect(card(page, 'Tokens in')).toHaveText(figures, { useInnerText: true })
  await expect(page.locator('footer[data-live="live"]')).toBeVisible()
  expect((await ask({ url: app.url, token: again.run.token }, 'books.verify', {})).differences).toEqual([])
  await stopProgram(again.program)
  expect(await again.program.ended).toBe(0)
})
