import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { jobsText as words } from '../../renderer/text/jobs.ts'
import { addressOf, expect, type RunningApp, show, test } from './app.ts'
import { ask } from './support/api.ts'
import { overflow, panel } from './support/screens.ts'

async function seriousFindings({ page }: RunningApp): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

test('jobs are run, looked at, rescheduled and switched off, each saying what it does', async ({ app }) => {
  const { page } = app
  await ask(app, 'setup.startEmpty', {})
  await show(app, '/jobs')
  const jobs = panel(page, words.table)
  await expect(jobs.getByRole('row')).toHaveCount(6)
  await expect(panel(page, words.runs(words.names.hourly))).toContainText('No run yet, the first at')

  await panel(page, words.runs(words.names.hourly)).getByRole('button', { name: words.run }).click()
  await expect(page.getByText(words.started(words.names.hourly))).toBeVisible()
  const runs = panel(page, words.runs(words.names.hourly))
  await expect(runs.getByText(words.status.done, { exact: true }).first()).toBeVisible()
  await expect(runs.locator('pre')).toContainText('Ended: done')
  await expect(jobs.getByRole('row', { name: /Hourly/ })).toContainText(words.status.done)

  await jobs.getByRole('button', { name: words.open(words.names.daily) }).click()
  await expect.poll(() => addressOf(page).get('job')).toBe('daily')
  await panel(page, words.runs(words.names.daily)).getByRole('button', { name: words.run }).click()
  const confirm = page.getByRole('dialog', { name: words.runTitle(words.names.daily) })
  await expect(confirm.getByRole('button', { name: 'Cancel' })).toBeFocused()
  await confirm.getByRole('button', { name: 'Cancel' }).click()

  await jobs.getByRole('button', { name: words.open(words.names.backup) }).click()
  await panel(page, words.runs(words.names.backup)).getByRole('button', { name: words.edit }).click()
  const dialog = page.getByRole('dialog', { name: words.scheduleTitle(words.names.backup) })
  await dialog.getByRole('textbox', { name: words.schedule }).fill('61 4 * * *')
  await expect(dialog).toContainText('is not a schedule')
  await expect(dialog.getByRole('button', { name: words.save })).toBeDisabled()
  await dialog.getByRole('textbox', { name: words.schedule }).fill('0 4 * * 1')
  await expect(dialog).toContainText('At 04:00, only on Monday')
  await dialog.getByRole('button', { name: words.save }).click()
  await expect(jobs.getByRole('row', { name: /Backup/ })).toContainText('0 4 * * 1')

  await jobs.getByRole('switch', { name: words.switch(words.names.backup) }).click({ force: true })
  const off = page.getByRole('dialog', { name: words.offTitle(words.names.backup) })
  await expect(off).toContainText(words.offEffect.backup)
  await off.getByRole('button', { name: words.offYes }).click()
  await expect(jobs.getByRole('row', { name: /Backup/ })).toContainText(words.off)
  await jobs.getByRole('switch', { name: words.switch(words.names.backup) }).click({ force: true })
  await expect(jobs.getByRole('row', { name: /Backup/ })).not.toContainText(words.off)

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await seriousFindings(app), colorScheme).toEqual([])
    if (process.env['WEIR_PICTURES'] !== undefined)
      await page.screenshot({
        path: join(process.env['WEIR_PICTURES'], `jobs-${colorScheme}.png`),
        fullPage: true,
      })
  }
  expect(await overflow(page)).toBe(0)
})
