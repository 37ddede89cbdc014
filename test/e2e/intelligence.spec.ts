import { formatCount, formatPercent } from '../../renderer/format.ts'
import { componentsText } from '../../renderer/text/components.ts'
import { intelligenceText } from '../../renderer/text/intelligence.ts'
import { addressOf, expect, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { card, injected, panel } from './support/screens.ts'

const USER = 'quiet-02'
const MODEL = '<img src=x onerror="window.hacked=true">'

test('Intelligence shows only what was measured: n on each side, what was lost, and how it is computed', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, `/intelligence?user=${USER}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Intelligence' })).toBeVisible()
  await expect(page.getByText(intelligenceText.empty.title)).toBeVisible()

  for (const [turn, saved] of [
    [1, 4_000],
    [2, -1_000],
  ] as const) {
    await recordTurn(app, {
      user_id: USER,
      session_id: `intelligence-${app.face}`,
      turn_number: turn,
      provider: 'Unheard of',
      model: MODEL,
      input_tokens: 100,
      output_tokens: 10,
      rag_used: true,
      rag_tokens_saved: saved,
      duration_ms: 1200,
    })
  }
  await page.keyboard.press('F5')
  const comparison = panel(page, intelligenceText.comparison.title)
  await expect(comparison).toContainText('Too few to compare')
  await expect(comparison.getByRole('row', { name: intelligenceText.comparison.turns })).toContainText('2')
  await expect(card(page, intelligenceText.cards.saved)).toContainText(`${formatCount(1_000)} lost`)
  await expect(panel(page, intelligenceText.models.title)).toContainText(MODEL)
  expect(await injected(page)).toEqual({ hacked: false, elements: 0 })

  const found = await ask(app, 'intelligence.summary', { user_id: USER })
  await expect(card(page, intelligenceText.cards.activation)).toContainText(
    formatPercent(found.rag_activation_rate_percent),
  )
  await page.keyboard.press('m')
  const method = page.getByRole('dialog', { name: intelligenceText.method.title })
  await expect(method).toContainText('not reported')
  await page.keyboard.press('Escape')
  await expect(method).toBeHidden()
})

test('the range and the user of Intelligence are in the address, and its chart is also a table that can be copied', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/intelligence')
  await page.getByRole('combobox', { name: 'Range' }).click()
  await page.getByRole('option', { name: 'All time' }).click()
  await expect.poll(() => addressOf(page).get('range')).toBe('all')
  const trend = panel(page, intelligenceText.trend.title)
  await trend.getByRole('button', { name: componentsText.chart.showTable }).click()
  await expect(trend.getByRole('columnheader', { name: intelligenceText.trend.guided })).toBeVisible()
  await trend.getByRole('button', { name: componentsText.chart.export(intelligenceText.trend.title) }).click()
  await expect(page.getByRole('menuitem', { name: componentsText.export.csv })).toBeVisible()
  await page.getByRole('menuitem', { name: componentsText.export.copy }).click()
  await expect(page.getByText(/^A table of \d+ rows? is on the clipboard\.$/)).toBeVisible()
})
