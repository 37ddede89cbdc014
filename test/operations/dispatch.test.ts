import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { dispatch, dispatchToAnswer, isOperationName } from '../../electron/operations/dispatch.ts'
import { TestClock } from '../support/clock.ts'
import { ALLOWED, fakeWeir } from '../support/fake-weir.ts'

const OPERATOR: Caller = { name: 'operator', via: 'window', scope: 'admin', userId: null, tokenId: null }

describe('an operation called without HTTP', () => {
  it('answers with its value and its status', async () => {
    const { weir } = fakeWeir(new TestClock(), { 'consumption.admit': ALLOWED })
    const result = await dispatch(weir, 'limits.check', { user_id: 'alice' }, OPERATOR)
    expect(result).toEqual({ kind: 'done', status: 200, value: ALLOWED.kind === 'allowed' && ALLOWED.answer })
  })

  it('hands who asks to the core, for the audit log', async () => {
    const { weir, calls } = fakeWeir(new TestClock())
    await dispatch(weir, 'setup.startEmpty', {}, OPERATOR)
    expect(calls).toEqual([{ method: 'startEmpty', args: [OPERATOR] }])
  })

  it('answers across a process boundary with data, whatever goes wrong', async () => {
    const faults = [new WeirError('folder_in_use', 'Another Weir has it.'), new TypeError('x'), 'text', null]
    for (const fault of faults) {
      const { weir } = fakeWeir(new TestClock(), { status: () => Promise.reject(fault) })
      const answer = await dispatchToAnswer(weir, 'status.get', {}, OPERATOR)
      expect(structuredClone(answer)).toMatchObject({
        ok: false,
        problem: {
          code: fault instanceof WeirError ? 'folder_in_use' : 'internal',
          request_id: expect.any(String),
        },
      })
    }
  })

  it('refuses an input that is no object, without asking the core', async () => {
    for (const input of [undefined, null, 'x', 5, [], () => undefined]) {
      const { weir, calls } = fakeWeir(new TestClock())
      expect(await dispatch(weir, 'status.get', input, OPERATOR)).toMatchObject({ code: 'invalid_request' })
      expect(calls).toEqual([])
    }
  })

  it('names at most twenty errors, however many there are', async () => {
    const { weir } = fakeWeir(new TestClock())
    const input = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`member${index}`.padEnd(300, 'x'), 1]),
    )
    const result = await dispatch(weir, 'status.get', input, OPERATOR)
    expect(result.kind === 'refused' && result.details['errors']).toHaveLength(20)
    expect(JSON.stringify(result).length).toBeLessThan(5000)
  })

  it('is known by its own name only', () => {
    expect(isOperationName('limits.check')).toBe(true)
    for (const name of ['toString', '__proto__', 'limits', '', 5, null])
      expect(isOperationName(name)).toBe(false)
  })

  it('does not bring a web server along', () => {
    const folder = resolve(import.meta.dirname, '../../electron/operations')
    for (const file of readdirSync(folder)) {
      expect(readFileSync(resolve(folder, file), 'utf8')).not.toMatch(
        /from '(?:fastify|node:http|.*\/http\/)/,
      )
    }
  })
})
