import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { remember } from '../../../renderer/components/settled-query.ts'
import { appText, shellText } from '../../../renderer/text/app.ts'
import { restoreText } from '../../../renderer/text/restore.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { fakeWeir, openPage, problem, STATUS } from './fake-weir.tsx'

const BACKUP: OperationOutput<'backups.list'>['backups'][number] = {
  id: '20261124T013000Z-9f3a',
  path: '/data/weir/backups/20261124T013000Z-9f3a',
  status: 'verified',
  problem: null,
  created_at: '2026-11-24T01:30:00.000Z',
  reason: 'daily',
  size_bytes: 4096,
  sha256: 'ab',
  schema_version: 8,
  verified_at: '2026-11-24T01:30:02.000Z',
  rows: 3,
  is_pinned: false,
  is_last_verified: true,
  lock: 'none',
  copy: null,
}
const LIST: OperationOutput<'backups.list'> = {
  backups: [BACKUP],
  newest_verified: { id: BACKUP.id, created_at: '2026-11-24T01:30:00.000Z', is_recent: true },
  place: { dir: '/data/weir/backups', free_bytes: 1e9, needed_bytes: 1e8 },
  copy_dir: null,
  encryption: { state: 'off', since: null },
  kept: { last: 3, days: 7, weeks: 4, months: 12 },
  running: null,
}

describe('while a backup is restored', () => {
  it('the console says so calmly, offers nothing to retry, and is back by itself', async () => {
    const weir = fakeWeir({ 'tokens.list': () => ({ tokens: [] }) })
    openPage(weir, '/connect')
    await screen.findByText('Running')
    weir.answers['status.get'] = () => problem('restoring')
    fireEvent.keyDown(document.body, { key: 'F5' })
    await screen.findByText(shellText.banner.restoring)
    expect(screen.getByText(shellText.state.restoring)).toBeDefined()
    expect(screen.queryByRole('button', { name: appText.retry })).toBeNull()
    weir.answers['status.get'] = () => STATUS
    await screen.findByText('Running')
    await waitFor(() => expect(screen.queryByText(shellText.banner.restoring)).toBeNull())
  })

  it('every screen asks again once the database is another, also when nobody noticed the seconds in between', async () => {
    const weir = fakeWeir({ 'tokens.list': () => ({ tokens: [] }) })
    const { queries } = openPage(weir, '/connect')
    await screen.findByText('Running')
    const asked = () => weir.calls.filter(({ name }) => name === 'tokens.list').length
    await waitFor(() => expect(asked()).toBeGreaterThan(0))
    const askForStatus = () => act(() => queries.refetchQueries({ queryKey: ['status.get'] }))
    const before = asked()
    await askForStatus()
    expect(asked()).toBe(before)
    weir.answers['status.get'] = () => ({ ...STATUS, restored_as: 'restore-20261124T070000Z-9f3a' })
    await askForStatus()
    await waitFor(() => expect(asked()).toBe(before + 1))
  })

  it('panels keep what they know instead of telling a failure', () => {
    const known = { identity: '', data: 7, dataAt: 1, failure: null }
    const query = {
      data: undefined,
      error: problem('restoring'),
      isFetching: false,
      isPlaceholderData: false,
      dataUpdatedAt: 1,
      errorUpdatedAt: 2,
      refetch: () => undefined,
    }
    expect(remember(known, query, '')).toBe(known)
    expect(remember({ ...known, data: undefined }, query, '').failure).not.toBeNull()
  })
})

describe('the first page of a folder with backups and no data', () => {
  it('offers to restore one before anything else', async () => {
    const weir = fakeWeir({
      'status.get': () => ({ ...STATUS, first_run: true }),
      'backups.list': () => LIST,
      'restore.list': () => ({ restores: [], running: null }),
    })
    openPage(weir, '/welcome')
    const choice = await screen.findByRole('radio', { name: restoreText.first.title })
    await waitFor(() => expect(choice.getAttribute('aria-checked')).toBe('true'))
    expect(screen.getByRole('button', { name: restoreText.first.button })).toBeDefined()
    expect(screen.getByRole('combobox', { name: restoreText.first.choose })).toBeDefined()
  })
})

describe('a backup that turns out to be damaged', () => {
  it('is not offered again: the next good one is, and a click compares with that', async () => {
    const other = '20261123T013000Z-1a2b'
    const weir = fakeWeir({
      'backups.list': () => LIST,
      'restore.list': () => ({ restores: [], running: null }),
      'restore.plan': (input) => ({
        ...problem(
          'backup_damaged',
          `Its bytes have changed. ${(input as { backup_id: string }).backup_id === other ? 'No other one' : other}`,
        ),
        next_backup_id: (input as { backup_id: string }).backup_id === other ? null : other,
      }),
    })
    openPage(weir, `/backups?restore=${BACKUP.id}`)
    const take = await screen.findByRole('button', { name: restoreText.takeInstead(other) })
    expect(screen.queryByRole('button', { name: appText.retry })).toBeNull()
    fireEvent.click(take)
    await screen.findByText(/No other one/)
    expect(screen.getByRole('button', { name: appText.retry })).toBeDefined()
    const asked = weir.calls.filter(({ name }) => name === 'restore.plan').map(({ input }) => input)
    expect(asked).toEqual([{ backup_id: BACKUP.id }, { backup_id: other }])
  })
})
