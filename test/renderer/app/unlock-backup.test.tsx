import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { restoreText } from '../../../renderer/text/restore.ts'
import { fakeWeir, openPage, problem } from './fake-weir.tsx'

const ID = '20261124T013000Z-9f3a'

describe('restoring an encrypted backup whose passphrase is not known', () => {
  it('asks for it, says when it is wrong, and goes on to the comparison when it is right', async () => {
    let isUnlocked = false
    const weir = fakeWeir({
      'backups.list': () => problem('internal'),
      'restore.list': () => ({ restores: [], running: null }),
      'restore.plan': () =>
        isUnlocked
          ? {
              backup: {
                id: ID,
                created_at: '2026-11-24T01:30:00.000Z',
                reason: 'daily',
                size_bytes: 4096,
                schema_version: 10,
              },
              schema_version: 10,
              live_problem: null,
              counts: [],
              files: null,
              changes: [],
              changes_total: 0,
              notices: [],
            }
          : problem('passphrase_needed'),
      'restore.unlock': ({ passphrase }) => {
        if (passphrase !== 'right') return problem('passphrase_wrong', 'This is not the passphrase.')
        isUnlocked = true
        return { backup_id: ID }
      },
    })
    openPage(weir, `/backups?restore=${ID}`)
    const field = await screen.findByLabelText(restoreText.passphrase)
    fireEvent.change(field, { target: { value: 'wrong' } })
    fireEvent.click(screen.getByRole('button', { name: restoreText.unlock }))
    expect(await screen.findByText('This is not the passphrase.')).toBeDefined()
    expect(screen.queryByText(restoreText.means)).toBeNull()
    fireEvent.change(field, { target: { value: 'right' } })
    fireEvent.click(screen.getByRole('button', { name: restoreText.unlock }))
    expect(await screen.findByText(restoreText.means)).toBeDefined()
  })
})
