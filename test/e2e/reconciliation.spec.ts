import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { reconciliationText as words } from '../../renderer/text/reconciliation.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { overflow, panel } from './support/screens.ts'
import { writeSessionFolder } from './support/session-folder.ts'

interface Session {
  input_tokens: number
  output_tokens: number
  last_turn_data: { workflow_history: { turn_input_tokens: number; turn_output_tokens: number }[] }
}

/** Changes the first turn of a session file, and what the session counts along with it. */
function changeFirstTurn(folder: string, path: string, input: number, output: number): void {
  const file = join(folder, path)
  const session = JSON.parse(readFileSync(file, 'utf8')) as Session
  const [turn] = session.last_turn_data.workflow_history
  if (turn === undefined) throw new Error('the session has turns')
  turn.turn_input_tokens += input
  turn.turn_output_tokens += output
  session.input_tokens += input
  session.output_tokens += output
  writeFileSync(file, JSON.stringify(session))
}

async function seriousFindings({ page }: RunningApp): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

test('a check finds what files and database disagree on; small things are fixed, a closed month never gets smaller', async ({
  app,
}) => {
  const { page, folder } = app
  const files = writeSessionFolder(dirname(folder.dataDir))
  const { run_id } = await ask(app, 'import.start', { sessions_dir: files.path })
  await expect.poll(async () => (await ask(app, 'import.get', { run_id })).status).toBe('done')
  changeFirstTurn(files.path, 'ben@example.org/forecast.json', 0, 9)
  changeFirstTurn(files.path, 'anna/returns.json', -5, 0)

  await show(app, '/reconciliation')
  await expect(page.getByText(words.neverHint)).toBeVisible()
  await page.getByRole('button', { name: words.check }).click()
  const last = panel(page, words.last)
  await expect(last).toContainText('0 of 2 OK, 2 need review')
  await expect(panel(page, words.unreadable)).toContainText(files.unreadable)
  const findings = panel(page, words.findings)
  await expect(findings.getByRole('row', { name: /forecast/ })).toContainText('+9')
  await expect(findings.getByRole('row', { name: /returns/ })).toContainText('needs your confirmation')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(app), colorScheme).toEqual([])
    if (process.env['WEIR_PICTURES'] !== undefined)
      await page.screenshot({
        path: join(process.env['WEIR_PICTURES'], `reconciliation-${colorScheme}.png`),
        fullPage: true,
      })
  }
  await page.emulateMedia({ colorScheme: null })
  expect(await overflow(page)).toBe(0)

  await last.getByRole('button', { name: words.preview }).click()
  const preview = page.getByRole('dialog', { name: words.previewTitle(1) })
  await expect(preview.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await expect(preview.getByRole('button', { name: words.apply })).toBeDisabled()
  if (process.env['WEIR_PICTURES'] !== undefined)
    await page.screenshot({ path: join(process.env['WEIR_PICTURES'], 'reconciliation-fix.png') })
  await preview.getByRole('textbox', { name: words.typeName(words.word) }).fill(words.word)
  await preview.getByRole('button', { name: words.apply }).click()
  await expect(findings.getByRole('row', { name: /forecast/ })).toContainText(words.corrected)

  await findings.getByRole('checkbox', { name: /returns/ }).check()
  await findings.getByRole('button', { name: words.repairChosen(1) }).click()
  const repair = page.getByRole('dialog', { name: words.repairTitle(1) })
  await repair.getByRole('textbox', { name: words.reason }).fill('The platform counted it twice')
  await repair.getByRole('button', { name: words.repairYes }).click()
  // The session is of a month that is closed long since.
  await expect(page.getByText('2025-11 is closed for anna', { exact: false })).toBeVisible()
  await repair.getByRole('button', { name: 'Cancel' }).click()
  expect((await ask(app, 'books.verify', {})).differences).toEqual([])
})
