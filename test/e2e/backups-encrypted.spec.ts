import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { backupsText as words } from '../../renderer/text/backups.ts'
import { restoreText } from '../../renderer/text/restore.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { panel } from './support/screens.ts'

const PASSPHRASE = 'nine red kites over the harbour'
const OTHER = 'ten blue kites over the river'
const { encryption: own } = words

async function enter({ page }: RunningApp, title: string, passphrase: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title })
  const save = dialog.getByRole('button', { name: own.save })
  await dialog.getByLabel(own.passphrase, { exact: true }).fill(passphrase.slice(0, 11))
  await dialog.getByLabel(own.again).fill(passphrase.slice(0, 11))
  await expect(save).toBeDisabled()
  await dialog.getByLabel(own.passphrase, { exact: true }).fill(passphrase)
  await dialog.getByLabel(own.again).fill('something else')
  await expect(dialog.getByText(own.differs)).toBeVisible()
  await expect(save).toBeDisabled()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page })
      .include('[role=dialog]')
      .setLegacyMode(true)
      .analyze()
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(grave, colorScheme).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null })
  await dialog.getByLabel(own.again).fill(passphrase)
  await save.click()
  await expect(dialog).toBeHidden()
}

test('backups are encrypted with a passphrase from the screen, restored, undone, and plain again', async ({
  app,
}) => {
  const { page, folder } = app
  await ask(app, 'setup.startEmpty', {})
  await ask(app, 'users.create', { id: 'alice', username: 'alice' })
  // The page was opened on an empty folder, and would lead to its first-run screen until it asks again.
  await page.reload()
  await show(app, '/backups')
  const place = panel(page, words.place)
  const list = panel(page, words.list)
  await expect(place).toContainText(own.off)
  await place.getByRole('button', { name: own.set.off }).click()
  await expect(page.getByRole('dialog')).toContainText(own.warning)
  await enter(app, own.title.off, PASSPHRASE)
  await expect(place).toContainText(/On since/)

  await page.getByRole('button', { name: words.create }).click()
  await expect(list.getByText(words.locks.open, { exact: true })).toBeVisible()
  await expect(list.getByText(words.states.verified, { exact: true })).toBeVisible()
  const [made = ''] = readdirSync(join(folder.dataDir, 'backups'))
  expect(existsSync(join(folder.dataDir, 'backups', made, 'auth.db.encrypted'))).toBe(true)

  await ask(app, 'users.update', { id: 'alice', is_active: false })
  await list.getByRole('button', { name: /^Restore the backup of/ }).click()
  const dialog = page.getByRole('dialog', { name: /^Restore the backup of .*\?$/ })
  await dialog.getByRole('textbox').fill(made.slice(-4))
  await dialog.getByRole('button', { name: restoreText.yes }).click()
  await expect(page.getByText(restoreText.done)).toBeVisible({ timeout: 60_000 })
  await expect(place).toContainText(/On since/)
  const restores = panel(page, restoreText.list)
  await restores.getByRole('button', { name: restoreText.undo }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: restoreText.undoYes }).click()
  await expect(page.getByText(restoreText.undoneDone)).toBeVisible({ timeout: 60_000 })
  await expect(list.getByText(words.locks.open, { exact: true })).toHaveCount(3)

  await place.getByRole('button', { name: own.set.on }).click()
  await enter(app, own.title.on, OTHER)
  await expect(list.getByText(words.locks.locked, { exact: true })).toHaveCount(3)
  await list
    .getByRole('button', { name: /^Restore the backup of/ })
    .last()
    .press('Enter')
  await expect(page.getByRole('dialog').getByLabel(restoreText.passphrase)).toBeVisible()
  await page.keyboard.press('Escape')

  await place.getByRole('button', { name: own.switchOff }).press('Enter')
  const sure = page.getByRole('dialog', { name: own.offTitle })
  await expect(sure.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await sure.getByRole('button', { name: own.offYes }).click()
  await expect(place).toContainText(own.off)
  expect(existsSync(join(folder.dataDir, 'backup.key'))).toBe(false)
})
