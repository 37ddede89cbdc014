import { AxeBuilder } from '@axe-core/playwright'
import { alertsText } from '../../renderer/text/alerts.ts'
import { shellText } from '../../renderer/text/app.ts'
import { auditText } from '../../renderer/text/audit.ts'
import { connectText } from '../../renderer/text/connect.ts'
import { enforcementScreenText } from '../../renderer/text/enforcement.ts'
import { profilesText } from '../../renderer/text/profiles.ts'
import { userText } from '../../renderer/text/user.ts'
import { expect, type RunningApp, show, test } from './app.ts'
import { card, panel, userRows } from './support/screens.ts'

type Theme = 'light' | 'dark'

// In a browser only: the window shows the same elements and styles, and a look at all screens takes half a minute.

/** What can be wrong in one theme and right in the other; everything else is looked at once. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block']

/** What axe finds seriously wrong with what is on screen now, as rule and place. */
async function findings({ page }: RunningApp, theme: Theme): Promise<readonly string[]> {
  // The other mode opens a page of its own for frames, and there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const { violations } = await (theme === 'light' ? axe : axe.withRules(RULES_OF_COLOUR)).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} (${failureSummary})`),
    )
}

/** The screens, and how one sees that each is there with its figures. */
const SCREENS: readonly {
  readonly name: string
  readonly address: string
  readonly isThere: (app: RunningApp) => Promise<void>
}[] = [
  {
    name: 'the dashboard of everybody',
    address: '/dashboard?range=all',
    isThere: async ({ page }) => {
      await expect(card(page, 'Tokens in')).toBeVisible()
      await expect(panel(page, 'Velocity').locator('canvas')).toBeVisible()
    },
  },
  {
    name: 'the dashboard of a user',
    address: '/dashboard?user=at-96',
    isThere: ({ page }) => expect(panel(page, 'Limits')).toBeVisible(),
  },
  {
    name: 'a user without turns',
    address: '/dashboard?user=quiet-01',
    isThere: ({ page }) => expect(page.getByText('No turns of', { exact: false })).toBeVisible(),
  },
  {
    name: 'the guide',
    address: '/guide?page=integrate',
    isThere: ({ page }) => expect(page.getByRole('heading', { level: 2, name: 'The rules' })).toBeVisible(),
  },
  {
    name: 'users',
    address: '/users?threshold=1',
    isThere: ({ page }) => expect(userRows(page).first()).toBeVisible(),
  },
  {
    name: 'users, none found',
    address: '/users?search=nobody-is-called-this',
    isThere: ({ page }) => expect(page.getByText('No user matches')).toBeVisible(),
  },
  {
    name: 'costs',
    address: '/costs?range=all',
    isThere: async ({ page }) => {
      await expect(panel(page, 'Costs by model')).toBeVisible()
      await expect(panel(page, 'Prices').getByRole('row').nth(1)).toBeVisible()
    },
  },
  {
    name: 'intelligence',
    address: '/intelligence?range=all',
    isThere: ({ page }) => expect(card(page, 'Activation rate')).toBeVisible(),
  },
  {
    name: 'sessions',
    address: '/sessions',
    isThere: ({ page }) => expect(userRows(page).first()).toBeVisible(),
  },
  {
    name: 'profiles',
    address: '/profiles',
    isThere: ({ page }) => expect(page.getByRole('table', { name: profilesText.caption })).toBeVisible(),
  },
  {
    name: 'the form of a profile',
    address: '/profiles?edit=1',
    isThere: ({ page }) => expect(page.getByRole('dialog').getByRole('textbox').first()).toBeVisible(),
  },
  {
    name: 'users and their state',
    address: '/access?tab=users',
    isThere: ({ page }) => expect(userRows(page).first()).toBeVisible(),
  },
  {
    name: 'the form of a user',
    address: '/access?add=user',
    isThere: ({ page }) => expect(page.getByRole('dialog').getByRole('textbox').first()).toBeVisible(),
  },
  {
    name: 'importing users',
    address: '/access?add=import',
    isThere: ({ page }) => expect(page.getByRole('dialog')).toBeVisible(),
  },
  {
    name: 'tokens',
    address: '/access?tab=tokens',
    isThere: ({ page }) => expect(panel(page, connectText.tokens)).toBeVisible(),
  },
  {
    name: 'enforcement',
    address: '/enforcement?test=at-100',
    isThere: async ({ page }) => {
      await expect(panel(page, enforcementScreenText.tester.title).getByRole('status')).toBeVisible()
      await expect(panel(page, enforcementScreenText.events.title).getByRole('row').nth(1)).toBeVisible()
    },
  },
  {
    name: 'a user',
    address: '/user?id=at-100',
    isThere: ({ page }) => expect(panel(page, userText.days.title).locator('canvas')).toBeVisible(),
  },
  {
    name: 'the audit log',
    address: '/audit',
    isThere: async ({ page }) => {
      await page.getByRole('button', { name: /field/ }).first().click()
      await expect(page.getByRole('columnheader', { name: auditText.diff.before })).toBeVisible()
    },
  },
  {
    name: 'connect',
    address: '/connect',
    isThere: ({ page }) => expect(panel(page, connectText.tokens)).toBeVisible(),
  },
  {
    name: 'import',
    address: '/import',
    isThere: ({ page }) => expect(page.getByRole('textbox')).toBeVisible(),
  },
  {
    name: 'the first run',
    address: '/welcome',
    isThere: ({ page }) => expect(page.getByRole('radio').first()).toBeVisible(),
  },
]

for (const theme of ['light', 'dark'] as const satisfies readonly Theme[]) {
  test(`axe finds nothing serious on any screen in the ${theme} theme`, async ({ crowd: app }) => {
    // Ten looks at whole screens: half a minute on a quiet machine, more on a busy one.
    test.setTimeout(180_000)
    const { page } = app
    await page.emulateMedia({ colorScheme: theme })
    const found: Record<string, readonly string[]> = {}
    for (const { name, address, isThere } of SCREENS) {
      await show(app, address)
      await isThere(app)
      found[name] = await findings(app, theme)
    }
    await show(app, '/users')
    await page.getByRole('button', { name: 'Columns' }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    found['the menu of the columns'] = await findings(app, theme)
    await page.keyboard.press('Escape')
    await show(app, '/dashboard')
    await page.keyboard.press('Control+k')
    await expect(page.getByRole('dialog')).toBeVisible()
    found['the palette'] = await findings(app, theme)
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toHaveCount(0)
    await page.getByRole('button', { name: /^Refresh by itself/ }).click()
    await expect(page.getByRole('menu')).toBeVisible()
    found['the menu of the refresh'] = await findings(app, theme)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: shellText.help, exact: true }).click()
    await expect(page.getByRole('dialog', { name: shellText.shortcutHelp.title })).toBeVisible()
    found['the list of shortcuts'] = await findings(app, theme)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Alerts: / }).click()
    await expect(page.getByRole('dialog', { name: alertsText.title })).toBeVisible()
    await expect(page.getByRole('button', { name: alertsText.readAll })).toBeVisible()
    found['the alerts'] = await findings(app, theme)
    await page.keyboard.press('Escape')
    await page.emulateMedia({ colorScheme: null })
    expect(Object.fromEntries(Object.entries(found).filter(([, all]) => all.length > 0))).toEqual({})
  })
}
