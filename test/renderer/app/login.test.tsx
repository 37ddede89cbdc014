import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { type BrowserSession, createBrowserSession } from '../../../renderer/app/browser-session.ts'
import { fakeWeir, openPage, problem } from './fake-weir.tsx'

const GOOD_CODE = 'k3x9-good'
const GOOD_TOKEN = 'weir_good'

/** The session end of a server: one good code, one good token. */
function fakeServer() {
  let isOpen = false
  const sent: unknown[] = []
  const fetch = vi.fn(async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    if (String(url).endsWith('/session'))
      return json({ authenticated: isOpen, csrf: isOpen ? 'proof' : null })
    const body: unknown = JSON.parse(String(init?.body))
    sent.push(body)
    isOpen =
      JSON.stringify(body) === `{"code":"${GOOD_CODE}"}` ||
      JSON.stringify(body) === `{"token":"${GOOD_TOKEN}"}`
    return isOpen
      ? json({})
      : json(problem('unauthorized', 'This token is unknown, expired or revoked.'), 401)
  })
  return { fetch, sent }
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status })

async function loggedOut(): Promise<{ session: BrowserSession; sent: unknown[] }> {
  const server = fakeServer()
  const session = createBrowserSession(server.fetch)
  await session.check()
  return { session, sent: server.sent }
}

const weir = () => fakeWeir({ 'tokens.list': () => ({ tokens: [] }) })

describe('the login of a browser', () => {
  it('asks for it before any screen, and remembers which one was wanted', async () => {
    const { session } = await loggedOut()
    const page = weir()
    const { router } = openPage(page, '/connect', session)
    await screen.findByText('Log in to Weir')
    expect(router.state.location).toMatchObject({ pathname: '/login', search: { next: '/connect' } })
    // Without a session nothing is asked, so nothing is refused.
    expect(page.calls).toEqual([])
  })

  it('exchanges the code of a link once and leaves neither code nor login behind', async () => {
    const { session, sent } = await loggedOut()
    const { router } = openPage(weir(), `/login?code=${GOOD_CODE}&next=%2Fconnect`, session)
    await waitFor(() => expect(router.state.location.pathname).toBe('/connect'))
    expect(sent).toEqual([{ code: GOOD_CODE }])
    expect(router.history.length).toBe(1)
    expect(session.csrf()).toBe('proof')
  })

  it('explains a link that was used already and takes a token instead', async () => {
    const { session } = await loggedOut()
    const { router } = openPage(weir(), '/login?code=old', session)
    await screen.findByText('The link did not work')
    fireEvent.change(screen.getByLabelText('Admin token'), { target: { value: ` ${GOOD_TOKEN} ` } })
    fireEvent.click(screen.getByRole('button', { name: 'Log in' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/dashboard'))
  })

  it('says why a token is refused', async () => {
    const { session } = await loggedOut()
    openPage(weir(), '/login', session)
    fireEvent.change(await screen.findByLabelText('Admin token'), { target: { value: 'weir_bad' } })
    fireEvent.click(screen.getByRole('button', { name: 'Log in' }))
    await screen.findByText('This token is unknown, expired or revoked.')
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/login'])(
    'does not follow a link that would lead to %s',
    async (next) => {
      const { session } = await loggedOut()
      const { router } = openPage(
        weir(),
        `/login?code=${GOOD_CODE}&next=${encodeURIComponent(next)}`,
        session,
      )
      await waitFor(() => expect(router.state.location.pathname).toBe('/dashboard'))
    },
  )

  it('knows that an unreachable Weir says nothing about the session', async () => {
    const session = createBrowserSession(() => Promise.reject(new TypeError('refused')))
    expect((await session.check()).ok).toBe(false)
    expect(session.isLoggedIn()).toBe(true)
  })
})
