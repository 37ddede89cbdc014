import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatCount, formatMoneyExact } from '../../renderer/format.ts'
import { shellText } from '../../renderer/text/app.ts'
import { firstRunText, importText } from '../../renderer/text/import.ts'
import { writePlatformDatabase } from '../auth-database/platform-database.ts'
import { REAL_SESSIONS_DIR } from '../support/session-files.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { card } from './support/screens.ts'
import { writeSessionFolder } from './support/session-folder.ts'

/** What a correct reading of the real session files adds up to. */
const REAL = { sessions: 277, turns: 436 } as const

/** Reading and writing a few hundred files on a machine that does other things as well. */
const IMPORT_LIMIT_MS = 60_000

test('an empty data folder opens on a choice of three ways to start', async ({ app }) => {
  const { page, folder } = app
  await expect(page.getByRole('heading', { level: 1, name: firstRunText.title })).toBeVisible()
  const choices = page.getByRole('radio')
  await expect(choices).toHaveCount(3)
  for (const choice of ['import', 'sample', 'empty'] as const) {
    await expect(page.getByRole('radio', { name: firstRunText[choice].title })).toBeVisible()
  }
  await expect(page.getByText(firstRunText.folder(folder.dataDir))).toBeVisible()

  // A folder that is none says so while one types, and cannot be imported.
  const field = page.getByRole('textbox', { name: importText.folder })
  await field.fill(`${folder.dataDir}/nowhere`)
  await expect(page.locator('[data-kind="bad"]')).toBeVisible()
  await expect(page.getByRole('button', { name: importText.dryRun })).toBeDisabled()
})

test('session files are tried first, then imported exactly, and the dashboard shows their very figures', async ({
  app,
}) => {
  const { page, folder } = app
  const files = writeSessionFolder(dirname(folder.dataDir))
  await page.getByRole('textbox', { name: importText.folder }).fill(files.path)
  await expect(page.getByText(`${files.users} users, ${files.sessions + 1} session files`)).toBeVisible()

  await page.getByRole('button', { name: importText.dryRun }).click()
  await expect(page.getByRole('heading', { name: importText.dryTitle })).toBeVisible()
  await expect(page.getByText(importText.drySummary(files.users, files.sessions, files.turns))).toBeVisible()
  await expectMonths(app, files.months)
  await expect(page.getByText(files.unreadable)).toBeVisible()
  await expect(page.getByText('0 turns', { exact: true }), 'a dry run writes nothing').toBeVisible()

  await page.getByRole('button', { name: importText.start(files.sessions + 1) }).click()
  await expect(page.getByRole('status').filter({ hasText: importText.doneAttention })).toBeVisible()
  await expectFigure(app, 'accuracy', '100%')
  // The rest that was spent outside of turns is a row of its own in each of the two sessions that have one.
  await expectFigure(app, 'imported', String(files.turns + files.sessionsWithOutside))
  await expectFigure(app, 'outside', formatCount(files.outsideTokens))
  await expectFigure(app, 'unreadable', '1')
  await expect(page.getByRole('table', { name: importText.unreadableTitle(1) })).toContainText(
    files.unreadable,
  )

  await page.getByRole('link', { name: importText.toDashboard }).click()
  await expect(card(page, 'Sessions')).toContainText(String(files.sessions))
  await expect(card(page, 'Tokens in')).toContainText(`${formatCount(files.inputTokens)} tokens`)
  await expect(card(page, 'Tokens out')).toContainText(`${formatCount(files.outputTokens)} tokens`)
  await expect(card(page, 'Cost (est.)')).toContainText(formatMoneyExact(files.costUsd))
  await expect(card(page, 'Success rate')).toContainText(`${files.failedTurns} failed of ${files.turns}`)
  await expect(card(page, 'Active users')).toContainText(`of ${files.users}`)
  await expect(page.getByText(`${files.turns} turns`, { exact: true })).toBeVisible()
})

