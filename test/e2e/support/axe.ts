import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect } from '@playwright/test'
import type { RunningApp } from './faces.ts'

/** Whether what is on screen now can be used by everybody, in both themes. */

/** What axe finds seriously wrong, as rule and place. */
async function seriousFindings({ page }: RunningApp): Promise<readonly string[]> {
  // The other mode opens a page of its own for frames, and there are none.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}

/** Fails on a serious finding in light or dark. With WEIR_PICTURES set, leaves pictures of both in that folder. */
export async function expectUsable(app: RunningApp, name: string): Promise<void> {
  const pictures = process.env['WEIR_PICTURES']
  for (const colorScheme of ['light', 'dark'] as const) {
    await app.page.emulateMedia({ colorScheme })
    expect(await seriousFindings(app), colorScheme).toEqual([])
    if (pictures !== undefined)
      await app.page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) })
  }
  await app.page.emulateMedia({ colorScheme: null })
}
