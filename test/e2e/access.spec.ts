import { accessText as text } from '../../renderer/text/access.ts'
import { connectText } from '../../renderer/text/connect.ts'
import { addressOf, expect, type RunningApp, show, test } from './app.ts'
import { ask, recordTurn, request } from './support/api.ts'
import { textDownloadedBy } from './support/downloads.ts'
import { panel, userIds, userRow, userRows } from './support/screens.ts'

async function withUsers(app: RunningApp, count: number): Promise<void> {
  await ask(app, 'setup.startEmpty', {})
  for (let at = 0; at < count; at += 1) {
    const id = `user-${String(at).padStart(2, '0')}`
    await ask(app, 'users.create', { id, username: `User ${at}` })
  }
}

async function menu({ page }: RunningApp, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: text.users.more(name), exact: true }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

test('a user is added, changed, let out and in again with undo, and deleted in both ways', async ({
  app,
}) => {
  const { page } = app
  await withUsers(app, 2)
  await recordTurn(app, { user_id: 'user-01', session_id: 's1', turn_number: 1 })
  await show(app, '/access')
  await expect(userRows(page)).toHaveCount(2)
  await page.keyboard.press('n')
  const form = page.getByRole('dialog', { name: text.form.newTitle })
  await form.getByRole('textbox', { name: text.form.username, exact: true }).fill('Ann')
  await form.getByLabel(text.form.id).fill('ann')
  await page.keyboard.press('Enter')
  await expect(userRow(page, 'ann')).toBeVisible()
  await userRow(page, 'ann').click()
  const edit = page.getByRole('dialog', { name: text.form.editTitle('Ann') })
  await edit.getByLabel(text.form.email).fill('ann@example.org')
  await edit.getByRole('button', { name: text.form.save }).click()
  await expect(userRow(page, 'ann')).toContainText('ann@example.org')

  await menu(app, 'Ann', text.users.deactivate)
  await expect(userRow(page, 'ann')).toContainText(text.users.inactive)
  expect((await request(app, 'limits.check', { user_id: 'ann' })).problem?.code).toBe('user_inactive')
  await page.keyboard.press('Control+z')
  await expect(userRow(page, 'ann')).toContainText(text.users.active)

  await menu(app, 'Ann', text.users.delete)
  const kept = page.getByRole('dialog', { name: text.remove.title('Ann') })
  await expect(kept.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(kept.getByRole('button', { name: text.remove.yes })).toBeDisabled()
  await kept.getByLabel(text.remove.typeLabel).fill('ann')
  await kept.getByRole('button', { name: text.remove.yes }).click()
  await expect(userRow(page, 'ann')).toHaveCount(0)
  await show(app, '/access?status=deleted')
  await menu(app, 'Ann', text.users.restore)
  await expect(page.getByText(text.users.noMatch)).toBeVisible()

  await show(app, '/access?sort=id')
  await menu(app, 'User 1', text.users.delete)
  const removed = page.getByRole('dialog', { name: text.remove.title('User 1') })
  await expect(removed.getByText('1 turn in 1 session')).toBeVisible()
  await removed.getByRole('radio', { name: text.remove.removed }).click()
  await removed.getByLabel(text.remove.typeLabel).fill('user-01')
  await removed.getByRole('button', { name: text.remove.yes }).click()
  await expect(page.getByText(text.remove.doneRemoved('User 1'))).toBeVisible()
  expect((await ask(app, 'books.verify', {})).differences).toEqual([])
  expect((await request(app, 'users.update', { id: 'user-01', is_admin: true })).status).toBe(404)
})

test('ticked rows, and all of a filter, get a profile together, and the undo gives everybody the old one', async ({
  app,
}) => {
  const { page } = app
  await withUsers(app, 30)
  await show(app, '/access?size=25&sort=id')
  await expect(userRows(page)).toHaveCount(25)
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.getByRole('checkbox', { name: text.users.tick('User 1'), exact: true }).click()
  await expect(page.getByText(text.bulk.ticked(2))).toBeVisible()
  // Neither a refresh nor another page loses a tick.
  await page.keyboard.press('F5')
  await page
    .getByRole('navigation', { name: 'Pages of the table' })
    .getByRole('button', { name: '2' })
    .click()
  await expect(userRows(page)).toHaveCount(5)
  await expect(page.getByText(text.bulk.ticked(2))).toBeVisible()
  await page.getByRole('button', { name: text.bulk.tickAll(30) }).click()
  await expect(page.getByText(text.bulk.all(30))).toBeVisible()

  await page.getByRole('combobox', { name: text.bulk.profile }).click()
  await page.getByRole('option', { name: 'Pro', exact: true }).click()
  await page.getByRole('button', { name: text.bulk.give, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: text.bulk.giveTitle(30, 'Pro') })
  await expect(dialog.getByText(text.bulk.effect(30, 0))).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await dialog.getByRole('button', { name: text.bulk.giveYes }).click()
  await expect(page.getByText(text.bulk.done(30))).toBeVisible()
  await expect(userRows(page).first()).toContainText('Pro')
  await page.keyboard.press('Control+z')
  await expect(page.getByText(text.bulk.undone(30))).toBeVisible()
  const { users } = await ask(app, 'users.list', {})
  expect(users.filter((user) => user.profile_name !== null)).toEqual([])

  await page.getByRole('columnheader', { name: text.users.columns.id }).getByRole('button').click()
  await expect.poll(() => addressOf(page).get('order')).toBe('desc')
  await expect.poll(async () => (await userIds(page))[0]).toBe('user-29')
})

test('a CSV file is looked at row by row before it is imported, and an export can be imported again', async ({
  app,
}) => {
  const { page } = app
  await withUsers(app, 1)
  await show(app, '/access')
  await page.getByRole('button', { name: text.users.import }).click()
  const dialog = page.getByRole('dialog', { name: text.import.title })
  const csv = 'id,username,profile\nuser-00,=Renamed,Pro\nnew-1,New One,\nbad id,x,\n'
  await dialog
    .locator('input[type="file"]')
    .setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await expect(dialog.getByText(`${text.import.bad}: 1`)).toBeVisible()
  await expect(dialog.getByText(text.import.change('profile', 'default', 'Pro'))).toBeVisible()
  await dialog.getByRole('button', { name: text.import.run(2) }).click()
  await expect(page.getByText(text.import.done(1, 1))).toBeVisible()
  await expect(dialog.getByText(`${text.import.same}: 2`)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(userRow(page, 'user-00')).toContainText('=Renamed')
  const { csv: exported } = await ask(app, 'users.export', {})
  expect(exported).toContain("'=Renamed")
  expect(await ask(app, 'users.import', { csv: exported, dry_run: true })).toMatchObject({
    same: 2,
    changed: 0,
    bad: 0,
  })
})

test('a token is made with a ready call, rotated with an overlap, and revoked', async ({ app }) => {
  const { page } = app
  await withUsers(app, 1)
  await show(app, '/access?tab=tokens')
  await expect(page.getByText(connectText.noTokens)).toBeVisible()
  await page.getByRole('button', { name: text.tokens.add }).click()
  const form = page.getByRole('dialog', { name: text.tokens.title })
  await form.getByLabel(text.tokens.name).fill('agent')
  await form.getByRole('button', { name: text.tokens.create }).click()
  const secret = page.locator('.secret-value')
  const first = await secret.innerText()
  await expect(panel(page, text.tokens.curl)).toContainText('curl')
  await page.getByRole('button', { name: connectText.saved }).click()
  await expect(page.getByText(first)).toHaveCount(0)

  await page.getByRole('button', { name: text.tokens.rotateThis('agent') }).click()
  const rotate = page.getByRole('dialog', { name: text.tokens.rotateTitle('agent') })
  await rotate.getByRole('button', { name: text.tokens.rotateYes }).click()
  const second = await secret.innerText()
  for (const token of [first, second]) {
    const answer = await request({ url: app.url, token }, 'limits.check', { user_id: 'user-00' })
    expect(answer.status).toBe(200)
  }
  await page.getByRole('button', { name: connectText.saved }).click()
  const csv = await textDownloadedBy(app, async () => {
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByRole('menuitem', { name: /CSV/ }).click()
  })
  expect(csv).toContain('agent')
  for (const secret of [first, second]) expect(csv).not.toContain(secret)
  const rows = panel(page, connectText.tokens).getByRole('row', { name: /agent/ })
  await expect(rows).toHaveCount(2)
  await rows
    .last()
    .getByRole('button', { name: connectText.revokeThis('agent') })
    .click()
  await page.getByRole('button', { name: connectText.revokeYes }).click()
  await expect(rows).toHaveCount(1)
  const after = await request({ url: app.url, token: first }, 'limits.check', { user_id: 'user-00' })
  expect(after.status).toBe(401)
})
