import { componentsText } from '../../renderer/text/components.ts'
import { consumptionText } from '../../renderer/text/consumption.ts'
import { sessionsText } from '../../renderer/text/sessions.ts'
import { readExcel } from '../support/read-excel.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { bytesDownloadedBy, textDownloadedBy } from './support/downloads.ts'

const text = componentsText.export

async function open({ page }: RunningApp, name: string = text.button): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}

test('what is filtered, and all of it, are taken along as Excel, with figures a spreadsheet can add up', async ({
  crowd: app,
}) => {
  const { page } = app
  const { users } = await ask(app, 'consumption.users', { limit: 1000 })
  await show(app, '/users?threshold=90')
  const over = users.filter((user) => (user.usage_percent ?? 0) >= 90)
  await expect(
    page.getByText(consumptionText.count.filtered(String(over.length), String(users.length))),
  ).toBeVisible()
  const taken = async (group: 'filtered' | 'all') => {
    await open(app)
    await expect(page.getByText(text[group], { exact: true })).toBeVisible()
    const item = page
      .getByRole('menuitem', { name: text.xlsx, exact: true })
      .nth(group === 'filtered' ? 0 : 1)
    const [sheet] = readExcel(await bytesDownloadedBy(app, () => item.click()))
    const [header = [], ...rows] = sheet?.rows ?? []
    expect(sheet?.hasFormula).toBe(false)
    return rows.map((row) => Object.fromEntries(row.map((cell, at) => [header[at], cell])))
  }
  const filtered = await taken('filtered')
  expect(filtered.map((row) => row['user_id']).sort()).toEqual(over.map((user) => user.user_id).sort())
  const all = await taken('all')
  expect(all).toHaveLength(users.length)
  for (const user of users) {
    const row = all.find((one) => one['user_id'] === user.user_id)
    expect(row).toMatchObject({
      total_tokens: user.total_tokens,
      estimated_cost_usd: user.estimated_cost_usd,
    })
  }
})

test('the turns of everybody are a file, and a list of the screen is copied as a table', async ({
  crowd: app,
}) => {
  const { page } = app
  await show(app, '/sessions')
  await open(app, sessionsText.exportTurns)
  const json = await textDownloadedBy(app, () =>
    page.getByRole('menuitem', { name: text.json, exact: true }).click(),
  )
  const { turns } = await ask(app, 'consumption.turns', { limit: 1000 })
  expect(JSON.parse(json).slice(0, turns.length)).toEqual(turns)
  await show(app, '/access?tab=tokens')
  await open(app)
  await page.getByRole('menuitem', { name: text.copy, exact: true }).click()
  await expect(page.getByText(/^A table of \d+ rows? is on the clipboard\.$/)).toBeVisible()
})
