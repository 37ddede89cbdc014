import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { sourceBanners } from '../../../renderer/app/banners.tsx'
import { fakeWeir, openPage, STATUS } from './fake-weir.tsx'

const USUAL = STATUS.dashboards
const none = vi.fn()
const says = (dashboards: Partial<typeof USUAL>) =>
  sourceBanners({ ...USUAL, ...dashboards }, none, false).map((banner) => [banner.tone, banner.says])

describe('the banner of the source', () => {
  it('is not there while figures come from the database', () => {
    expect(says({})).toEqual([])
  })

  it('tells a choice from a database that does not answer, and what is shown meanwhile', () => {
    const readAt = '2026-11-24T07:00:00.000Z'
    expect(says({ chosen: 'files', source: 'files', read_at: readAt })).toEqual([
      ['warning', expect.stringContaining('as you have chosen')],
    ])
    expect(says({ chosen: 'files' })[0]?.[1]).toContain('are being read')
    expect(says({ chosen: 'files', error: 'No folder is known.' })[0]?.[1]).toContain('No folder is known.')
    const down = says({ source: 'files', read_at: readAt, database_down_since: readAt })
    expect(down).toEqual([['bad', expect.stringContaining('The database cannot be read since')]])
  })

  it('leads back to the database with one click', async () => {
    const status = { ...STATUS, dashboards: { ...USUAL, chosen: 'files' as const } }
    const weir = fakeWeir({
      'status.get': () => status,
      'tokens.list': () => ({ tokens: [] }),
      'settings.update': () => ({ settings: [], is_erasing: false, restart_needed: [], erased_prompts: 0 }),
    })
    openPage(weir, '/connect')
    fireEvent.click(await screen.findByRole('button', { name: 'Show the database' }))
    await waitFor(() =>
      expect(weir.calls).toContainEqual({
        name: 'settings.update',
        input: { dashboards_source: 'database' },
      }),
    )
    expect(await screen.findByText('Dashboards show the database again.')).toBeDefined()
  })
})
