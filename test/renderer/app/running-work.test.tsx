import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { fakeWeir, openPage, STATUS } from './fake-weir.tsx'

describe('the status bar', () => {
  it('shows a restore and a re-pricing that go on, and leads to them', async () => {
    const weir = fakeWeir({
      'tokens.list': () => ({ tokens: [] }),
      'status.get': () => ({
        ...STATUS,
        running_restore: { run_id: 'restore-1', steps_done: 3, steps_total: 10 },
        running_reprice: { run_id: 'reprice-1', turns_done: 400, turns_total: 900 },
      }),
    })
    openPage(weir, '/connect')
    const restore = await screen.findByRole('link', { name: 'Restore, step 4 of 10' })
    expect(restore.getAttribute('href')).toBe('/backups')
    const reprice = screen.getByRole('link', { name: 'Pricing again, 400 of 900 turns' })
    expect(reprice.getAttribute('href')).toContain('/costs?reprice=reprice-1')
  })

  it('shows none while nothing goes on', async () => {
    openPage(fakeWeir({ 'tokens.list': () => ({ tokens: [] }) }), '/connect')
    await screen.findByText('Running')
    expect(screen.queryByRole('link', { name: /^Restore, step|^Pricing again/ })).toBeNull()
  })
})
