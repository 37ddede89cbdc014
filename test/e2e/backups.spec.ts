import { appendFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { backupsText as words } from '../../renderer/text/backups.ts'
import { enforcementScreenText } from '../../renderer/text/enforcement.ts'
import { restoreText } from '../../renderer/text/restore.ts'
import { rollbackText } from '../../renderer/text/rollback.ts'
import { addressOf, expect, type RunningApp, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { overflow, panel } from './support/screens.ts'

async function seriousFindings({ page }: RunningApp): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** Looks at the screen as it is in both themes, and takes a picture where one is wanted. */
async function lookIn(app: RunningApp, name: string): Promise<void> {
  const { page } = app
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(app), `${name}, ${colorScheme}`).toEqual([])
    const folder = process.env['WEIR_PICTURES']
    if (folder !== undefined)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true })
  }
  await page.emulateMedia({ colorScheme: null })
  expect(await overflow(page)).toBe(0)
}

test('a backup is made by one key, proved, copied to a second folder and deleted by name', async ({
  app,
}) => {
  const { page, folder } = app
  await ask(app, 'setup.startEmpty', {})
  await show(app, '/jobs')
  await expect(page.getByRole('link', { name: words.lastNone })).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'Hourly' })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('b')
  await expect(page.getByText(words.none)).toBeVisible()
  await lookIn(app, 'backups-none')

  await page.keyboard.press('b')
  const list = panel(page, words.list)
  await expect(list.getByRole('row')).toHaveCount(2)
  await expect(list.getByText(words.states.verified, { exact: true })).toBeVisible()
  await expect(page.getByText(/found whole (just now|\d+\s(s|min) ago)/)).toBeVisible()
  await expect(page.getByRole('link', { name: /^Backup (just now|\d+\s(s|min) ago)/ })).toBeVisible()

  const second = join(folder.dataDir, '..', 'second')
  mkdirSync(second)
  await page.getByRole('button', { name: words.secondChoose }).click()
  const dialog = page.getByRole('dialog', { name: words.secondTitle })
  await dialog.getByRole('textbox', { name: words.secondLabel }).fill(join(second, 'nowhere'))
  await dialog.getByRole('button', { name: words.secondSave }).click()
  await expect(dialog.getByRole('alert')).toContainText('is not there')
  await dialog.getByRole('textbox', { name: words.secondLabel }).fill(second)
  await dialog.getByRole('button', { name: words.secondSave }).click()
  await expect(list.getByText(words.copies.copied, { exact: true })).toBeVisible()

  const [first = ''] = readdirSync(second)
  await list.getByRole('button', { name: words.actions(first) }).click()
  await expect(page.getByRole('menuitem', { name: words.deleteLast })).toBeDisabled()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: words.create }).click()
  await expect(list.getByRole('row')).toHaveCount(3)

  appendFileSync(join(folder.dataDir, 'backups', first, 'auth.db'), 'x')
  await list.getByRole('button', { name: words.actions(first) }).click()
  await page.getByRole('menuitem', { name: words.verify }).click()
  await expect(list.getByText(words.states.invalid, { exact: true })).toBeVisible()
  await lookIn(app, 'backups')

  await list.getByRole('button', { name: words.actions(first) }).click()
  await page.getByRole('menuitem', { name: words.delete }).click()
  const doom = page.getByRole('dialog', { name: /^Delete the backup of/ })
  await expect(doom.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(doom.getByRole('button', { name: words.deleteYes })).toBeDisabled()
  await doom.getByRole('textbox').fill(first.slice(-4))
  await doom.getByRole('button', { name: words.deleteYes }).click()
  await expect(list.getByRole('row')).toHaveCount(2)
})

