import { shellText } from '../../renderer/text/app.ts'
import { addressOf, expect, show, test } from './app.ts'

test('Ctrl+K opens the palette, which goes to a screen, to a user, and closes on Escape', async ({
  crowd: app,
}) => {
  const { page } = app
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: shellText.palette })
  // Typed without waiting, as a practised hand does.
  await page.keyboard.type('user co')
  await expect(palette.getByRole('textbox', { name: shellText.palette })).toHaveValue('user co')
  await expect(palette.getByRole('button', { name: 'User consumption' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'User consumption' })).toBeVisible()
  await expect(palette).toBeHidden()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('limit 96')
  await expect(palette.getByText('Limit 96')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect.poll(() => addressOf(page).get('user')).toBe('at-96')

  await page.keyboard.press('Control+k')
  await expect(palette).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(palette).toBeHidden()
})

test('g and a letter go to every screen', async ({ crowd: app }) => {
  const { page } = app
  for (const [letter, title] of [
    ['u', 'User consumption'],
    ['c', 'Costs & prices'],
    ['k', 'Connect'],
    ['m', 'Import sessions'],
    ['d', 'Dashboard'],
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(letter)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  }
})

test('a question mark lists the shortcuts; Escape closes one layer and gives the focus back', async ({
  crowd: app,
}) => {
  const { page } = app
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: shellText.shortcutHelp.title })
  await expect(help).toContainText('User consumption')
  await expect(help).toContainText('Ctrl')
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()

  const opener = page.getByRole('button', { name: shellText.help, exact: true })
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(help).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(help).toBeHidden()
  await expect(opener).toBeFocused()

  const search = page.getByRole('button', { name: shellText.paletteShort })
  await search.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(search).toBeFocused()
})

test('letters are text in a field, and single keys can be switched off', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/users')
  await page.getByRole('searchbox').focus()
  await page.keyboard.type('gu?t')
  await expect(page.getByRole('searchbox')).toHaveValue('gu?t')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('button', { name: shellText.help, exact: true }).click()
  await page.getByRole('switch', { name: shellText.shortcutHelp.singleKeys }).click({ force: true })
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1, name: 'User consumption' })).toBeVisible()
  await page.keyboard.press('Control+1')
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
})
