import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CheckFinding } from '../../electron/core/api.ts'
import { Latency } from '../../electron/core/kernel/latency.ts'
import { Metrics } from '../../electron/core/kernel/metrics.ts'
import { ReadinessManager } from '../../electron/core/observing/readiness-manager.ts'
import { prometheusText } from '../../electron/http/prometheus-text.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { TestClock } from '../support/clock.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

let opened: TestWeir
beforeEach(async () => {
  opened = await openWeir(SYSTEM_CLOCK)
})
afterEach(() => opened.close())

const stateOf = async (id: string) =>
  (await opened.weir.readiness.run()).checks.find((check) => check.id === id)

describe('readiness', () => {
  test('answers what its contract says, and a fresh Weir is not ready', async () => {
    const report = OPERATIONS['readiness.get'].output.parse(await opened.weir.readiness.run())
    expect(report.verdict).toBe('attention')
    const states = Object.fromEntries(report.checks.map(({ id, state }) => [id, state]))
    expect(states).toMatchObject({
      profiles: 'ok',
      assigned: 'unknown',
      token: 'attention',
      api: 'attention',
    })
    expect(states).toMatchObject({
      dashboards: 'unknown',
      integrity: 'ok',
      wal: 'ok',
      limits: 'ok',
      prices: 'ok',
      clock: 'ok',
    })
    expect(report.success.every(({ state }) => state === 'cannot_judge')).toBe(true)
    const lost = report.checks.filter(({ state, fix }) => state === 'attention' && fix === null)
    expect(lost, 'what needs a person says what to do').toEqual([])
  })

  test('a token that is used becomes evidence, and enforcement that is off needs a person', async () => {
    const { token } = await opened.weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
    expect((await stateOf('token'))?.state).toBe('unknown')
    await opened.weir.tokens.authenticate(token)
    await expect.poll(async () => (await stateOf('token'))?.state).toBe('ok')
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await opened.weir.enforcement.set({ mode: 'off', reason: 'a test', until }, OPERATOR)
    expect(await stateOf('limits')).toMatchObject({
      state: 'attention',
      fix: { text: expect.stringContaining('weir enforcement on'), path: null },
    })
  })

  test('a catalogue that waits to be looked at needs a person until it is taken over', async () => {
    const handle = new BetterSqlite3(join(opened.dataDir, 'auth.db'))
    handle.exec("update model_prices set catalogue_version = 'an older one' where source = 'catalogue'")
    handle.close()
    expect(await stateOf('prices')).toMatchObject({ state: 'attention', fix: { path: '/costs' } })
    await opened.weir.prices.updateCatalogue({}, OPERATOR)
    expect((await stateOf('prices'))?.state).toBe('ok')
  })

  test('a check that hangs or throws is unknown, never ok, and takes no other with it', async () => {
    const readiness = new ReadinessManager({ clock: new TestClock(), log: recordingLog() }, 20)
    const fine: CheckFinding = { state: 'ok', evidence: 'fine', since: null, fix: null }
    readiness.register({ id: 'hangs', title: 'Hangs', run: () => new Promise(() => undefined) })
    readiness.register({ id: 'throws', title: 'Throws', run: () => Promise.reject(new Error('no disk')) })
    readiness.register({ id: 'fine', title: 'Fine', run: async () => fine })
    readiness.registerSuccess({
      id: 'hangs',
      title: 'H',
      target: '0',
      run: () => new Promise(() => undefined),
    })
    const { verdict, ok, checks, success } = await readiness.run()
    expect(checks.map(({ state }) => state)).toEqual(['unknown', 'unknown', 'ok'])
    expect(checks[1]?.evidence).toContain('no disk')
    expect({ verdict, ok }).toEqual({ verdict: 'unknown', ok: 1 })
    expect(success[0]?.state).toBe('cannot_judge')
  })
})

