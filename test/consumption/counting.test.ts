import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { HOUR_MS } from '../../shared/units.ts'
import { OPERATOR, openConsumption, type TestConsumption } from '../support/consumption.ts'

let weir: TestConsumption

beforeEach(async () => {
  weir = await openConsumption()
  await weir.addUser('alice', { limits: { config_changes_per_hour: 5, prompts_per_hour: 50 } })
})

afterEach(() => weir.close())

const change = (members: object = {}) => weir.consumption.countConfigChange({ user_id: 'alice', ...members })
const changes = async () => (await weir.counters('alice')).hour_config_changes

describe('a configuration change', () => {
  test('is counted, and of 64 at once against 5 an hour exactly 5 are', async () => {
    const answers = await Promise.all(Array.from({ length: 64 }, () => change()))
    expect(answers.filter((answer) => answer.kind === 'allowed')).toHaveLength(5)
    const refused = answers.find((answer) => answer.kind === 'refused')
    expect(refused).toMatchObject({
      code: 'config_limit_exceeded',
      detail: expect.stringContaining('11:00 UTC'),
      details: {
        policy: 'config_changes_per_hour',
        limit: 5,
        used: 5,
        resets_at: '2026-11-24T11:00:00.000Z',
        retry_after_seconds: 2400,
      },
    })
    const counters = await weir.counters('alice')
    expect([counters.hour_config_changes, counters.hour_requests, counters.blocked_requests]).toEqual([
      5, 0, 59,
    ])
    const events = await weir.events()
    expect(events).toHaveLength(59)
    expect(events[0]).toMatchObject({
      kind: 'blocked',
      code: 'config_limit_exceeded',
      limit_value: 5,
      used: 5,
    })
    weir.clock.advance(HOUR_MS)
    expect((await change()).kind).toBe('allowed')
    expect(await changes()).toBe(1)
  })

  test('tried out is decided the same and counts nothing', async () => {
    for (let left = 5; left > 0; left -= 1) {
      const trial = await change({ dry_run: true })
      expect(trial).toMatchObject({ kind: 'allowed', answer: { limits: [{ remaining: left }] } })
      const real = await change()
      if (real.kind === 'refused') throw new Error(real.detail)
      expect(OPERATIONS['consumption.configChange'].output.parse(real.answer).limits[0]?.remaining).toBe(
        left - 1,
      )
    }
    expect(await change({ dry_run: true })).toMatchObject({ kind: 'refused', code: 'config_limit_exceeded' })
    expect((await weir.events()).length).toBe(0)
    await expect(change({ user_id: 'carol', dry_run: true })).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(change({ user_id: 'carol' })).rejects.toMatchObject({ code: 'user_unknown' })
  })

  test.each([
    ['observe', 'config_limit_exceeded', 1],
    ['off', null, 0],
  ] as const)('beyond the limit passes while enforcement is %s', async (mode, wouldHaveBlocked, noted) => {
    for (let count = 0; count < 5; count += 1) await change()
    await weir.settings.change({ enforcement: { mode, reason: 'a test', until: null } }, OPERATOR)
    expect(await change()).toMatchObject({
      kind: 'allowed',
      answer: { enforcement: mode, would_have_blocked: wouldHaveBlocked },
    })
    expect(await weir.counters('alice')).toMatchObject({
      hour_config_changes: 6,
      would_have_blocked_requests: noted,
      blocked_requests: 0,
    })
    expect(await weir.events()).toHaveLength(noted)
  })

  test('of somebody switched off, or with a limit of 0, is refused in words of its own', async () => {
    await weir.addUser('bob', { isActive: false })
    expect(await change({ user_id: 'bob' })).toMatchObject({ kind: 'refused', code: 'user_inactive' })
    await weir.setLimits('of alice', { config_changes_per_hour: 0 })
    expect(await change()).toMatchObject({ detail: expect.stringContaining('the limit is 0') })
    await weir.setLimits('of alice', { config_changes_per_hour: null })
    expect(await change()).toMatchObject({ kind: 'allowed', answer: { limits: [{ limit: null, used: 1 }] } })
  })

  test.each(['open', 'closed'] as const)(
    'while the database is locked is decided by when_unavailable = %s',
    async (when_unavailable) => {
      await weir.settings.change({ when_unavailable }, OPERATOR)
      const other = new BetterSqlite3(weir.file)
      other.exec('begin immediate')
      const answer = await change()
      other.exec('rollback')
      other.close()
      const isOpen = when_unavailable === 'open'
      expect(answer).toMatchObject(
        isOpen
          ? { kind: 'allowed', answer: { bypassed: true, limits: [] } }
          : { kind: 'refused', code: 'limits_unavailable', details: { retry_after_seconds: 2 } },
      )
      expect((await change()).kind).toBe('allowed')
      expect(await weir.counters('alice')).toMatchObject({
        hour_config_changes: 1,
        bypassed_requests: isOpen ? 1 : 0,
      })
    },
  )
})

describe('a champion case', () => {
  const count = (members: object) => weir.consumption.countCase({ user_id: 'alice', ...members })

  test('counts once per case, also over the end of a month', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => count({ case_id: 'case-1' })))
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1)
    expect(await count({ case_id: 'case-2', session_id: 's1', turn_number: 3 })).toEqual({
      replayed: false,
      user_id: 'alice',
      current_period: '2026-11',
      champion_cases_created: 2,
    })
    expect((await weir.consumption.summary('alice')).champion_cases_created).toBe(2)
    weir.clock.set('2026-12-01T00:00:00Z')
    const later = await count({ case_id: 'case-1' })
    expect(OPERATIONS['consumption.championCase'].output.parse(later)).toMatchObject({
      replayed: true,
      current_period: '2026-12',
      champion_cases_created: 0,
    })
    expect((await weir.archive())[0]).toMatchObject({ period: 202611, champion_cases_created: 2 })
  })

  test('without an id counts once per key, and needs one', async () => {
    await expect(count({})).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [{ path: 'idempotency_key' }] },
    })
    expect((await count({ idempotency_key: 'k', session_id: 's1' })).replayed).toBe(false)
    expect((await count({ idempotency_key: 'k', session_id: 's1' })).replayed).toBe(true)
    await expect(count({ idempotency_key: 'k', session_id: 's2' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    // A key that looks like the id of a case is none.
    expect(await count({ case_id: 'k' })).toMatchObject({ replayed: false, champion_cases_created: 2 })
    expect(weir.verify().differences).toEqual([])
  })
})

describe('the quota status', () => {
  test('has every limit as the check sees it, with a word and a sentence', async () => {
    for (let count = 0; count < 2; count += 1) await change()
    const answer = await weir.consumption.admit({ user_id: 'alice', estimated_input_tokens: 30 })
    if (answer.kind === 'refused') throw new Error(answer.detail)
    const status = OPERATIONS['consumption.quotaStatus'].output.parse(
      await weir.consumption.quotaStatus('alice'),
    )
    expect(status).toMatchObject({
      user_id: 'alice',
      status: 'good',
      status_reason: expect.stringContaining('2 %'),
    })
    expect(status.limits.slice(0, 5)).toEqual(answer.answer.limits)
    expect(status.limits[5]).toMatchObject({
      policy: 'config_changes_per_hour',
      used: 2,
      remaining: 3,
      percent: 40,
    })
    await expect(weir.consumption.quotaStatus('carol')).rejects.toMatchObject({ code: 'user_unknown' })
  })
})
