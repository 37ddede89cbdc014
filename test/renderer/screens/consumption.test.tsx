import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { lastConsumptionView } from '../../../renderer/screens/consumption/last-view.ts'
import { emptyReason } from '../../../renderer/screens/consumption/no-users.tsx'
import { usersInput } from '../../../renderer/screens/consumption/use-users.ts'
import { userColumns } from '../../../renderer/screens/consumption/user-columns.tsx'
import { USER_SORT_KEYS } from '../../../shared/contract/consumption-shapes.ts'
import { type FakeWeir, fakeWeir, openPage, problem } from '../app/fake-weir.tsx'
import { giveCanvases } from '../components/canvas.ts'
import { EVERYBODY, NOBODY_YET, SYSTEM, userRow, userSummary } from './sample.ts'

giveCanvases()

const NOBODY = { users: [], total_count: 0, limit: 50, offset: 0, everybody: EVERYBODY }

function weirWith(answers: Parameters<typeof fakeWeir>[0] = {}): FakeWeir {
  return fakeWeir({
    'consumption.systemSummary': () => SYSTEM,
    'consumption.summary': ({ user_id }) => userSummary(user_id ?? ''),
    'profiles.list': () => ({ profiles: [] }),
    'consumption.users': ({ offset }) => ({
      users: [
        userRow(),
        userRow({ user_id: 'bob', username: '<i>Bob</i>', usage_percent: 100, status: 'blocked' }),
      ],
      total_count: 130,
      limit: 50,
      offset: Number(offset ?? 0),
      everybody: EVERYBODY,
    }),
    ...answers,
  })
}

function lastInput(weir: FakeWeir): unknown {
  return weir.calls.findLast(({ name }) => name === 'consumption.users')?.input
}

function rowOf(name: string): Promise<HTMLElement> {
  return screen.findByRole('rowheader', { name }).then((header) => header.closest('tr') as HTMLElement)
}

beforeEach(() => {
  lastConsumptionView.set({})
})

describe('the columns', () => {
  const columns = userColumns({ zone: 'UTC', now: 0 })

  it('offer every order the server knows, each once', () => {
    expect(columns.map(({ sortKey }) => sortKey).toSorted()).toEqual([...USER_SORT_KEYS].toSorted())
  })

  it('are at most nine until more are chosen', () => {
    expect(columns.filter(({ isDefault }) => isDefault).length).toBeLessThanOrEqual(9)
  })
})

