import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { costsText } from '../../renderer/text/costs.ts'
import { repriceText as text } from '../../renderer/text/reprice.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { overflow, panel } from './support/screens.ts'

async function seriousFindings({ page }: RunningApp): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

test('turns without a price get one for the whole month, after a look and the month typed', async ({
  app,
}) => {
  const { page } = app
  await ask(app, 'users.create', { id: 'anna', username: 'Anna <b>B</b>' })
  for (const turn_number of [1, 2, 3]) {
    await recordTurn(app, {
      user_id: 'anna',
      session_id: 's1',
      turn_number,
      provider: 'Acme',
      model: '<i>gold</i>',
      input_tokens: 1_000_000,
      output_tokens: 0,
    })
  }
  const { current_period: period } = await ask(app, 'status.get', {})
  await show(app, '/costs')
  const again = panel(page, text.title)
  await again.getByRole('button', { name: text.look }).click()
  await expect(page.getByText(text.nothing)).toBeVisible()
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: costsText.prices.add }).click()
  const form = page.getByRole('dialog', { name: costsText.prices.addTitle })
  await form.getByLabel(costsText.prices.provider).fill('Acme')
  await form.getByLabel(costsText.prices.model).fill('<i>gold</i>')
  await form.getByLabel(costsText.prices.columns.input, { exact: true }).fill('4')
  await form.getByLabel(costsText.prices.columns.output, { exact: true }).fill('8')
  await form.getByRole('combobox', { name: costsText.prices.validFrom.label }).click()
  await page.getByRole('option', { name: costsText.prices.validFrom.month }).click()
  await form.getByRole('button', { name: costsText.prices.save }).click()
  await expect(form).toBeHidden()

  await again.getByRole('button', { name: text.look }).click()
  const dialog = page.getByRole('dialog', { name: text.dialogTitle(period) })
  await expect(dialog.getByText(text.summary(3, 3, 12))).toBeVisible()
  await expect(dialog.getByRole('row', { name: /gold/ })).toContainText('+$9.00 (+300%)')
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(app), colorScheme).toEqual([])
    if (process.env['WEIR_PICTURES'] !== undefined)
      await page.screenshot({ path: join(process.env['WEIR_PICTURES'], `reprice-${colorScheme}.png`) })
  }
  await page.emulateMedia({ colorScheme: null })
  await dialog.getByRole('tab', { name: text.tabs.users }).click()
  await expect(dialog.getByRole('row', { name: /Anna/ })).toContainText('$12.00')
  const act = dialog.getByRole('button', { name: text.action(3) })
  await expect(act).toBeDisabled()
  await dialog.getByLabel(text.typeLabel(period)).fill(period)
  await act.click()
  await expect(dialog).toBeHidden()
  await expect(again.getByText(text.ended.done(3, 9))).toBeVisible()
  if (process.env['WEIR_PICTURES'] !== undefined)
    await page.screenshot({ path: join(process.env['WEIR_PICTURES'], 'reprice-done.png'), fullPage: true })
  await expect(page.getByRole('article', { name: costsText.cards.cost })).toContainText('$12.00')
  expect(await overflow(page)).toBe(0)
  await page.reload()
  await expect(again.getByText(text.ended.done(3, 9))).toBeVisible()
  await again.getByRole('button', { name: text.close }).click()
  await expect(page).not.toHaveURL(/reprice=/)

  const { entries } = await ask(app, 'audit.list', { limit: 2 })
  expect(entries.map((entry) => entry.action)).toEqual(['prices.repriceEnd', 'prices.reprice'])
  expect(await ask(app, 'books.verify', {})).toMatchObject({ differences: [] })
})
