import type { Page } from '@playwright/test'
import { componentsText } from '../../renderer/text/components.ts'
import { profilesText as text } from '../../renderer/text/profiles.ts'
import { addressOf, expect, show, test } from './app.ts'
import { ask, request } from './support/api.ts'
import { textDownloadedBy } from './support/downloads.ts'
import { roomInHour } from './support/hour.ts'

const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) })

async function menu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: text.more(name), exact: true }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

test('an edit says by name who would be blocked, holds with the next check, and is undone', async ({
  app,
}) => {
  const { page } = app
  await ask(app, 'setup.startEmpty', {})
  const { profiles } = await ask(app, 'profiles.list', {})
  const free = profiles.find(({ name }) => name === 'Free')?.id ?? 0
  for (const id of ['busy', 'idle'])
    await ask(app, 'users.create', { id, username: `Name of ${id}`, consumption_profile_id: free })
  await roomInHour()
  for (let turn = 0; turn < 3; turn += 1) await ask(app, 'limits.check', { user_id: 'busy' })

  await show(app, '/profiles')
  await row(page, 'Free')
    .getByRole('button', { name: text.editThis('Free') })
    .click()
  const form = page.getByRole('dialog', { name: text.form.editTitle('Free') })
  await expect(form.getByText(text.effect.unchanged)).toBeVisible()
  await form.getByLabel(text.columns.prompts_per_hour).fill('3')
  await expect(form.getByText(text.effect.blocked(1))).toBeVisible()
  await expect(form.getByText('Name of busy')).toBeVisible()
  await expect(form.getByText('Name of idle')).toHaveCount(0)
  await form.getByLabel(text.columns.prompts_per_day).fill('')
  await page.keyboard.press('Control+s')
  await expect(page.getByText(text.saved('Free'))).toBeVisible()
  await expect(form).toHaveCount(0)
  expect(addressOf(page).get('edit')).toBeNull()
  await expect(row(page, 'Free')).toContainText(text.unlimited)
  expect((await request(app, 'limits.check', { user_id: 'busy' })).problem?.code).toBe(
    'hourly_limit_exceeded',
  )

  await page.keyboard.press('Control+z')
  await expect(page.getByText(text.undone('Free'))).toBeVisible()
  expect((await request(app, 'limits.check', { user_id: 'busy' })).status).toBe(200)
})

test('the profiles are taken along for a spreadsheet, with their limits and how many have each', async ({
  app,
}) => {
  const { page } = app
  await ask(app, 'setup.startEmpty', {})
  await ask(app, 'users.create', { id: 'ann', username: 'Ann' })
  await show(app, '/profiles')
  const csv = await textDownloadedBy(app, async () => {
    await page.getByRole('button', { name: text.export, exact: true }).click()
    await page.getByRole('menuitem', { name: componentsText.export.csv }).click()
  })
  const [head, ...rows] = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  const at = (name: string) => head?.indexOf(name) ?? -1
  const unlimited = rows.find((row) => row[at('name')] === 'Unlimited')
  expect([unlimited?.[at('prompts_per_hour')], unlimited?.[at('user_count')]]).toEqual(['1000', '1'])
})

test('a profile is duplicated by keyboard, made the default, deactivated and deleted with its users moved', async ({
  app,
}) => {
  const { page } = app
  await ask(app, 'setup.startEmpty', {})
  await show(app, '/profiles')
  await expect(row(page, 'Free')).toBeVisible()
  // The first press goes to the first row.
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  const form = page.getByRole('dialog', { name: text.form.copyTitle('Free') })
  await expect(form.getByLabel(text.form.name)).toHaveValue('Free copy')
  await form.getByLabel(text.form.name).fill('Team')
  await form.getByLabel(text.columns.prompts_per_hour).fill('0')
  await expect(form.getByText(text.form.isBlocking, { exact: true })).toBeVisible()
  await form.getByRole('button', { name: text.form.create }).click()
  await expect(row(page, 'Team')).toContainText(text.blocks)

  const team = (await ask(app, 'profiles.list', {})).profiles.find(({ name }) => name === 'Team')?.id ?? 0
  await ask(app, 'users.create', { id: 'ann', username: 'Ann', consumption_profile_id: team })
  await page.keyboard.press('F5')
  await expect(page.getByRole('link', { name: text.usersOf('Team', 1) })).toBeVisible()

  await menu(page, 'Team', text.makeDefault)
  await expect(row(page, 'Team')).toContainText(text.isDefault)
  await page.getByRole('button', { name: text.more('Team'), exact: true }).click()
  await expect(page.getByRole('menuitem', { name: text.delete })).toBeDisabled()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await expect(row(page, 'Unlimited')).toContainText(text.isDefault)

  await menu(page, 'Team', text.deactivate)
  const off = page.getByRole('dialog', { name: text.off.title('Team') })
  await expect(off.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await off.getByRole('button', { name: text.off.yes }).click()
  await expect(row(page, 'Team')).toContainText(text.isInactive)

  await menu(page, 'Team', text.delete)
  const remove = page.getByRole('dialog', { name: text.remove.title('Team') })
  const yes = remove.getByRole('button', { name: text.remove.yes })
  await remove.getByLabel(text.remove.typeLabel).fill('Team')
  await expect(yes).toBeDisabled()
  await remove.getByRole('combobox', { name: text.remove.moveTo(1) }).click()
  await page.getByRole('option', { name: 'Pro' }).click()
  await yes.click()
  await expect(page.getByText(text.remove.moved('Team', 1))).toBeVisible()
  await expect(row(page, 'Team')).toHaveCount(0)
  const { users } = await ask(app, 'users.list', {})
  expect(users[0]?.profile_name).toBe('Pro')
})
