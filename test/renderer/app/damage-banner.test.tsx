import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, test } from 'vitest'
import { fakeWeir, openPage, problem, STATUS } from './fake-weir.tsx'

const DAMAGED = {
  ...STATUS,
  storage: {
    state: 'damaged' as const,
    found_at: '2026-11-24T06:59:00.000Z',
    detail: 'SQLITE_CORRUPT: database disk image is malformed',
    backup: { id: '20261124T013000Z-9f3a', created_at: '2026-11-24T01:30:00.000Z' },
  },
}
const TOKENS = { 'tokens.list': () => ({ tokens: [] }) }

describe('a damaged database', () => {
  test('is said on every screen, and recovered after one question', async () => {
    const weir = fakeWeir({
      ...TOKENS,
      'status.get': () => DAMAGED,
      'restore.recover': () => problem('busy', 'A backup is being restored already.'),
    })
    openPage(weir, '/connect')
    expect((await screen.findByText(/The database is damaged/)).textContent).toContain('Nothing is written')
    fireEvent.click(screen.getByRole('button', { name: 'Recover …' }))
    const dialog = await screen.findByRole('dialog', { name: 'Recover the database?' })
    expect(dialog.textContent).toContain('The damaged files are kept.')
    expect(weir.calls.map(({ name }) => name)).not.toContain('restore.recover')
    fireEvent.click(within(dialog).getByRole('button', { name: 'Recover' }))
    await waitFor(() =>
      expect(weir.calls).toContainEqual({ name: 'restore.recover', input: { confirm: true } }),
    )
    // A no is shown with its reason.
    expect(await screen.findByText(/being restored already/)).toBeDefined()
  })

  test('without a verified backup offers no recovery but says what can be done', async () => {
    const storage = { ...DAMAGED.storage, backup: null }
    openPage(fakeWeir({ ...TOKENS, 'status.get': () => ({ ...DAMAGED, storage }) }), '/connect')
    expect((await screen.findByText(/The database is damaged/)).textContent).toContain(
      'import the session files',
    )
    expect(screen.queryByRole('button', { name: 'Recover …' })).toBeNull()
  })

  test('that is whole says nothing', async () => {
    const weir = fakeWeir(TOKENS)
    openPage(weir, '/connect')
    await waitFor(() => expect(weir.calls.some(({ name }) => name === 'status.get')).toBe(true))
    expect(screen.queryByText(/The database is damaged/)).toBeNull()
  })
})
