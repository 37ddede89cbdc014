import type { Locator, Page } from '@playwright/test'
import { backupsText as words } from '../../renderer/text/backups.ts'
import { componentsText } from '../../renderer/text/components.ts'
import { firstRunText } from '../../renderer/text/import.ts'
import { restoreText } from '../../renderer/text/restore.ts'
import { userText } from '../../renderer/text/user.ts'
import { readExcel } from '../support/read-excel.ts'
import { expect, test } from './app.ts'
import { ask } from './support/api.ts'
import { bytesDownloadedBy } from './support/downloads.ts'
import { panel, userIds, userRows } from './support/screens.ts'

/** More than any screen has to go through; whoever does not get there in so many steps does not get there. */
const STEPS_MAX = 150

/** Goes on with that key until the focus is there, as a person without a mouse does. */
async function reach(page: Page, target: Locator, key: 'Tab' | 'ArrowDown' = 'Tab'): Promise<void> {
  await expect(target).toBeVisible()
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  await expect(target, `${key} leads there`).toBeFocused()
}

async function press(page: Page, target: Locator): Promise<void> {
  await reach(page, target)
  await page.keyboard.press('Enter')
}

async function goTo(page: Page, letter: string, title: string): Promise<void> {
  await page.keyboard.press('g')
  await page.keyboard.press(letter)
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
}

test('by keys alone the sample is taken, who is near a limit gets more for a day, and all is exported, backed up and restored', async ({
  app,
}) => {
  const { page } = app
  await page.evaluate(() => {
    addEventListener('pointerdown', () => document.documentElement.setAttribute('data-pointed', ''), true)
  })
  await reach(page, page.getByRole('radio', { name: firstRunText.import.title }))
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('radio', { name: firstRunText.sample.title })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible({ timeout: 60_000 })

  await goTo(page, 'u', 'User consumption')
  await expect(userRows(page).first()).toBeVisible()
  const [nearest = ''] = await userIds(page)
  await page.keyboard.press('j')
  await expect(userRows(page).first()).toBeFocused()
  await page.keyboard.press('Enter')
  await press(page, page.getByRole('button', { name: userText.actions.grant }))
  const form = page
    .getByRole('dialog')
    .filter({ has: page.getByLabel(userText.grants.amount) })
    .last()
  await reach(page, form.getByLabel(userText.grants.amount))
  await page.keyboard.type('25')
  await reach(page, form.getByLabel(userText.grants.reason))
  await page.keyboard.type('Demo day')
  await press(page, form.getByRole('button', { name: userText.grants.go, exact: true }))
  await expect(page.getByText(userText.grants.done)).toBeVisible()
  const { grants } = await ask(app, 'grants.list', { id: nearest })
  expect(grants).toMatchObject([{ amount: 25, reason: 'Demo day' }])
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)

  await page.keyboard.press('Control+e')
  await reach(
    page,
    page.getByRole('menuitem', { name: componentsText.export.xlsx, exact: true }).first(),
    'ArrowDown',
  )
  const [sheet] = readExcel(await bytesDownloadedBy(app, () => page.keyboard.press('Enter')))
  expect(sheet?.rows.length).toBe((await ask(app, 'consumption.users', {})).total_count + 1)

  await goTo(page, 'b', 'Backups')
  await page.keyboard.press('b')
  const list = panel(page, words.list)
  await expect(list.getByText(words.states.verified, { exact: true }).first()).toBeVisible({
    timeout: 60_000,
  })
  await press(page, list.getByRole('button', { name: /^Restore the backup of/ }).first())
  const dialog = page.getByRole('dialog', { name: /^Restore the backup of .*\?$/ })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  const name = await list.locator('td .path').first().innerText()
  await reach(page, dialog.getByRole('textbox'))
  await page.keyboard.type(name.slice(-4))
  await press(page, dialog.getByRole('button', { name: restoreText.yes }))
  await expect(page.getByText(restoreText.done)).toBeVisible({ timeout: 60_000 })
  expect((await ask(app, 'grants.list', { id: nearest })).grants).toHaveLength(1)
  expect(await page.evaluate(() => document.documentElement.hasAttribute('data-pointed'))).toBe(false)
})