describe('settings', () => {
  const settings = () => opened.weir.settings
  const settingOf = async (name: string) => (await settings().get()).settings.find((one) => one.name === name)

  test('settings.get and settings.update answer what their contract says', async () => {
    OPERATIONS['settings.get'].output.parse(await settings().get())
    const answer = await settings().update(
      { reservation_minutes: 15, max_reservation_tokens: 50_000 },
      OPERATOR,
    )
    OPERATIONS['settings.update'].output.parse(answer)
    expect((await settingOf('reservation_minutes'))?.value).toBe(15)
    await expect(settings().update({ reservation_minutes: 0 }, OPERATOR)).rejects.toMatchObject({
      code: 'invalid_request',
    })
    const { entries } = await opened.weir.audit.list({ limit: 10 })
    expect(entries.map(({ object_id }) => object_id)).toEqual(
      expect.arrayContaining(['reservation_minutes', 'max_reservation_tokens']),
    )
  })

  test('port and sessions folder go to settings.json, privately, and hold after a restart', async () => {
    const answer = await settings().update({ port: 6001, sessions_dir: opened.dataDir }, OPERATOR)
    expect(answer.restart_needed).toEqual(['port', 'sessions_dir'])
    const path = join(opened.dataDir, 'settings.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ port: 6001, sessions_dir: opened.dataDir })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await settings().update({ port: null }, OPERATOR)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ sessions_dir: opened.dataDir })
    await expect(settings().update({ sessions_dir: '/no/such/folder' }, OPERATOR)).rejects.toMatchObject({
      code: 'folder_unreadable',
    })
  })

  test('the time zone can be chosen until something was counted', async () => {
    await settings().update({ time_zone: 'Europe/Berlin' }, OPERATOR)
    expect((await settingOf('time_zone'))?.fixed_because).toBeNull()
    await opened.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await opened.weir.consumption.recordTurn(turnInput())
    await expect(settings().update({ time_zone: 'UTC' }, OPERATOR)).rejects.toMatchObject({
      code: 'setting_fixed',
    })
    expect((await settingOf('time_zone'))?.fixed_because).toContain('never change')
    await settings().update({ time_zone: 'Europe/Berlin', reservation_minutes: 5 }, OPERATOR)
  })

  test('keeping less of the prompts asks first, then erases them from the files of the database', async () => {
    await opened.weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    await settings().update({ prompt_text: 'full' }, OPERATOR)
    const question = `PROMPTMARKER ${'x'.repeat(200)} ENDMARKER`
    for (let turn = 1; turn <= 5; turn += 1)
      await opened.weir.consumption.recordTurn(turnInput({ turn_number: turn, user_query: question }))
    await expect(settings().update({ prompt_text: 'preview' }, OPERATOR)).rejects.toMatchObject({
      code: 'confirmation_needed',
      details: { would_erase: 5 },
    })
    const less = await settings().update({ prompt_text: 'preview', confirm_erase: true }, OPERATOR)
    expect(less).toMatchObject({ erased_prompts: 5, is_erasing: false })
    const { turns } = await opened.weir.consumption.turns({ user_id: 'alice' })
    expect(turns.map(({ user_query }) => user_query?.length)).toEqual([120, 120, 120, 120, 120])
    expect(
      (await settings().update({ prompt_text: 'none', confirm_erase: true }, OPERATOR)).erased_prompts,
    ).toBe(5)
    await opened.weir.close()
    const closed = opened
    const bytes = readFileSync(join(opened.dataDir, 'auth.db'), 'latin1')
    expect(bytes).not.toMatch(/PROMPTMARKER|ENDMARKER/)
    opened = await openWeir(SYSTEM_CLOCK)
    rmSync(join(closed.dataDir, '..'), { recursive: true, force: true })
  })
})

describe('diagnostics', () => {
  test('diagnostics.get has versions, settings, checks and figures, and no secret', async () => {
    const { token } = await opened.weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
    const bundle = OPERATIONS['diagnostics.get'].output.parse(await opened.weir.diagnostics())
    expect(bundle.weir).toMatchObject({ version: '0.0.0-test', face: 'command-line' })
    expect(bundle.settings.length).toBeGreaterThan(5)
    expect(JSON.stringify(bundle)).not.toContain(token)
    expect(readdirSync(opened.dataDir)).not.toContain('diagnostics')
  })
})

describe('metrics', () => {
  test('shows what was measured in the text of Prometheus, and a source that fails as down', async () => {
    const metrics = new Metrics()
    metrics.noteCall('limits.check', 3, 'ok')
    metrics.noteCall('limits.check', 30, 'hourly_limit_exceeded')
    metrics.noteCheck('allowed')
    metrics.registerSource('broken', () => Promise.reject(new Error('away')))
    metrics.registerSource('backups', () => [
      {
        name: 'weir_backup_age_seconds',
        help: 'Age',
        type: 'gauge',
        value: 60,
        labels: { kind: 'verified' },
      },
    ])
    const text = await prometheusText(metrics)
    expect(text).toContain('weir_limit_checks_total{outcome="allowed"} 1')
    expect(text).toContain('weir_backup_age_seconds{kind="verified"} 60')
    expect(text).toContain('weir_metrics_source_up{source="broken"} 0')
    expect(text).toContain('weir_operation_duration_seconds_bucket{operation="limits.check",le="0.005"} 1')
    expect(text).toContain('weir_operation_duration_seconds_bucket{operation="limits.check",le="+Inf"} 2')
    expect(text).not.toContain('weir_job')
  })

  test('estimates a quantile between the bounds', () => {
    const latency = new Latency()
    expect(latency.quantile(0.95)).toBeNull()
    for (let at = 0; at < 95; at += 1) latency.observe(8)
    for (let at = 0; at < 5; at += 1) latency.observe(900)
    expect(latency.quantile(0.95)).toBe(10)
    expect(latency.quantile(0.99)).toBeGreaterThan(500)
  })
})
