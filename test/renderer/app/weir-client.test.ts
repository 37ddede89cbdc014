import { describe, expect, it, vi } from 'vitest'
import {
  createBrowserClient,
  createWindowClient,
  isUnreachable,
  requestOf,
} from '../../../renderer/weir-client.ts'
import { problem, STATUS } from './fake-weir.tsx'

function browser(respond: () => Response | Promise<Response>, csrf: string | null = 'proof') {
  const onUnauthorized = vi.fn()
  const fetch = vi.fn((_url: string | URL | Request, _init?: RequestInit) => Promise.resolve().then(respond))
  return { client: createBrowserClient({ fetch, csrf: () => csrf, onUnauthorized }), fetch, onUnauthorized }
}

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status })

describe('an operation over HTTP', () => {
  it('puts what a read asks for into the query and leaves out what is not set', () => {
    const { url, init } = requestOf(
      'consumption.users',
      { search: 'a&b', limit: 7, profile: undefined },
      'proof',
    )
    expect(url).toBe('/api/v1/consumption/users?search=a%26b&limit=7')
    expect(init.method).toBe('GET')
    expect(init.body).toBeUndefined()
    expect(init.headers).not.toHaveProperty('X-Weir-CSRF')
  })

  it('puts ids into the path, the rest into the body, and proves where a write comes from', () => {
    const { url, init } = requestOf('users.setProfile', { id: 'a@b', profile_id: null }, 'proof')
    expect(url).toBe('/api/v1/auth/admin/users/a%40b/consumption-profile')
    expect(init).toMatchObject({ method: 'PUT', credentials: 'same-origin', body: '{"profile_id":null}' })
    expect(init.headers).toMatchObject({ 'X-Weir-CSRF': 'proof', 'Content-Type': 'application/json' })
  })

  it('sends no body with a deletion that needs none', () => {
    const { url, init } = requestOf('tokens.revoke', { id: 4 }, 'proof')
    expect(url).toBe('/api/v1/auth/admin/tokens/4')
    expect(init.body).toBeUndefined()
    expect(init.headers).toMatchObject({ 'X-Weir-CSRF': 'proof' })
  })
})

describe('the client of the browser', () => {
  it('gives the answer as a value', async () => {
    const { client } = browser(() => json(STATUS))
    expect(await client.call('status.get', {})).toEqual({ ok: true, value: STATUS })
  })

  it('gives a refusal as the problem it is', async () => {
    const refusal = problem('busy', 'An import is running.')
    const { client, onUnauthorized } = browser(() => json(refusal, 409))
    expect(await client.call('setup.loadSample', {})).toEqual({ ok: false, problem: refusal })
    expect(onUnauthorized).not.toHaveBeenCalled()
  })

  it('says so when the session is over', async () => {
    const { client, onUnauthorized } = browser(() => json(problem('unauthorized'), 401))
    expect((await client.call('status.get', {})).ok).toBe(false)
    expect(onUnauthorized).toHaveBeenCalledOnce()
  })

  it('turns a connection that fails into a problem, not into a rejection', async () => {
    const { client } = browser(() => Promise.reject(new TypeError('Failed to fetch')))
    const answer = await client.call('status.get', {})
    expect(answer.ok ? null : isUnreachable(answer.problem)).toBe(true)
  })

  it('does not take the page of a stranger on the port for Weir', async () => {
    const { client } = browser(() => new Response('<html>router</html>', { status: 502 }))
    const answer = await client.call('status.get', {})
    expect(answer.ok ? null : isUnreachable(answer.problem)).toBe(true)
  })
})

describe('the client of the window', () => {
  it('asks over the bridge and gives the answer as it is', async () => {
    const call = vi.fn().mockResolvedValue({ ok: true, value: STATUS })
    expect(await createWindowClient({ call }).call('status.get', {})).toEqual({ ok: true, value: STATUS })
    expect(call).toHaveBeenCalledWith('status.get', {})
  })

  it('turns a process that is gone into a problem', async () => {
    const call = vi.fn().mockRejectedValue(new Error('object has been destroyed'))
    const answer = await createWindowClient({ call }).call('status.get', {})
    expect(answer.ok ? null : isUnreachable(answer.problem)).toBe(true)
  })
})
