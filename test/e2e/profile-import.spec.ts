import { profileImportText as text } from '../../renderer/text/profile-import.ts'
import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { expectUsable } from './support/axe.ts'
import { overflow } from './support/screens.ts'

test('profiles from a file are looked at with whom they stop, and then in force', async ({ app }) => {
  const { page } = app
  const { profiles: before } = await ask(app, 'profiles.list', {})
  const free = before.find((profile) => profile.name === 'Free')
  if (free === undefined) throw new Error('Free comes with Weir')
  await ask(app, 'users.create', { id: 'anna', username: 'Anna', consumption_profile_id: free.id })
  const file = {
    profiles: [
      { ...free, prompts_per_hour: 0, description: '<b>none</b>' },
      { ...free, name: 'Team <i>x</i>', prompts_per_hour: 77 },
      { ...free, name: 'Left', prompts_per_hour: 1 },
      { name: 'Broken', prompts_per_hour: -1 },
    ],
  }
  await show(app, '/profiles')
  await page.getByRole('button', { name: text.button, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: text.title })
  const buffer = Buffer.from(JSON.stringify(file))
  await dialog
    .locator('input[type=file]')
    .setInputFiles({ name: 'p.json', mimeType: 'application/json', buffer })
  const changed = dialog.getByRole('row', { name: /Free/ })
  await expect(changed).toContainText(text.change('Prompts / hour', '50', '0'))
  await expect(changed).toContainText('Anna')
  await expect(dialog.getByRole('row', { name: /Broken/ })).toContainText(text.kinds.unusable)
  await dialog.getByRole('checkbox', { name: text.takeRow('Left') }).uncheck()
  await expectUsable(app, 'profile-import')
  await dialog.getByRole('button', { name: text.run(2) }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText(text.done(2))).toBeVisible()
  expect(await overflow(page)).toBe(0)
  const { profiles } = await ask(app, 'profiles.list', {})
  expect(profiles.map(({ name, prompts_per_hour }) => [name, prompts_per_hour])).toEqual(
    expect.arrayContaining([
      ['Free', 0],
      ['Team <i>x</i>', 77],
    ]),
  )
  expect(profiles.some(({ name }) => name === 'Left')).toBe(false)
})