describe('the users table', () => {
  it('costs one call, the figures of everybody included', async () => {
    const weir = weirWith()
    openPage(weir, '/users')
    await rowOf('Alice')
    const asked = weir.calls.filter(({ name }) => name.startsWith('consumption.'))
    expect(asked.map(({ name }) => name)).toEqual(['consumption.users'])
  })

  it('shows who is close to which limit, the closest first', async () => {
    const weir = weirWith()
    openPage(weir, '/users')
    const row = (await rowOf('Alice')).textContent?.replaceAll('\u00a0', ' ') ?? ''
    expect(row).toContain('Critical')
    expect(row).toContain('hour 94%')
    expect(row).toContain('81.2K / 100K')
    expect(row).toContain('9 000 / ∞')
    expect(row).toContain('$0.0042')
    expect(row).toContain('never')
    expect(lastInput(weir)).toEqual({ sort: 'usage_percent', order: 'desc', limit: 50, offset: 0 })
    expect(screen.getByText(/November 2026, Europe\/Berlin/)).toBeTruthy()
    expect(await rowOf('<i>Bob</i>')).toBeTruthy()
  })

  it('opens a user over the table with Enter, and Escape closes them', async () => {
    const { router } = openPage(weirWith(), '/users')
    const row = await rowOf('Alice')
    row.focus()
    await act(async () => {
      fireEvent.keyDown(row, { key: 'Enter' })
    })
    expect(router.state.location).toMatchObject({ pathname: '/users', search: { user: 'alice' } })
    const drawer = await screen.findByRole('dialog')
    await act(async () => {
      fireEvent.keyDown(drawer, { key: 'Escape' })
    })
    expect(router.state.location.search).not.toHaveProperty('user')
  })

  it('sorts on the server, both ways, and keeps it in the address', async () => {
    const weir = weirWith()
    const { router } = openPage(weir, '/users?page=2')
    await rowOf('Alice')
    fireEvent.click(screen.getByRole('button', { name: 'Cost (est.)' }))
    await waitFor(() =>
      expect(lastInput(weir)).toEqual({ sort: 'estimated_cost_usd', order: 'desc', limit: 50, offset: 0 }),
    )
    expect(router.state.location.search).toEqual({ sort: 'estimated_cost_usd', order: 'desc' })
    await waitFor(() =>
      expect(screen.getByRole('columnheader', { name: 'Cost (est.)' }).getAttribute('aria-sort')).toBe(
        'descending',
      ),
    )
    fireEvent.click(screen.getByRole('button', { name: 'Cost (est.)' }))
    await waitFor(() => expect(lastInput(weir)).toMatchObject({ order: 'asc' }))
  })

  it('filters by threshold together with words, order and page', async () => {
    const weir = weirWith()
    openPage(weir, '/users?search=ali&sort=username&order=asc&page=2&size=25')
    await rowOf('Alice')
    fireEvent.click(screen.getByRole('radio', { name: '≥ 80%' }))
    await waitFor(() =>
      expect(lastInput(weir)).toEqual({
        threshold: 80,
        search: 'ali',
        sort: 'username',
        order: 'asc',
        limit: 25,
        offset: 0,
      }),
    )
    expect((await screen.findByText(/of 1 204 users/)).textContent).toContain('130 of 1\u00a0204 users')
  })

  it('searches while one types, after / has gone there', async () => {
    const weir = weirWith()
    const { router } = openPage(weir, '/users')
    await rowOf('Alice')
    fireEvent.keyDown(document.body, { key: '/' })
    const field = screen.getByRole('searchbox')
    expect(document.activeElement).toBe(field)
    fireEvent.change(field, { target: { value: 'bo' } })
    fireEvent.change(field, { target: { value: 'bob ' } })
    await waitFor(() => expect(lastInput(weir)).toMatchObject({ search: 'bob' }))
    expect(weir.calls.filter(({ name }) => name === 'consumption.users')).toHaveLength(2)
    fireEvent.click(screen.getAllByRole('button', { name: 'Clear filters' })[0] as HTMLElement)
    await waitFor(() => expect(router.state.location.search).toEqual({}))
    await waitFor(() => expect((screen.getByRole('searchbox') as HTMLInputElement).value).toBe(''))
  })

  it('opens as it was left, with its columns and density', async () => {
    lastConsumptionView.set({ threshold: 75, columns: 'profile,email', density: 'compact', size: 25 })
    const weir = weirWith()
    openPage(weir, '/users')
    await rowOf('Alice')
    expect(lastInput(weir)).toMatchObject({ threshold: 75, limit: 25 })
    expect(screen.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
      'User',
      'Profile',
      'Email',
    ])
  })

  it('keeps rows, focus and view when a refresh fails, and says so once', async () => {
    let isBroken = false
    const weir = weirWith()
    const { 'consumption.users': users } = weir.answers
    weir.answers['consumption.users'] = (input) =>
      isBroken ? problem('storage_unavailable') : (users?.(input) ?? NOBODY)
    openPage(weir, '/users?threshold=80')
    const row = await rowOf('Alice')
    row.focus()
    isBroken = true
    await act(async () => {
      fireEvent.keyDown(row, { key: 'F5' })
    })
    expect(await screen.findAllByRole('alert')).toHaveLength(1)
    expect(document.activeElement).toBe(row)
    expect(row.isConnected).toBe(true)
    expect((screen.getByRole('radio', { name: '≥ 80%' }) as HTMLInputElement).checked).toBe(true)
    isBroken = false
    fireEvent.click(within(screen.getByRole('alert')).getByRole('button', { name: 'Retry' }))
    await waitFor(() => expect(row.closest('[data-stale]')).toBeNull())
  })

  it('goes to the last page when the one in the address is gone', async () => {
    const weir = weirWith({
      'consumption.users': ({ offset }) => ({
        users: Number(offset) >= 50 ? [] : [userRow()],
        total_count: 1,
        limit: 50,
        offset: Number(offset),
        everybody: EVERYBODY,
      }),
    })
    openPage(weir, '/users?page=9')
    expect(await rowOf('Alice')).toBeTruthy()
  })
})

describe('a table without rows', () => {
  it('is good news when nobody is near a limit', async () => {
    openPage(weirWith({ 'consumption.users': () => NOBODY }), '/users?threshold=80')
    expect(await screen.findByText('Good: nobody is at or above 80%')).toBeTruthy()
  })

  it('is something else when nothing matches, when there is nobody, and when it failed', async () => {
    const page = openPage(weirWith({ 'consumption.users': () => NOBODY }), '/users?search=zzz')
    expect(await screen.findByText('No user matches')).toBeTruthy()
    page.unmount()
    lastConsumptionView.set({})
    const nobodyYet = { ...NOBODY, everybody: NOBODY_YET }
    const empty = openPage(weirWith({ 'consumption.users': () => nobodyYet }), '/users')
    expect(await screen.findByText('No users yet')).toBeTruthy()
    empty.unmount()
    openPage(weirWith({ 'consumption.users': () => problem('internal') }), '/users?threshold=80')
    expect((await screen.findByRole('alert')).textContent).toContain('Something in Weir is broken')
    expect(screen.queryByText(/nobody/)).toBeNull()
  })

  it('gives the reason by what was filtered', () => {
    expect(emptyReason({})).toBe('no-users')
    expect(emptyReason({ threshold: 90 })).toBe('good-threshold')
    expect(emptyReason({ status: 'blocked' })).toBe('good-blocked')
    expect(emptyReason({ status: 'good' })).toBe('no-match')
    expect(emptyReason({ threshold: 90, search: 'a' })).toBe('no-match')
  })

  it('asks only for what filters', () => {
    expect(usersInput({ search: '', sort: 'username' })).toEqual({
      sort: 'username',
      order: 'asc',
      limit: 50,
      offset: 0,
    })
    expect(usersInput({ page: 3, size: 25 })).toMatchObject({ limit: 25, offset: 50 })
  })
})
