import { afterEach, describe, expect, test } from 'vitest'
import { bearer, type Harness, harness } from '../http/http-harness.ts'

let weir: Harness

afterEach(() => weir.app.close())

const PROFILE = '/api/v1/auth/admin/consumption-profiles/3'

describe('a DELETE', () => {
  test('takes what it needs from the query or from the body', async () => {
    weir = await harness()
    const headers = bearer('admin')
    await weir.call({ method: 'DELETE', url: `${PROFILE}?move_users_to=2`, headers })
    await weir.call({ method: 'DELETE', url: PROFILE, payload: { move_users_to: 2 }, headers })
    await weir.call({ method: 'DELETE', url: PROFILE, headers })
    expect(weir.calls.map((call) => call.args[0])).toEqual([
      { id: 3, move_users_to: 2 },
      { id: 3, move_users_to: 2 },
      { id: 3 },
    ])
  })

  test('refuses a body that is no object, or names another object than the address', async () => {
    weir = await harness()
    for (const payload of ['[]', '"x"', '{"id":4}', '{"surprise":1}']) {
      const headers = { ...bearer('admin'), 'content-type': 'application/json' }
      const answer = await weir.call({ method: 'DELETE', url: PROFILE, payload, headers })
      expect([payload, answer.statusCode]).toEqual([payload, 400])
    }
    expect(weir.calls).toEqual([])
  })
})
