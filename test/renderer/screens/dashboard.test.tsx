import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { lastDashboardView } from '../../../renderer/screens/dashboard/last-view.ts'
import { type FakeWeir, fakeWeir, openPage, problem } from '../app/fake-weir.tsx'
import { giveCanvases } from '../components/canvas.ts'
import { EMPTY_SYSTEM, SYSTEM, userSummary } from './sample.ts'

giveCanvases()

function weirWith(answers: Parameters<typeof fakeWeir>[0] = {}): FakeWeir {
  return fakeWeir({
    'consumption.systemSummary': ({ period }) => ({ ...SYSTEM, range: period === 'all' ? 'all' : '2026-11' }),
    'consumption.summary': ({ user_id }) => userSummary(user_id ?? ''),
    ...answers,
  })
}

function callsOf(weir: FakeWeir, prefix: string): unknown[] {
  return weir.calls.filter(({ name }) => name.startsWith(prefix)).map(({ input }) => input)
}

function card(name: string): Promise<HTMLElement> {
  return screen.findByRole('article', { name })
}

beforeEach(() => {
  lastDashboardView.set({})
})

describe('the dashboard of all users', () => {
  it('shows this month with one call, every figure with unit and period', async () => {
    const weir = weirWith()
    openPage(weir, '/dashboard')
    expect((await card('Tokens in')).textContent?.replaceAll('\u00a0', ' ')).toContain('48 123 456 tokens')
    expect((await card('Cost (est.)')).textContent?.replaceAll('\u00a0', ' ')).toContain('$0.0042')
    expect((await card('Success rate')).textContent).toContain('12 failed of 480')
    expect((await card('Blocked requests')).textContent).toContain('17')
    expect((await card('Sessions')).textContent?.replaceAll('\u00a0', ' ')).toContain('sessions, Nov 2026')
    expect(callsOf(weir, 'consumption.')).toEqual([{ period: 'current' }])
  })

  it('shows all time when the month is empty and there were others, and says so', async () => {
    const weir = weirWith({
      'consumption.systemSummary': ({ period }) =>
        period === 'all'
          ? { ...SYSTEM, range: 'all', periods: ['2026-09'] }
          : { ...EMPTY_SYSTEM, periods: ['2026-09'] },
    })
    openPage(weir, '/dashboard')
    expect(await screen.findByText(/so this shows all time/)).toBeTruthy()
    expect((await card('Sessions')).textContent).toContain('sessions, all time')
    expect(callsOf(weir, 'consumption.')).toEqual([{ period: 'current' }, { period: 'all' }])
  })

  it('obeys a range that was chosen, also an empty one', async () => {
    const weir = weirWith({ 'consumption.systemSummary': () => ({ ...EMPTY_SYSTEM, periods: ['2026-09'] }) })
    openPage(weir, '/dashboard?range=current')
    expect((await card('Success rate')).textContent).toContain('No turns')
    expect(callsOf(weir, 'consumption.')).toEqual([{ period: 'current' }])
  })

  it('says before the first turn where the agent is to be pointed, and leads there', async () => {
    const { router } = openPage(weirWith({ 'consumption.systemSummary': () => EMPTY_SYSTEM }), '/dashboard')
    expect(await screen.findByText('No turns recorded yet')).toBeTruthy()
    expect(screen.getAllByText('http://127.0.0.1:5055').length).toBeGreaterThan(0)
    expect(screen.getByRole('button', { name: 'Import sessions' })).toBeTruthy()
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Connect the agent' }))
    })
    expect(router.state.location.pathname).toBe('/connect')
  })

  it('leads from a question, shown as plain text, to its session', async () => {
    const weir = weirWith()
    const { router, container } = openPage(weir, '/dashboard?chart=tokens')
    const question = (await screen.findByText('<b>Which tables hold orders?</b>')).closest('button')
    await act(async () => {
      fireEvent.click(question as HTMLElement)
    })
    expect(router.state.location).toMatchObject({
      pathname: '/sessions',
      search: { session: 's1', of: 'bob' },
    })
    expect(container.querySelector('li b')).toBeNull()
    await waitFor(() => expect(callsOf(weir, 'sessions.get')).toMatchObject([{ id: 's1', user_id: 'bob' }]))
  })

  it('leads from users near a limit to their list', async () => {
    const { router } = openPage(weirWith(), '/dashboard')
    const near = within(await card('Active users')).getByRole('button')
    await act(async () => {
      fireEvent.click(near)
    })
    expect(router.state.location).toMatchObject({ pathname: '/users', search: { threshold: 80 } })
  })

  it('tells a failure apart from nothing, and gets well by itself', async () => {
    let isBroken = true
    const weir = weirWith({
      'consumption.systemSummary': () => (isBroken ? problem('storage_unavailable') : SYSTEM),
    })
    openPage(weir, '/dashboard')
    expect((await screen.findByRole('alert')).textContent).toContain('Database cannot be used')
    expect(screen.queryByText('No turns recorded yet')).toBeNull()
    isBroken = false
    fireEvent.click(screen.getByRole('button', { name: 'Retry' }))
    await card('Sessions')
    expect(screen.queryByRole('alert')).toBeNull()
  })

  it('changes what the charts count with v and keeps it in the address', async () => {
    const { router } = openPage(weirWith(), '/dashboard')
    await card('Sessions')
    await act(async () => {
      fireEvent.keyDown(document.body, { key: 'v' })
    })
    expect(router.state.location.search).toEqual({ chart: 'tokens' })
  })

  it('opens as it was left when the address says nothing', async () => {
    lastDashboardView.set({ range: '2026-09', chart: 'tokens' })
    const weir = weirWith()
    const { router } = openPage(weir, '/dashboard')
    await card('Sessions')
    expect(callsOf(weir, 'consumption.')).toEqual([{ period: '2026-09' }])
    expect(router.state.location.search).toEqual({ range: '2026-09', chart: 'tokens' })
  })
})

describe('the dashboard of one user', () => {
  it('shows the limits in force with used, reserved, reset and source', async () => {
    openPage(weirWith(), '/dashboard?user=alice')
    const limits = (await screen.findByRole('heading', { name: 'Limits' })).closest('section')
    const shown = limits?.textContent?.replaceAll('\u00a0', ' ') ?? ''
    expect(shown).toContain('Blocked until 08:00 UTC: 50 of 50 prompts this hour.')
    expect(shown).toContain('50 of 50 used')
    expect(shown).toContain('starts again in 24 min')
    expect(shown).toContain('81.2K of 100K used')
    expect(shown).toContain('1 200 reserved')
    expect(shown).toContain('set by profile Free + grants')
    expect(shown).toContain('9 000 used, no limit')
  })

  it('never shows the figures of one user under the name of another', async () => {
    const weir = weirWith({
      'consumption.summary': ({ user_id }) =>
        user_id === 'bob' ? problem('user_unknown') : userSummary('alice'),
    })
    const { router } = openPage(weir, '/dashboard?user=alice')
    await screen.findByRole('heading', { name: 'Limits' })
    await act(async () => {
      await router.navigate({ to: '/dashboard', search: { user: 'bob' } })
    })
    expect((await screen.findByRole('alert')).textContent).toContain('User is unknown')
    expect(screen.queryByRole('heading', { name: 'Limits' })).toBeNull()
  })

  it('keeps an address that makes no sense from becoming an error', async () => {
    const weir = weirWith()
    openPage(weir, '/dashboard?user=%3Cscript%3E&range=2026-99&chart=pie')
    await card('Sessions')
    expect(callsOf(weir, 'consumption.')).toEqual([{ period: 'current' }])
  })
})
