import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { stateBanners } from '../../../renderer/app/banners.tsx'
import { SCREENS } from '../../../renderer/app/screens.ts'
import { unreachableProblem } from '../../../renderer/weir-client.ts'
import { type DesktopBridge, type DesktopEvent, MENU_SCREENS } from '../../../shared/desktop-bridge.ts'
import { fakeWeir, openPage, STATUS } from './fake-weir.tsx'

const noTokens = { 'tokens.list': () => ({ tokens: [] }) }

describe('the shell', () => {
  it('shows the state of Weir at the bottom', async () => {
    openPage(fakeWeir(noTokens), '/connect')
    await screen.findByText('Running')
    for (const fact of ['API 127.0.0.1:5055', 'Enforcement on', '2026-11 · Europe/Berlin', '48.2 MB']) {
      expect(screen.getByText(fact)).toBeDefined()
    }
    expect(screen.getByText(/^18.420 turns$/)).toBeDefined()
  })

  it('leads from screen to screen by g and a letter', async () => {
    const { router } = openPage(fakeWeir(noTokens), '/connect')
    await screen.findByText('Running')
    fireEvent.keyDown(document.body, { key: 'g' })
    fireEvent.keyDown(document.body, { key: 'm' })
    await waitFor(() => expect(router.state.location.pathname).toBe('/import'))
    expect(screen.getByRole('link', { name: 'Import' }).getAttribute('aria-current')).toBe('page')
  })

  it('lists every shortcut under ?', async () => {
    openPage(fakeWeir(noTokens), '/connect')
    await screen.findByText('Running')
    fireEvent.keyDown(document.body, { key: '?', shiftKey: true })
    const dialog = await screen.findByRole('dialog')
    for (const target of SCREENS) expect(dialog.textContent).toContain(target.title)
    expect(dialog.textContent).toContain('Shortcuts of a single key')
  })

  it('finds a user in the palette and opens their dashboard with Enter', async () => {
    const user = { user_id: 'alice', username: 'Alice', usage_percent: 94, status: 'critical' }
    const weir = fakeWeir({
      ...noTokens,
      'consumption.users': (input) =>
        ({
          users: input.search === 'alice' ? [user] : [],
          total_count: 1,
          limit: 7,
          offset: 0,
        }) as never,
    })
    const { router } = openPage(weir, '/connect')
    await screen.findByText('Running')
    fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true })
    const search = await screen.findByRole('textbox', { name: 'Search or run a command' })
    fireEvent.change(search, { target: { value: 'alice' } })
    await screen.findByText('Critical, fullest limit at 94%')
    fireEvent.keyDown(search, { key: 'Enter' })
    await waitFor(() => expect(router.state.location.pathname).toBe('/dashboard'))
    expect(router.state.location.search).toMatchObject({ user: 'alice' })
  })

  it('says when Weir does not answer, keeps what it said last, and tries again', async () => {
    const weir = fakeWeir(noTokens)
    openPage(weir, '/connect')
    await screen.findByText('Running')
    weir.answers['status.get'] = () => unreachableProblem('Nobody is there.')
    fireEvent.keyDown(document.body, { key: 'F5' })
    await screen.findByText(/Weir has not answered since/)
    expect(screen.getByText('Enforcement on')).toBeDefined()
    weir.answers['status.get'] = () => STATUS
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await waitFor(() => expect(screen.queryByText(/Weir has not answered since/)).toBeNull())
  })

  it('has a friendly place for an address that leads nowhere', async () => {
    openPage(fakeWeir(), '/nowhere')
    expect(await screen.findByText('There is nothing at this address')).toBeDefined()
  })

  it('follows the native menu, whose screens all exist', async () => {
    let send: (event: DesktopEvent) => void = () => {}
    const bridge: DesktopBridge = {
      call: vi.fn(),
      onEvent(listener) {
        send = listener
        return () => {}
      },
      platform: 'linux',
      face: 'window',
    }
    vi.stubGlobal('weir', bridge)
    const { router } = openPage(fakeWeir(noTokens), '/connect')
    await screen.findByText('Running')
    send({ kind: 'go', path: '/import' })
    await waitFor(() => expect(router.state.location.pathname).toBe('/import'))
    send({ kind: 'show', what: 'shortcuts' })
    expect(await screen.findByRole('dialog')).toBeDefined()
    vi.unstubAllGlobals()
    expect(MENU_SCREENS.map(({ path }) => path)).toEqual(SCREENS.map(({ path }) => path))
  })
})

describe('the banners', () => {
  const NOW = Date.parse('2026-11-24T17:46:00.000Z')
  const ACTS = {
    showImport: () => {},
    showEnforcement: () => {},
    resume: () => {},
    isResuming: false,
    removeSample: () => {},
  }

  it('count down to the end of what ends by itself', () => {
    const enforcement = { mode: 'off', reason: 'fire', until: '2026-11-24T18:00:00.000Z' } as const
    const [banner] = stateBanners({ ...STATUS, enforcement }, ACTS, NOW)
    expect(banner?.says.replaceAll('\u00a0', ' ')).toContain('resumes by itself in 14 min')
  })

  it('come worst first', () => {
    const ids = stateBanners(
      {
        ...STATUS,
        enforcement: { mode: 'off', reason: 'prices are wrong', until: '2026-11-24T18:00:00.000Z' },
        override_until: '2026-11-24T18:00:00.000Z',
        is_sample: true,
      },
      ACTS,
      NOW,
    ).map(({ id }) => id)
    expect(ids).toEqual(['off', 'override', 'sample'])
  })

  it('give reason and end of what is switched off', () => {
    const [banner] = stateBanners(
      { ...STATUS, enforcement: { mode: 'observe', reason: 'trial week', until: null } },
      ACTS,
      NOW,
    )
    expect(banner?.action?.label).toBe('Resume now')
    expect(banner?.says).toContain('trial week')
    expect(banner?.says).toContain('until you change it')
  })

  it('are none when all is well', () => {
    expect(stateBanners(STATUS, ACTS, NOW)).toEqual([])
  })
})