test('the rollback plan says how things stand, takes a step and takes it back', async ({ app }) => {
  const { page } = app
  await ask(app, 'setup.startEmpty', {})
  await ask(app, 'users.create', { id: 'alice', username: 'alice' })
  await show(app, '/backups?tab=rollback')
  const enforcement = panel(page, rollbackText.enforcement.title)
  await expect(enforcement).toContainText(rollbackText.enforcement.on)
  await enforcement.getByRole('button', { name: rollbackText.enforcement.go }).click()
  const pause = enforcementScreenText.pause
  const dialog = page.getByRole('dialog', { name: pause.titleOff })
  await dialog.getByRole('textbox', { name: pause.reason }).fill('Limits are wrong')
  await dialog.getByRole('button', { name: pause.goOff }).click()
  await expect(enforcement).toContainText(rollbackText.enforcement.off)
  await expect(enforcement).toContainText('Limits are wrong')

  const files = panel(page, rollbackText.files.title)
  await expect(files).toContainText(rollbackText.files.database)
  await files.getByRole('button', { name: rollbackText.files.go }).click()
  await expect(files).toContainText(rollbackText.files.shown)

  const collection = panel(page, rollbackText.collection.title)
  await expect(collection).toContainText(rollbackText.collection.waiting)
  const { token } = await ask(app, 'tokens.create', { name: 'agent', scope: 'executor' })
  const turn = { user_id: 'alice', session_id: 's-1', turn_number: 1 }
  await recordTurn({ url: app.url, token }, turn)
  await expect(collection).toContainText(rollbackText.collection.since(1))
  await expect(collection).toContainText(rollbackText.collection.growing)
  await lookIn(app, 'rollback')

  await files.getByRole('button', { name: rollbackText.files.back }).click()
  await expect(files).toContainText(rollbackText.files.database)
  await enforcement.getByRole('button', { name: rollbackText.enforcement.back }).click()
  await expect(enforcement).toContainText(rollbackText.enforcement.on)
  expect(addressOf(page).get('tab')).toBe('rollback')
})

test('a backup is compared, restored with what came since kept, and the restore is undone', async ({
  app,
}) => {
  const { page } = app
  await ask(app, 'setup.startEmpty', {})
  await ask(app, 'users.create', { id: 'alice', username: 'alice' })
  const { token } = await ask(app, 'tokens.create', { name: 'agent', scope: 'executor' })
  const turn = { user_id: 'alice', session_id: 's-1' }
  await recordTurn({ url: app.url, token }, { ...turn, turn_number: 1 })
  await show(app, '/backups')
  await page.getByRole('button', { name: words.create }).click()
  const list = panel(page, words.list)
  await expect(list.getByText(words.states.verified, { exact: true })).toBeVisible()
  await recordTurn({ url: app.url, token }, { ...turn, turn_number: 2 })
  const { profiles } = await ask(app, 'profiles.list', {})
  const free = profiles.find(({ name }) => name === 'Free')
  if (free === undefined) throw new Error('Free comes with Weir.')
  const limits = async () =>
    (await ask(app, 'profiles.list', {})).profiles.find(({ id }) => id === free.id)?.prompts_per_hour
  await ask(app, 'profiles.update', { id: free.id, name: free.name, prompts_per_hour: 7 })

  await list.getByRole('button', { name: /^Restore the backup of/ }).click()
  const dialog = page.getByRole('dialog', { name: /^Restore the backup of .*\?$/ })
  await expect(dialog.getByRole('row', { name: /^Turns/ })).toContainText('1 newer stay')
  await expect(dialog.getByRole('row', { name: /Profile Free/ })).toContainText('7')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await lookIn(app, 'restore')
  const name = await list.locator('td .path').first().innerText()
  await dialog.getByRole('textbox').fill(name.slice(-4))
  await dialog.getByRole('button', { name: restoreText.yes }).click()

  await expect(page.getByText(restoreText.done)).toBeVisible({ timeout: 60_000 })
  const restores = panel(page, restoreText.list)
  await expect(restores.getByText(restoreText.status.done, { exact: true })).toBeVisible({ timeout: 60_000 })
  // By the keyboard: a pointer would rest on the note that lies over the list, and keep it there.
  await restores.getByRole('button', { name: restoreText.details }).press('Enter')
  await expect(restores).toContainText(restoreText.steps.swap)
  await expect(restores).toContainText('Checks and records waited for')
  expect(await limits()).toBe(free.prompts_per_hour)
  expect((await ask(app, 'status.get', {})).turns).toBe(2)
  await lookIn(app, 'restored')

  await page.getByRole('tab', { name: words.tabs.rollback }).click()
  const step = panel(page, restoreText.step.title)
  await expect(step).toContainText(restoreText.step.restored)
  await step.getByRole('button', { name: restoreText.undo }).click()
  await page.getByRole('dialog').getByRole('button', { name: restoreText.undoYes }).click()
  await expect(page.getByText(restoreText.undoneDone)).toBeVisible({ timeout: 60_000 })
  expect(await limits()).toBe(7)
  expect((await ask(app, 'status.get', {})).turns).toBe(2)
  await lookIn(app, 'rollback-restored')
})
