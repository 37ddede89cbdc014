import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { profileImportText as text } from '../../renderer/text/profile-import.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { overflow } from './support/screens.ts'

async function seriousFindings({ page }: RunningApp): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

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
  await expect(changed).toContainText(text.change('prompts_per_hour', '50', '0'))
  await expect(changed).toContainText('Anna')
  await expect(dialog.getByRole('row', { name: /Broken/ })).toContainText(text.kinds.unusable)
  await dialog.getByRole('checkbox', { name: text.takeRow('Left') }).uncheck()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(app), colorScheme).toEqual([])
    if (process.env['WEIR_PICTURES'] !== undefined)
      await page.screenshot({ path: join(process.env['WEIR_PICTURES'], `profile-import-${colorScheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: null })
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
