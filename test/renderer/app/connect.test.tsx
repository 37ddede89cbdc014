import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { curlOf } from '../../../renderer/screens/connect/agent-calls.tsx'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { fakeWeir, openPage } from './fake-weir.tsx'

const TOKEN: OperationOutput<'tokens.revoke'> = {
  id: 7,
  name: 'planning agent',
  prefix: 'weir_k3x9',
  scope: 'executor',
  user_id: null,
  created_at: '2026-11-01T08:00:00.000Z',
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
}

describe('connecting an agent', () => {
  it('shows a new token once and forgets it when it is saved', async () => {
    const weir = fakeWeir({
      'tokens.list': () => ({ tokens: [] }),
      'tokens.create': () => ({ id: 7, token: 'weir_k3x9secret', prefix: 'weir_k3x9' }),
    })
    openPage(weir, '/connect')
    fireEvent.change(await screen.findByRole('textbox', { name: 'Name' }), { target: { value: ' agent ' } })
    fireEvent.click(screen.getByRole('button', { name: 'Create token' }))
    await screen.findByText('weir_k3x9secret')
    expect(weir.calls.find(({ name }) => name === 'tokens.create')?.input).toEqual({
      name: 'agent',
      scope: 'executor',
    })
    fireEvent.click(screen.getByRole('button', { name: 'I saved it' }))
    await waitFor(() => expect(screen.queryByText('weir_k3x9secret')).toBeNull())
  })

  it('asks before it revokes, by name, with the way out in focus', async () => {
    let tokens = [TOKEN]
    const weir = fakeWeir({
      'tokens.list': () => ({ tokens }),
      'tokens.revoke': () => {
        tokens = []
        return { ...TOKEN, revoked_at: '2026-11-24T07:00:00.000Z' }
      },
    })
    openPage(weir, '/connect')
    fireEvent.click(await screen.findByRole('button', { name: 'Revoke the token “planning agent”' }))
    const dialog = await screen.findByRole('dialog')
    expect(dialog.textContent).toContain('Revoke “planning agent”?')
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Cancel'))
    fireEvent.click(within(dialog).getByRole('button', { name: 'Revoke token' }))
    await screen.findByText('There is no token yet, so no agent can connect. Create one above.')
    expect(weir.calls.find(({ name }) => name === 'tokens.revoke')?.input).toEqual({ id: 7 })
  })

  it('has commands that read the token from the environment', () => {
    const command = curlOf('limits.check', 'http://127.0.0.1:5055')
    expect(command).toContain('POST http://127.0.0.1:5055/api/v1/limits/check')
    expect(command).toContain('Authorization: Bearer $WEIR_TOKEN')
    expect(command).toContain('"user_id":"alice"')
  })
})