test('an auth database is taken over with the sessions, and what of it could not be is listed', async ({
  app,
}) => {
  const { page, folder } = app
  const files = writeSessionFolder(dirname(folder.dataDir))
  const file = writePlatformDatabase(join(dirname(folder.dataDir), 'platform.db'))
  await page.getByRole('textbox', { name: importText.folder }).fill(files.path)
  await page.getByRole('button', { name: importText.auth.ask }).click()
  await page.getByRole('textbox', { name: importText.auth.field }).fill(`${file}.not`)
  await expect(page.getByText('there is no such file', { exact: false })).toBeVisible()
  await expect(page.getByRole('button', { name: importText.dryRun })).toBeDisabled()
  await page.getByRole('textbox', { name: importText.auth.field }).fill(file)
  await expect(page.getByText('Users: 3', { exact: false })).toBeVisible()

  await page.getByRole('button', { name: importText.start(files.sessions + 1) }).click()
  await expect(page.getByRole('link', { name: importText.toDashboard })).toBeVisible()
  await expectFigure(app, 'accuracy', '100%')
  const brought = page.getByRole('table', { name: importText.auth.title })
  await expect(brought.getByRole('row', { name: /^Users/ }).getByRole('cell')).toHaveText([
    'Users',
    '3',
    '2',
    '0',
    '0',
    '1',
  ])
  await expect(page.getByRole('table', { name: importText.auth.rejects(8) })).toContainText('../evil')
  await expect(page.getByRole('table', { name: importText.people.title })).toContainText('bob')
})

test('the real session files are imported whole: 277 sessions, 436 turns, 100 % accurate', async ({
  app,
}) => {
  test.skip(!existsSync(REAL_SESSIONS_DIR), 'the real session files are not on this machine')
  const { page } = app
  await page.getByRole('textbox', { name: importText.folder }).fill(REAL_SESSIONS_DIR)
  await page.getByRole('button', { name: /^Import \d+ sessions$/ }).click()
  await expect(page.getByRole('link', { name: importText.toDashboard })).toBeVisible({
    timeout: IMPORT_LIMIT_MS,
  })
  await expect(
    page.getByText(`Read ${REAL.turns} turns in ${REAL.sessions} sessions of`, { exact: false }),
  ).toBeVisible()
  await expectFigure(app, 'accuracy', '100%')
  await page.getByRole('link', { name: importText.toDashboard }).click()
  await expect(card(page, 'Sessions')).toContainText(String(REAL.sessions))
  await expect(card(page, 'Success rate')).toContainText(`of ${REAL.turns}`)
  await expect(page.getByText(`${REAL.turns} turns`, { exact: true })).toBeVisible()
})

test('the sample fills the screens with figures, says on every one that it is a sample, and is taken away in the end', async ({
  app,
}) => {
  const { page } = app
  await page.getByRole('radio', { name: firstRunText.sample.title }).click()
  await page.getByRole('button', { name: firstRunText.sampleButton }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible()
  const banner = page.getByText('You are looking at sample data', { exact: false })
  await expect(banner).toBeVisible()
  // In the first hours of a month the sample has no turn of it yet.
  await show(app, '/dashboard?range=all')
  for (const label of ['Sessions', 'Tokens in', 'Tokens out', 'Cost (est.)', 'Active users']) {
    await expect(card(page, label)).toContainText(/[1-9]/)
    await expect(card(page, label).locator('div').nth(1), `${label} is not zero`).not.toHaveText(
      /^\$?0(\.0+)?$/,
    )
  }
  await page.getByRole('link', { name: 'Users', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'User consumption' })).toBeVisible()
  await expect(banner).toBeVisible()

  await page.getByRole('button', { name: shellText.banner.removeSample }).click()
  const question = page.getByRole('dialog', { name: shellText.sample.title })
  await question.getByRole('button', { name: shellText.sample.action }).click()
  await expect(page.getByRole('heading', { level: 1, name: firstRunText.title })).toBeVisible()
  await expect(banner).toHaveCount(0)
  await expect(page.getByText('0 turns', { exact: true })).toBeVisible()
})

/** The table of months: a row for each with its users and turns, newest first. */
async function expectMonths(
  { page }: RunningApp,
  months: readonly { readonly month: string; readonly users: number; readonly turns: number }[],
): Promise<void> {
  const rows = page.getByRole('table', { name: importText.months.caption }).locator('tbody tr')
  await expect(rows).toHaveCount(months.length)
  for (const [index, { month, users, turns }] of months.entries()) {
    const cells = rows.nth(index).getByRole('cell')
    await expect(cells.nth(0)).toHaveText(month)
    await expect(cells.nth(1)).toHaveText(String(users))
    await expect(cells.nth(2)).toHaveText(String(turns))
  }
}

/** One figure of the result of an import. */
async function expectFigure(
  { page }: RunningApp,
  id: keyof typeof importText.figures,
  value: string,
): Promise<void> {
  const figure = page.locator('.figure').filter({ hasText: importText.figureHints[id] })
  await expect(figure.locator('.figure-value'), importText.figures[id]).toHaveText(value)
}
