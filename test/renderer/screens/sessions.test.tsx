import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { toCsv } from '../../../renderer/components/export-rows.ts'
import { lastSessionsView } from '../../../renderer/screens/sessions/last-view.ts'
import { sessionColumns } from '../../../renderer/screens/sessions/session-columns.tsx'
import type { SessionRow, SessionView } from '../../../renderer/screens/sessions/use-sessions.ts'
import { sessionsText } from '../../../renderer/text/sessions.ts'
import { SESSION_SORT_KEYS } from '../../../shared/contract/session-records.ts'
import { type FakeWeir, fakeWeir, openPage, problem } from '../app/fake-weir.tsx'

const ROW: SessionRow = {
  user_id: 'alice',
  username: 'Alice',
  session_id: 'session-1',
  session_name: '<b>Orders</b>',
  status: 'idle',
  source: 'import',
  models: ['atlas'],
  turns: 2,
  failed_turns: 1,
  total_input_tokens: 11_000,
  total_output_tokens: 1_000,
  total_tokens: 12_000,
  outside_turns_tokens: 600,
  estimated_cost_usd: 0.25,
  first_used_at: '2026-11-24T06:00:00.000Z',
  last_used_at: '2026-11-24T06:30:00.000Z',
  closed_at: null,
}

function turn(turn_number: number, members: Partial<SessionView['turns'][number]> = {}) {
  return {
    id: turn_number,
    user_id: 'alice',
    session_id: 'session-1',
    turn_number,
    user_query: 'Which orders?',
    session_name: null,
    input_tokens: 100,
    output_tokens: 10,
    cached_input_tokens: 0,
    total_tokens: 110,
    provider: 'acme',
    model: 'atlas',
    cost_usd: 0.1,
    price_source: 'catalogue',
    exceeded_reservation: null,
    status: 'success',
    is_valid: true,
    rag_used: false,
    rag_tokens_saved: 0,
    duration_ms: 1_500,
    source: 'import',
    period: '2026-11',
    occurred_at: '2026-11-24T06:00:00.000Z',
    created_at: '2026-11-24T06:00:00.000Z',
    ...members,
  } as const
}

const VIEW: SessionView = {
  session: ROW,
  sums: {
    turns_input_tokens: 10_500,
    turns_output_tokens: 900,
    outside_turns_input_tokens: 500,
    outside_turns_output_tokens: 100,
    outside_turns_cost_usd: 0.01,
  },
  file: null,
  turns: [
    turn(1, { price_source: 'fallback', rag_used: true, rag_tokens_saved: -40 }),
    turn(2, { status: 'failed', is_valid: false, user_query: null }),
  ],
  total_count: 2,
  limit: 100,
  offset: 0,
}

function weirWith(answers: Parameters<typeof fakeWeir>[0] = {}): FakeWeir {
  return fakeWeir({
    'sessions.list': ({ offset }) => ({
      sessions: [ROW],
      total_count: 130,
      limit: 50,
      offset: Number(offset ?? 0),
    }),
    'sessions.get': () => VIEW,
    ...answers,
  })
}

function lastInput(weir: FakeWeir): unknown {
  return weir.calls.findLast(({ name }) => name === 'sessions.list')?.input
}

const plain = (element: Element | null) => element?.textContent?.replaceAll('\u00a0', ' ') ?? ''

beforeEach(() => lastSessionsView.set({}))

describe('the list of sessions', () => {
  it('offers every order the server knows, each once', () => {
    const keys = sessionColumns({ zone: 'UTC', now: 0 }).flatMap(({ sortKey }) => sortKey ?? [])
    expect(keys.toSorted()).toEqual([...SESSION_SORT_KEYS].toSorted())
  })

  it('shows names as text, and sorts and filters on the server', async () => {
    const weir = weirWith()
    const { router } = openPage(weir, '/sessions?page=2')
    await screen.findByText('<b>Orders</b>')
    fireEvent.click(screen.getByRole('button', { name: 'Cost (est.)' }))
    await waitFor(() =>
      expect(lastInput(weir)).toEqual({ sort: 'estimated_cost_usd', order: 'desc', limit: 50, offset: 0 }),
    )
    fireEvent.click(screen.getByRole('checkbox', { name: sessionsText.filters.outside }))
    await waitFor(() => expect(lastInput(weir)).toMatchObject({ outside: true }))
    fireEvent.click(screen.getByRole('button', { name: sessionsText.filters.clear }))
    await waitFor(() =>
      expect(router.state.location.search).toEqual({ sort: 'estimated_cost_usd', order: 'desc' }),
    )
  })

  it('says why it is empty, and offers the way on', async () => {
    const none = { sessions: [], total_count: 0, limit: 50, offset: 0 }
    openPage(weirWith({ 'sessions.list': () => none }), '/sessions')
    expect(await screen.findByText(sessionsText.empty.none)).toBeTruthy()
    expect(screen.getByRole('button', { name: sessionsText.empty.import })).toBeTruthy()
  })

  it('says what is wrong when it cannot be read, with a way to try again', async () => {
    openPage(weirWith({ 'sessions.list': () => problem('storage_unavailable') }), '/sessions')
    expect(await screen.findByText('Database cannot be used')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Retry' })).toBeTruthy()
  })
})

describe('a session', () => {
  it('opens with Enter, tells both sums and the named rest, and how each turn was priced', async () => {
    const weir = weirWith()
    const { router } = openPage(weir, '/sessions')
    const row = (await screen.findByText('<b>Orders</b>')).closest('tr') as HTMLElement
    row.focus()
    await act(async () => void fireEvent.keyDown(row, { key: 'Enter' }))
    await waitFor(() => expect(router.state.location.search).toEqual({ session: 'session-1', of: 'alice' }))
    const dialog = await screen.findByRole('dialog')
    await within(dialog).findByText(sessionsText.turn.price.fallback)
    const shown = plain(dialog)
    expect(shown).toContain(
      'says 12 000 tokens: its turns add up to 11 400, and 600 were spent outside turns.',
    )
    expect(shown).toContain('RAG, cost 40 tokens more')
    expect(shown).toContain(sessionsText.turn.invalid)
    expect(shown).toContain(sessionsText.turn.noQuestion)
    expect(shown).toContain(sessionsText.inspector.noFile)
  })

  it('is found again by its address, and closing it leaves the list', async () => {
    const { router } = openPage(weirWith(), '/sessions?session=session-1&of=alice&status=idle')
    fireEvent.click(await screen.findByRole('button', { name: sessionsText.inspector.close }))
    await waitFor(() => expect(router.state.location.search).toEqual({ status: 'idle' }))
  })
})

describe('an export', () => {
  it('marks what a spreadsheet would run as a formula, and quotes what holds commas', () => {
    const csv = toCsv([{ name: '=HYPERLINK("http://x")', text: 'a,b', models: ['x', 'y'], ok: true }])
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")","a,b",x; y,true`)
  })
})
