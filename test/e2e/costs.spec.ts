import { componentsText } from '../../renderer/text/components.ts'
import { costsText } from '../../renderer/text/costs.ts'
import { expect, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { panel } from './support/screens.ts'

const text = costsText.prices

test('a price of one’s own is added, counts for the next turn, is removed and comes back', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/costs')
  await expect(page.getByRole('heading', { level: 1, name: 'Costs & prices' })).toBeVisible()
  await page.getByRole('button', { name: text.add }).click()
  const dialog = page.getByRole('dialog', { name: text.addTitle })
  await dialog.getByLabel(text.provider).fill('Pricey')
  await dialog.getByLabel(text.model).fill(`<b>gold</b>-${app.face}`)
  await dialog.getByLabel(text.columns.input, { exact: true }).fill('2,5')
  await dialog.getByLabel(text.columns.output, { exact: true }).fill('nothing')
  await dialog.getByRole('button', { name: text.save }).click()
  await expect(dialog.getByText(text.notANumber)).toBeVisible()
  await dialog.getByLabel(text.columns.output, { exact: true }).fill('10')
  await dialog.getByLabel(text.columns.output, { exact: true }).press('Enter')
  await expect(dialog).toBeHidden()

  await recordTurn(app, {
    user_id: 'quiet-01',
    session_id: `costs-${app.face}`,
    turn_number: 1,
    provider: 'Pricey',
    model: `<b>gold</b>-${app.face}`,
    input_tokens: 1_000_000,
    output_tokens: 0,
  })
  const costs = await ask(app, 'costs.summary', { period: 'current' })
  expect(costs.models.find((row) => row.provider === 'Pricey')).toMatchObject({
    cost_usd: 2.5,
    price_source: 'operator',
  })

  const prices = panel(page, text.title)
  await prices.getByText(text.own, { exact: true }).click()
  const row = prices.getByRole('row').filter({ hasText: `<b>gold</b>-${app.face}` })
  await expect(row).toContainText('$2.50')
  await row.getByRole('button', { name: text.editShort }).press('e')
  const input = prices.getByLabel(text.columns.input, { exact: true })
  await expect(input).toBeFocused()
  await input.fill('3')
  await input.press('Escape')
  await expect(row).toContainText('$2.50')
  await row.getByRole('button', { name: text.editShort }).click()
  await prices.getByLabel(text.columns.input, { exact: true }).fill('4')
  await prices.getByLabel(text.columns.input, { exact: true }).press('Enter')
  await expect(row).toContainText('$4.00')

  await row.getByRole('button', { name: text.removeShort }).click()
  await expect(row).toHaveCount(0)
  await page.getByRole('button', { name: componentsText.undo }).last().click()
  await expect(row).toContainText('$4.00')
})

test('costs are shown by provider, model and user, and lead to the user', async ({ crowd: app }) => {
  const { page } = app
  await show(app, '/costs?range=all')
  const models = panel(page, 'Costs by model')
  await expect(models.getByRole('row').nth(1)).toContainText('$')
  await models.getByText(costsText.breakdown.user, { exact: true }).click()
  const users = panel(page, 'Costs by user')
  await expect(page).toHaveURL(/by=user/)
  await users.getByRole('row').nth(1).getByRole('button').click()
  await expect(page).toHaveURL(/dashboard\?user=/)
})
