import { MENU_SCREENS } from '../../shared/desktop-bridge.ts'
import { expect, show, test } from './app.ts'
import { ask, recordTurn } from './support/api.ts'
import { LONG_QUESTION } from './support/crowd.ts'
import { HOSTILE_TEXTS } from './support/hostile-texts.ts'
import { injected, overflow, userRow } from './support/screens.ts'

/** As a page shows it: breaks and tabs are spaces, and those at the ends are nothing. */
const shown = (text: string) => text.replaceAll(/\s+/g, ' ').trim()

test('sixty hostile texts as names of users, sessions, models, profiles and tokens are text on every screen', async ({
  app,
}) => {
  const { page, url } = app
  expect(HOSTILE_TEXTS).toHaveLength(60)
  await ask(app, 'setup.startEmpty', {})
  const { token } = await ask(app, 'tokens.create', { name: HOSTILE_TEXTS[0] ?? '', scope: 'executor' })
  for (const [at, text] of HOSTILE_TEXTS.entries()) {
    const id = `hostile-${at}`
    await ask(app, 'users.create', { id, username: text })
    await recordTurn(
      { url, token },
      {
        user_id: id,
        session_id: `session-${at}`,
        turn_number: 1,
        provider: text.slice(0, 128),
        model: text.slice(0, 128),
        cost_usd: 1 + at,
        user_query: `${text} ${at === 0 ? LONG_QUESTION : ''}`,
        session_name: text,
      },
    )
  }
  await ask(app, 'profiles.create', { name: HOSTILE_TEXTS[5] ?? '', description: HOSTILE_TEXTS[7] ?? '' })
  await page.reload()

  await show(app, '/users?size=100&sort=username&order=asc')
  for (const [at, text] of HOSTILE_TEXTS.entries()) {
    const name = await userRow(page, `hostile-${at}`).getByRole('rowheader').innerText()
    expect(shown(name), `the name of user ${at}`).toContain(shown(text))
  }
  for (const { path } of [...MENU_SCREENS, { path: '/sessions?size=100' }, { path: '/access?tab=tokens' }]) {
    await show(app, path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
    expect(await injected(page), path).toEqual({ hacked: false, elements: 0 })
    expect(await overflow(page), `${path} is as wide as its window`).toBe(0)
  }
  for (const at of [0, 5, 33, 50, 59]) {
    await show(app, `/dashboard?user=hostile-${at}`)
    await expect(page.getByRole('main')).toContainText(shown(HOSTILE_TEXTS[at] ?? '').slice(0, 30))
    expect(await injected(page), `the dashboard of user ${at}`).toEqual({ hacked: false, elements: 0 })
    expect(await overflow(page), `the dashboard of user ${at}`).toBe(0)
  }
})
