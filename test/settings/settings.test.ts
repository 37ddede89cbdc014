import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../electron/core/api.ts'
import {
  enforcementInForce,
  overrideInForce,
  SETTINGS,
  type Settings,
} from '../../electron/core/settings/settings.ts'
import { SettingsManager } from '../../electron/core/settings/settings-manager.ts'
import { readSettings, writeSetting } from '../../electron/core/settings/settings-store.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

const OPERATOR: Actor = { name: 'Olga', via: 'window' }
const NOW = Date.parse('2026-11-24T10:20:00Z')

const INITIAL: Settings = {
  time_zone: 'UTC',
  when_unavailable: 'open',
  auto_provision_users: false,
  reservation_minutes: 10,
  max_reservation_tokens: 2_000_000,
  prompt_text: 'preview',
  sessions_writer: 'agent',
  watch_sessions: true,
  dashboards_source: 'database',
  retention_days: 90,
  log_cap_mb: 50,
  prompt_erasure_pending: false,
  sessions_dir: null,
  close_window: 'ask',
  backup_copy_dir: null,
  backup_encryption: null,
  enforcement: { mode: 'on', reason: null, until: null },
  override: null,
  fallback_price: null,
  alert_thresholds: [75, 90, 100],
  alert_muted_kinds: [],
  alert_quiet_hours: null,
  first_run_done: false,
  is_sample: false,
}

let opened: TestDatabase
let settings: SettingsManager

beforeEach(async () => {
  opened = await openTestDatabase()
  settings = await SettingsManager.open(opened.database, opened.clock)
})

afterEach(() => opened.close())

const audited = () => opened.database.reader.selectFrom('audit_log').selectAll().orderBy('id').execute()

async function store(name: string, value: string): Promise<void> {
  await opened.database.write((trx) =>
    trx.insertInto('system_settings').values({ name, value, updated_at: NOW }).execute(),
  )
}

describe('settings', () => {
  test('a new database has the initial ones, and each of them could be stored', async () => {
    expect(settings.current()).toEqual(INITIAL)
    for (const { schema, initial } of Object.values(SETTINGS)) expect(schema.parse(initial)).toEqual(initial)
  })

  test('what was changed is there after the next start, the rest as it was', async () => {
    const changes = { time_zone: 'Europe/Berlin', reservation_minutes: 3 }
    expect(await settings.change(changes, OPERATOR)).toEqual({ ...INITIAL, ...changes })
    expect(settings.current()).toEqual({ ...INITIAL, ...changes })
    expect(await readSettings(opened.database.reader)).toEqual({ ...INITIAL, ...changes })
  })

  test('every change is logged with before and after; the same value again is none', async () => {
    await settings.change({ prompt_text: 'none' }, OPERATOR)
    await settings.change({ prompt_text: 'none', is_sample: false }, OPERATOR)
    expect(await audited()).toMatchObject([
      {
        action: 'settings.change',
        object_id: 'prompt_text',
        before: '{"value":"preview"}',
        after: '{"value":"none"}',
      },
    ])
  })

  test.each<Partial<Settings>>([
    { time_zone: 'Mars/Olympus' },
    { reservation_minutes: 0 },
    { reservation_minutes: 1.5 },
    { max_reservation_tokens: -1 },
    { enforcement: { mode: 'off', reason: ' ', until: null } },
    { override: { prompts_per_hour: -1, prompts_per_day: null, reason: 'flood', until: NOW } },
  ])('refuses %j and changes nothing of what came with it', async (bad) => {
    await expect(settings.change({ is_sample: true, ...bad }, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
    })
    expect(settings.current()).toEqual(INITIAL)
    expect(await readSettings(opened.database.reader)).toEqual(INITIAL)
    expect(await audited()).toEqual([])
  })

  test('nothing changes in memory when the write fails', async () => {
    const { database, clock } = opened
    const failing = { reader: database.reader, write: () => Promise.reject(new Error('no disk')) }
    const manager = await SettingsManager.open(failing, clock)
    await expect(manager.change({ is_sample: true }, OPERATOR)).rejects.toThrow('no disk')
    expect(manager.current()).toEqual(INITIAL)
  })

  test('what another transaction wrote is in force after a reload', async () => {
    await opened.database.write((trx) => writeSetting(trx, 'first_run_done', true, NOW))
    expect(settings.current().first_run_done).toBe(false)
    expect((await settings.reload()).first_run_done).toBe(true)
    expect(settings.current().first_run_done).toBe(true)
  })

  test('settings of other versions are left alone', async () => {
    await store('of_the_future', '{"a":1}')
    expect(await readSettings(opened.database.reader)).toEqual(INITIAL)
  })

  test('a stored value that cannot be used is named, not guessed at', async () => {
    await store('time_zone', '"Nowhere"')
    await expect(readSettings(opened.database.reader)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('time_zone'),
    })
  })
})

describe('rules with an end', () => {
  const instant = fc.integer({ min: 0, max: 2 ** 42 })
  const mode = fc.constantFrom('on', 'observe', 'off')

  test('enforcement that was turned off is on again from its end on, and not before', () => {
    fc.assert(
      fc.property(mode, instant, instant, (chosen, until, now) => {
        const enforcement = { mode: chosen, reason: 'maintenance', until } as const
        const inForce = enforcementInForce({ enforcement }, now)
        expect(inForce).toEqual(
          now < until ? enforcement : { mode: 'on', reason: null, until: null, since: until },
        )
      }),
    )
  })

  test('enforcement without an end stays as it is', () => {
    fc.assert(
      fc.property(mode, instant, (chosen, now) => {
        const enforcement = { mode: chosen, reason: null, until: null } as const
        expect(enforcementInForce({ enforcement }, now)).toEqual(enforcement)
      }),
    )
  })

  test('an override holds until its end and not at it', () => {
    fc.assert(
      fc.property(instant, instant, (until, now) => {
        const override = { prompts_per_hour: 1, prompts_per_day: null, reason: 'flood', until }
        expect(overrideInForce({ override }, now)).toEqual(now < until ? override : null)
      }),
    )
    expect(overrideInForce({ override: null }, NOW)).toBeNull()
  })
})
