import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  isSameView,
  parsedViews,
  SAVED_VIEWS,
  VIEWS_MAX,
  withView,
} from '../../../renderer/app/saved-views.ts'
import { lastConsumptionView } from '../../../renderer/screens/consumption/last-view.ts'
import { componentsText } from '../../../renderer/text/components.ts'
import { savedViewsText as text } from '../../../renderer/text/saved-views.ts'
import { giveCanvases } from '../components/canvas.ts'
import { EVERYBODY, userRow } from '../screens/sample.ts'
import { type FakeWeir, fakeWeir, openPage } from './fake-weir.tsx'

giveCanvases()

const VIEW = { threshold: 80, columns: 'profile,email', sort: 'username', order: 'asc' } as const

function weirWithUsers(): FakeWeir {
  return fakeWeir({
    'profiles.list': () => ({ profiles: [] }),
    'consumption.users': () => ({
      users: [userRow()],
      total_count: 1,
      limit: 50,
      offset: 0,
      everybody: EVERYBODY,
    }),
  })
}

const lastInput = (weir: FakeWeir): unknown =>
  weir.calls.findLast(({ name }) => name === 'consumption.users')?.input

async function choose(name: string): Promise<void> {
  fireEvent.click(await screen.findByRole('button', { name: text.button }))
  fireEvent.click(await screen.findByRole('menuitem', { name }))
}

async function giveName(name: string): Promise<void> {
  fireEvent.change(await screen.findByRole('textbox', { name: text.name }), { target: { value: name } })
  fireEvent.click(screen.getByRole('button', { name: text.saveYes }))
}

beforeEach(() => {
  lastConsumptionView.set({})
  act(() => SAVED_VIEWS.users.set([]))
})

describe('a view of the users table', () => {
  it('is kept under a name with filters, order and columns, and shown again from wherever the table was left', async () => {
    const weir = weirWithUsers()
    openPage(weir, '/users?threshold=80&columns=profile,email&sort=username&order=asc&page=2')
    await choose(text.save)
    await giveName('  Close to a limit ')
    // What belongs to the moment, such as the page, is no part of it.
    await waitFor(() => expect(SAVED_VIEWS.users.get()).toEqual([{ name: 'Close to a limit', view: VIEW }]))
    fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }))
    await waitFor(() => expect(lastInput(weir)).not.toHaveProperty('threshold'))
    await choose('Close to a limit')
    await waitFor(() =>
      expect(lastInput(weir)).toMatchObject({ threshold: 80, sort: 'username', order: 'asc' }),
    )
    expect(screen.getAllByRole('columnheader').map(({ textContent }) => textContent)).toEqual([
      'User',
      'Profile',
      'Email',
    ])
  })

  it('is renamed, but not to the name of another; deleted, it comes back to its place with one undo', async () => {
    const others = ['first', 'second', 'third'].map((name) => ({ name, view: VIEW }))
    SAVED_VIEWS.users.set(others)
    openPage(weirWithUsers(), '/users')
    await choose(text.rename('second'))
    await giveName('third')
    expect(await screen.findByText(text.taken)).toBeTruthy()
    await giveName('middle')
    const names = () => SAVED_VIEWS.users.get().map(({ name }) => name)
    await waitFor(() => expect(names()).toEqual(['first', 'middle', 'third']))
    await choose(text.remove('middle'))
    await waitFor(() => expect(names()).toEqual(['first', 'third']))
    fireEvent.click(await screen.findByRole('button', { name: componentsText.undo }))
    expect(names()).toEqual(['first', 'middle', 'third'])
  })

  it('saved under a name that is there takes its place', () => {
    const views = [
      { name: 'a', view: {} },
      { name: 'b', view: {} },
    ]
    expect(withView(views, { name: 'a', view: VIEW })).toEqual([{ name: 'a', view: VIEW }, views[1]])
    expect(isSameView({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true)
    expect(isSameView({ a: 1 }, { a: 2 })).toBe(false)
  })
})

describe('views that were kept', () => {
  it('are read one by one: one that makes no sense takes no other with it, and one too many not all', () => {
    const good = { name: 'Near a limit', view: { threshold: 80 } }
    expect(parsedViews([good, { name: '', view: {} }, 'x', { name: 'y', view: { a: {} } }])).toEqual([good])
    const many = Array.from({ length: VIEWS_MAX + 1 }, (_, at) => ({ name: `view ${at}`, view: {} }))
    expect(parsedViews(many)).toEqual(many.slice(0, VIEWS_MAX))
    expect(parsedViews(null)).toEqual([])
  })

  it('follow what another tab of the browser keeps', () => {
    const kept = [{ name: 'From the other tab', view: { status: 'blocked' } }]
    localStorage.setItem('weir.views.users', JSON.stringify(kept))
    window.dispatchEvent(new StorageEvent('storage', { key: 'weir.views.users' }))
    expect(SAVED_VIEWS.users.get()).toEqual(kept)
  })
})
