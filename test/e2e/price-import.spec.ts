import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { costsText } from '../../renderer/text/costs.ts'
import { priceCatalogueText } from '../../renderer/text/price-catalogue.ts'
import { priceImportText as text } from '../../renderer/text/price-import.ts'
import { expect, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { expectUsable } from './support/axe.ts'
import { overflow, panel } from './support/screens.ts'

const FILE = JSON.stringify({
  sample_spec: { litellm_provider: 'one of many' },
  'gemini/gemini-2.0-flash': {
    litellm_provider: 'gemini',
    mode: 'chat',
    input_cost_per_token: 1.5e-7,
    output_cost_per_token: 4e-7,
    cache_read_input_token_cost: 2.5e-8,
  },
  'acme/<img src=x onerror="hacked=1">': {
    litellm_provider: 'acme',
    input_cost_per_token: 1e-6,
    output_cost_per_token: 2e-6,
    input_cost_per_token_above_200k_tokens: 3e-6,
  },
  'acme/left-out': { litellm_provider: 'acme', input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
  'dall-e-3': { litellm_provider: 'openai', mode: 'image_generation', output_cost_per_image: 0.04 },
})

test('a price file is looked at, some of its prices are taken, and all of them removed again', async ({
  app,
}) => {
  const { page } = app
  await show(app, '/costs')
  const prices = panel(page, costsText.prices.title)
  await prices.getByRole('button', { name: text.button }).click()
  const dialog = page.getByRole('dialog', { name: text.title })
  const choose = (name: string, content: string) =>
    dialog
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) })
  await choose('notes.json', '[1, 2')
  await expect(dialog.getByText(text.notPrices)).toBeVisible()
  await choose('prices.json', FILE)
  const changed = dialog.getByRole('row', { name: /gemini-2.0-flash/ })
  await expect(changed).toContainText('$0.10 / $0.40 / $0.025')
  await expect(changed).toContainText('$0.15 / $0.40 / $0.025')
  await expect(changed).toContainText('+50%')
  await expectUsable(app, 'price-import')
  await dialog.getByText(`${text.counts.new}: 2`).click()
  await expect(dialog.getByRole('row', { name: /onerror/ })).toContainText(text.steps)
  await dialog.getByRole('checkbox', { name: text.takeRow('acme/left-out') }).uncheck()
  await dialog.getByText(`${text.counts.unusable}: 2`).click()
  await expect(dialog.getByRole('row', { name: /dall-e-3/ })).toContainText('not paid for by the token')
  expect((await ask(app, 'prices.list', { source: 'imported' })).total_count).toBe(0)
  await dialog.getByRole('button', { name: text.run(2) }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText(text.done(2))).toBeVisible()

  await prices.getByText(costsText.prices.imported, { exact: true }).click()
  await expect(page).toHaveURL(/show=imported/)
  await expect(prices.getByRole('row', { name: /gemini-2.0-flash/ })).toContainText('$0.15')
  await expect(prices.getByRole('row')).toHaveCount(3)
  expect(await overflow(page)).toBe(0)
  const { entries } = await ask(app, 'audit.list', { limit: 1 })
  expect(entries[0]).toMatchObject({ action: 'prices.import', object_id: 'prices.json' })

  // The same file with an earlier date has something to change again.
  await prices.getByRole('button', { name: text.button }).click()
  await choose('prices.json', FILE)
  await expect(dialog.getByText(`${text.counts.same}: 2`)).toBeVisible()
  await dialog.getByRole('combobox', { name: costsText.prices.validFrom.label }).click()
  await page.getByRole('option', { name: costsText.prices.validFrom.month }).click()
  await expect(dialog.getByText(`${text.counts.same}: 0`)).toBeVisible()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()

  await prices.getByRole('button', { name: text.remove }).click()
  const sure = page.getByRole('dialog', { name: text.removeTitle(2) })
  await expect(sure.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await sure.getByRole('button', { name: text.remove }).click()
  await expect(page.getByText(text.removed(2))).toBeVisible()
  await expect(prices.getByText(costsText.prices.none)).toBeVisible()
})

/** Leaves the catalogue of an older Weir behind: one price higher, and one that is gone since. */
function ageCatalogue(dataDir: string): void {
  const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
  handle.exec(`
    update model_prices set catalogue_version = 'genai-prices 0.0.1, reading 1' where source = 'catalogue';
    update model_prices set input_micro_usd_per_million = 300000
      where source = 'catalogue' and provider = 'openai' and model_pattern = 'gpt-4o-mini';
    update model_prices set model_pattern = 'long-gone'
      where source = 'catalogue' and provider = 'openai' and model_pattern = 'gpt-4o';
  `)
  handle.close()
}

test('another catalogue is offered with what it would change, and counts once the operator has said so', async ({
  app,
}) => {
  const { page } = app
  ageCatalogue(app.folder.dataDir)
  await show(app, '/costs')
  const prices = panel(page, costsText.prices.title)
  await expect(prices.getByText('genai-prices 0.0.1, reading 1')).toBeVisible()
  await prices.getByRole('button', { name: priceCatalogueText.look }).click()
  const dialog = page.getByRole('dialog', { name: priceCatalogueText.title })
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused()
  const changed = dialog.getByRole('row', { name: /^gpt-4o-mini · openai/ })
  await expect(changed).toContainText('$0.30 / $0.60 / $0.075')
  await expect(changed).toContainText('-50%')
  await expectUsable(app, 'catalogue-update')
  await dialog.getByText(`${priceCatalogueText.counts.removed}: 1`).click()
  await expect(dialog.getByRole('row', { name: /^long-gone · openai/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect((await ask(app, 'prices.list', {})).catalogue.version).toBe('genai-prices 0.0.1, reading 1')

  await prices.getByRole('button', { name: priceCatalogueText.look }).click()
  await dialog.getByRole('button', { name: priceCatalogueText.run }).click()
  await expect(dialog).toBeHidden()
  await expect(prices.getByRole('button', { name: priceCatalogueText.look })).toHaveCount(0)
  const { catalogue } = await ask(app, 'prices.list', {})
  expect(catalogue.version).toBe(catalogue.bundled_version)
  const { entries } = await ask(app, 'audit.list', { limit: 1 })
  expect(entries[0]).toMatchObject({
    action: 'prices.updateCatalogue',
    after: { changed: 1, removed: 1, new: 1 },
  })
})
