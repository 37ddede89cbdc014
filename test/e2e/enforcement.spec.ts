import { auditText } from '../../renderer/text/audit.ts'
import { enforcementScreenText } from '../../renderer/text/enforcement.ts'
import { addressOf, expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { textDownloadedBy } from './support/downloads.ts'
import { roomInHour } from './support/hour.ts'
import { injected, overflow, panel } from './support/screens.ts'

const { state, pause, override, tester, events, ladder } = enforcementScreenText

test('pausing wants a reason, shows a countdown everywhere, and is resumed by one click', async ({
  crowd: app,
}) => {
  const { page } = app
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await expect(page.getByText(state.on)).toBeVisible()
  await page.getByRole('button', { name: state.pause }).click()
  const dialog = page.getByRole('dialog', { name: pause.titleOff })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await dialog.getByRole('button', { name: pause.goOff }).click()
  await expect(dialog.getByText(pause.reasonNeeded)).toBeVisible()
  await dialog.getByLabel(pause.reason).fill('Prices are wrong <b>')
  await dialog.getByText(pause.hour, { exact: true }).click()
  await dialog.getByRole('button', { name: pause.goOff }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText(state.off)).toBeVisible()
  expect((await ask(app, 'enforcement.get', {})).in_force).toMatchObject({ mode: 'off' })

  await show(app, '/users')
  const banner = page.getByText(/every check says yes \(Prices are wrong <b>\)\. .*by itself in \d+/)
  await expect(banner).toBeVisible()
  await expect(page.getByRole('heading', { level: 1, name: 'User consumption' })).toBeVisible()
  await page.getByRole('button', { name: 'Resume now' }).click()
  await expect(banner).toBeHidden()
  expect((await ask(app, 'enforcement.get', {})).in_force).toMatchObject({ mode: 'on', reason: null })
})

test('an override says whom it stops before it is set, and ends by one click', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/enforcement')
  await page.getByRole('button', { name: override.set }).click()
  const dialog = page.getByRole('dialog', { name: override.dialog })
  await dialog.getByLabel(override.perHour).fill('0')
  await expect(dialog.getByText(/users become blocked now/)).toBeVisible()
  await dialog.getByLabel(override.perHour).fill('100000')
  await expect(dialog.getByText(override.nobodyBlocked)).toBeVisible()
  await dialog.getByLabel(pause.reason).fill('The provider throttles us')
  await dialog.getByRole('button', { name: override.go }).click()
  await expect(dialog).toBeHidden()
  await expect(panel(page, override.title).getByText('for everybody')).toBeVisible()
  await expect(
    panel(page, ladder.title).getByRole('listitem').filter({ hasText: 'Emergency override' }),
  ).not.toContainText(ladder.nobody)
  await page.getByRole('button', { name: override.clear }).click()
  await expect(panel(page, override.title).getByText(override.none)).toBeVisible()
})

test('the tester says rule by rule why a user may not, and counts nothing', async ({ crowd: app }) => {
  const { page } = app
  // The limits tell when they start again.
  await roomInHour()
  const before = await ask(app, 'consumption.summary', { user_id: 'at-100' })
  await show(app, '/enforcement')
  const answer = panel(page, tester.title)
  await answer.getByLabel(tester.user).first().fill('at-100')
  await page.keyboard.press('Escape')
  await answer.getByRole('button', { name: tester.ask }).click()
  await expect(answer.getByText('input_token_quota_exceeded')).toBeVisible()
  await expect(answer.getByText(/are used up; the next turn is possible from/).first()).toBeVisible()
  await expect(answer.getByText(tester.notAsked).first()).toBeVisible()
  await expect.poll(() => addressOf(page).get('test')).toBe('at-100')
  // How much one check may keep from others is said, and an estimate that is cut to it as well.
  await expect(answer.getByText(tester.cap('2 000 000', 10))).toBeVisible()
  await answer.getByLabel(tester.input).fill('5000000')
  await answer.getByRole('button', { name: tester.ask }).click()
  await expect(answer.getByText(tester.reserves('0', '0', false)), 'a refusal reserves nothing').toBeVisible()
  await answer.getByLabel(tester.user).first().fill('quiet-02')
  await page.keyboard.press('Escape')
  await answer.getByRole('button', { name: tester.ask }).click()
  await expect(answer.getByText(tester.reserves('2 000 000', '0', true))).toBeVisible()
  const after = await ask(app, 'consumption.summary', { user_id: 'at-100' })
  expect(after.limits).toEqual(before.limits)
})

test('what was blocked is listed with what the caller was told, counted, filtered and taken along', async ({
  crowd: app,
}) => {
  const { page } = app
  const name = `=blocked-${app.face}`
  const id = `blocked-${app.face}`
  await ask(app, 'users.create', { id, username: name })
  await ask(app, 'users.update', { id, is_active: false })
  await ask(app, 'limits.check', { user_id: id }).catch((error) =>
    expect(String(error)).toContain('inactive'),
  )
  await show(app, `/enforcement?user=${id}`)
  const list = panel(page, events.title)
  const row = list.getByRole('row').filter({ hasText: name })
  await expect(row).toContainText('This user is switched off. Ask your operator.')
  await list.getByRole('button', { name: /User is switched off/ }).click()
  await expect.poll(() => addressOf(page).get('code')).toBe('user_inactive')
  const csv = await textDownloadedBy(app, async () => {
    await list.getByRole('button', { name: events.export }).click()
    await page.getByRole('menuitem', { name: /CSV/ }).first().click()
  })
  // A name that a spreadsheet would run is marked as text.
  expect(csv).toContain(`'=blocked-${app.face}`)
  await list.getByLabel(events.kind).selectOption('bypassed')
  await expect(list.getByText(events.noMatch)).toBeVisible()
  await list.getByRole('button', { name: events.clear }).click()
  await page.setViewportSize({ width: 960, height: 700 })
  expect(await overflow(page)).toBe(0)
  expect(await injected(page)).toEqual({ hacked: false, elements: 0 })
})

test('the audit log finds a change, shows what differs, and leads to the user', async ({ crowd: app }) => {
  const { page } = app
  const id = `audited-${app.face}`
  await ask(app, 'users.create', { id, username: 'Before' })
  await ask(app, 'users.update', { id, username: 'After <i>' })
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await page.getByLabel(auditText.filters.about).fill(id)
  const rows = page.getByRole('row').filter({ hasText: id })
  await expect(rows).toHaveCount(2)
  await page.getByLabel(auditText.filters.action).selectOption('users.update')
  await expect(rows).toHaveCount(1)
  await rows.getByRole('button', { name: '1 field' }).click()
  const change = page.getByRole('row', { name: 'username Before After <i>', exact: true })
  await expect(change).toBeVisible()
  await rows.getByRole('button', { name: `user ${id}` }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'After <i>' })).toBeVisible()
})
