import { accessText } from '../../renderer/text/access.ts'
import { userText } from '../../renderer/text/user.ts'
import { addressOf, expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { HOSTILE_USER } from './support/crowd.ts'
import { textDownloadedBy } from './support/downloads.ts'
import { injected, panel, userRow } from './support/screens.ts'

test('a click opens the user over the table; [ and ] go on; Escape leads back to the row', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/users?search=limit&sort=username&order=asc')
  await userRow(page, 'at-78').click()
  const drawer = page.getByRole('dialog')
  await expect(drawer.getByRole('heading', { level: 2, name: 'Limit 78' })).toBeVisible()
  await expect(panel(page, 'Limits')).toContainText('profile Free')
  await page.keyboard.press(']')
  await expect(drawer.getByRole('heading', { level: 2, name: 'Limit 85' })).toBeVisible()
  await page.keyboard.press('[')
  await expect(drawer.getByRole('heading', { level: 2, name: 'Limit 78' })).toBeVisible()
  await expect.poll(() => addressOf(page).get('user')).toBe('at-78')
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect.poll(() => addressOf(page).get('user')).toBeNull()
})

test('the page says who is blocked and why, and shows days, months, decisions and changes', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/user?id=at-100')
  await expect(panel(page, 'Limits')).toContainText('Blocked')
  await expect(panel(page, 'Limits')).toContainText('input tokens this month are used up')
  await expect(panel(page, userText.days.title)).toBeVisible()
  await expect(panel(page, userText.months.title)).toContainText(userText.months.none)
  await expect(panel(page, userText.decisions.title)).toContainText(
    'Blocked: Input tokens this month used up',
  )
  await expect(panel(page, userText.sessions.title)).toContainText('1 turn')
  await expect(panel(page, userText.tokens.title)).toContainText(userText.tokens.none)
  await expect(panel(page, userText.audit.title)).toContainText('User added')
})

test('profile and block are changed at once and undone by one click', async ({ crowd: app }) => {
  const { page } = app
  const id = `changed-${app.face}`
  await ask(app, 'users.create', { id, username: 'Changed' })
  const user = async () => (await ask(app, 'users.list', { search: id })).users[0]
  await show(app, `/user?id=${id}`)
  await page
    .getByRole('combobox', { name: userText.actions.profile, exact: true })
    .selectOption({ label: 'Free' })
  await expect(panel(page, 'Limits')).toContainText('profile Free')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(panel(page, 'Limits')).toContainText('default profile')
  await page.getByRole('button', { name: userText.actions.block, exact: true }).click()
  await expect(page.getByRole('button', { name: userText.actions.unblock })).toBeVisible()
  expect((await user())?.is_active).toBe(false)
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(page.getByRole('button', { name: userText.actions.block, exact: true })).toBeVisible()
  expect((await user())?.is_active).toBe(true)
})

test('a grant raises the limit that is shown, and ends when it is revoked', async ({ crowd: app }) => {
  const { page } = app
  const id = `granted-${app.face}`
  const { profiles } = await ask(app, 'profiles.list', {})
  const free = profiles.find((profile) => profile.name === 'Free')?.id ?? null
  await ask(app, 'users.create', { id, username: 'Granted', consumption_profile_id: free })
  await show(app, `/user?id=${id}`)
  await page.getByRole('button', { name: userText.actions.grant }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: userText.grants.go, exact: true }).click()
  await expect(dialog.getByText(userText.grants.amountWrong)).toBeVisible()
  await dialog.getByLabel(userText.grants.amount).fill('25')
  await dialog.getByLabel(userText.grants.reason).fill('Demo week')
  await dialog.getByRole('button', { name: userText.grants.go, exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(panel(page, 'Limits')).toContainText('0 of 75')
  await expect(panel(page, 'Limits')).toContainText('profile Free + grants')
  await panel(page, userText.grants.title)
    .getByRole('button', { name: /^Revoke/ })
    .click()
  await expect(panel(page, 'Limits')).toContainText('0 of 50')
})

test('a user is deleted from the drawer, which closes, and is let in again by Undo', async ({
  crowd: app,
}) => {
  const { page } = app
  const id = `going-${app.face}`
  await ask(app, 'users.create', { id, username: 'Going' })
  await show(app, `/users?search=${id}&user=${id}`)
  const drawer = page.getByRole('dialog', { name: /^User/ })
  await drawer.getByRole('button', { name: userText.actions.delete }).click()
  const dialog = page.getByRole('dialog', { name: accessText.remove.title('Going') })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(dialog.getByRole('button', { name: accessText.remove.yes })).toBeDisabled()
  await dialog.getByLabel(accessText.remove.typeLabel).fill(id)
  await dialog.getByRole('button', { name: accessText.remove.yes }).click()
  await expect(drawer).toBeHidden()
  await expect(userRow(page, id)).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(userRow(page, id)).toBeVisible()
})

test('a report of a hostile user is text and nothing else', async ({ crowd: app }) => {
  const { page } = app
  await show(app, `/user?id=${HOSTILE_USER}`)
  await page.getByRole('button', { name: userText.actions.report }).click()
  const report = await textDownloadedBy(app, () =>
    page.getByRole('menuitem', { name: userText.actions.reportMarkdown }).click(),
  )
  expect(report).toContain('\\<img src=x')
  expect(report).not.toMatch(/(?<!\\)<(img|script)/)
  expect(await injected(page)).toEqual({ hacked: false, elements: 0 })
})
