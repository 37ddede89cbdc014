import { existsSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import {
  REAL_SESSIONS_DIR,
  REAL_TOTALS_FILE,
  sessionOf,
  temporaryFolder,
  turnOf,
  writeSessionFile,
} from '../support/session-files.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const hasRealSessions = existsSync(REAL_SESSIONS_DIR) && existsSync(REAL_TOTALS_FILE)

let open: TestWeir | undefined

afterEach(async () => {
  await open?.close()
  open = undefined
})

async function importAll(
  { weir }: TestWeir,
  sessionsDir: string,
  options: { readonly dry_run?: boolean; readonly validate_only?: boolean } = {},
) {
  const run = await weir.imports.start({ sessions_dir: sessionsDir, ...options }, OPERATOR)
  const finished = OPERATIONS['import.get'].output.parse(await weir.imports.finished(run.run_id))
  if (finished.report === null) throw new Error(`no report: ${finished.error?.detail}`)
  return { ...finished, report: finished.report }
}

const SUMMED = [
  'total_sessions',
  'total_turns',
  'successful_turns',
  'failed_turns',
  'partial_turns',
  'total_input_tokens',
  'total_output_tokens',
  'total_tokens',
  'rag_guided_turns',
  'rag_output_tokens_saved',
] as const

type Totals = Readonly<Record<(typeof SUMMED)[number], number>> & {
  readonly models: Readonly<Record<string, number>>
}

interface RealTotals {
  readonly users: Readonly<
    Record<string, { readonly lifetime: Totals; readonly periods: Readonly<Record<string, Totals>> }>
  >
}

/** What the Weir says of a user and range, in the shape of the file of totals. */
async function totalsOf({ weir }: TestWeir, user: string, range: string): Promise<Totals> {
  const summary = OPERATIONS['consumption.summary'].output.parse(await weir.consumption.summary(user, range))
  const models: Record<string, number> = {}
  for (const share of summary.model_distribution) {
    // Tokens outside turns have a model and no turn.
    if (share.turns > 0) models[share.model] = (models[share.model] ?? 0) + share.turns
  }
  const sums = Object.fromEntries(SUMMED.map((name) => [name, summary[name]])) as Record<
    (typeof SUMMED)[number],
    number
  >
  return { ...sums, models }
}

async function compareWithTotals(open: TestWeir): Promise<number> {
  const { users } = JSON.parse(readFileSync(REAL_TOTALS_FILE, 'utf8')) as RealTotals
  let compared = 0
  for (const [user, truth] of Object.entries(users)) {
    for (const [range, totals] of Object.entries({ all: truth.lifetime, ...truth.periods })) {
      const { models, ...sums } = totals
      expect(await totalsOf(open, user, range), `${user} ${range}`).toEqual({
        ...Object.fromEntries(SUMMED.map((name) => [name, sums[name]])),
        models,
      })
      compared += 1
    }
    const history = OPERATIONS['consumption.history'].output.parse(
      await open.weir.consumption.history(user, 1200),
    )
    expect(history.periods.map((row) => row.period).sort()).toEqual(Object.keys(truth.periods).sort())
    for (const row of history.periods) {
      const totals = truth.periods[row.period]
      expect([row.total_tokens, row.total_turns, row.limits_known], `${user} ${row.period}`).toEqual([
        totals?.total_tokens,
        totals?.total_turns,
        false,
      ])
      expect([...row.models_used].sort()).toEqual(
        expect.arrayContaining(Object.keys(totals?.models ?? {}).sort()),
      )
    }
  }
  return compared
}

describe('session files of a real platform', () => {
  test.skipIf(!hasRealSessions)(
    'are booked exactly: every user, every month, every model (../shared/data/real-sessions)',
    async () => {
      open = await openWeir(new TestClock())
      const trial = await importAll(open, REAL_SESSIONS_DIR, { dry_run: true })
      expect((await open.weir.status()).users).toBe(0)
      const { report, status } = await importAll(open, REAL_SESSIONS_DIR)
      expect(status).toBe('done')
      expect(report).toMatchObject({
        already_there: 0,
        conflicting: 0,
        unreadable: [],
        accuracy_percent: 100,
        mismatches: [],
      })
      expect([trial.report.imported, trial.report.users, trial.report.turns]).toEqual([
        report.imported,
        report.users,
        report.turns,
      ])
      expect(await compareWithTotals(open)).toBeGreaterThan(28)
      expect((await open.weir.verify()).differences).toEqual([])
    },
  )

  test.skipIf(!hasRealSessions)(
    'imported a second time change nothing (../shared/data/real-sessions)',
    async () => {
      open = await openWeir(new TestClock())
      const first = await importAll(open, REAL_SESSIONS_DIR)
      const { weir } = open
      const shown = async () =>
        JSON.stringify([
          await weir.consumption.systemSummary('all'),
          await weir.consumption.users({ limit: 1000 }),
        ])
      const before = await shown()
      const { report } = await importAll(open, REAL_SESSIONS_DIR)
      expect(report).toMatchObject({
        imported: 0,
        already_there: first.report.imported,
        conflicting: 0,
        accuracy_percent: 100,
      })
      expect((await importAll(open, REAL_SESSIONS_DIR, { validate_only: true })).report).toMatchObject({
        imported: 0,
        accuracy_percent: 100,
      })
      expect(await shown()).toBe(before)
      await compareWithTotals(open)
      expect((await weir.verify()).differences).toEqual([])
    },
  )
})

describe('while an import runs', () => {
  test('limit checks are answered between its steps, and every figure is right at its end', {
    timeout: 3 * MINUTE_MS,
  }, async () => {
    const files = 2_000
    const folder = temporaryFolder()
    for (let index = 0; index < files; index += 1) {
      const turns = [turnOf(), turnOf({ turn: 2, turn_output_tokens: 20 })]
      writeSessionFile(
        folder.path,
        `user-${index % 20}`,
        `s${index}`,
        sessionOf(turns, {
          id: `s${index}`,
          user_uuid: `user-${index % 20}`,
          created_at: '2026-11-10T11:00:00',
        }),
      )
    }
    open = await openWeir(SYSTEM_CLOCK)
    const { weir } = open
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    const run = await weir.imports.start({ sessions_dir: folder.path }, OPERATOR)
    expect((await weir.status()).state).toBe('importing')
    await expect(weir.imports.start({ sessions_dir: folder.path }, OPERATOR)).rejects.toMatchObject({
      code: 'busy',
    })
    const finishing = weir.imports.finished(run.run_id)
    let isRunning = true
    void finishing.finally(() => {
      isRunning = false
    })
    const latenciesMs: number[] = []
    while (isRunning) {
      const startedAt = performance.now()
      await weir.consumption.admit({ user_id: 'alice' })
      latenciesMs.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    const { report, status } = await finishing
    folder.remove()
    const p99 = [...latenciesMs].sort((a, b) => a - b)[Math.floor(latenciesMs.length * 0.99)] ?? 0
    process.stdout.write(
      `${latenciesMs.length} checks while ${files} files were imported; p99 ${p99.toFixed(1)} ms\n`,
    )
    expect(status).toBe('done')
    expect(report).toMatchObject({
      users: 20,
      sessions: files,
      turns: 2 * files,
      imported: 2 * files,
      accuracy_percent: 100,
    })
    expect(latenciesMs.length).toBeGreaterThan(20)
    expect(await weir.consumption.systemSummary('all')).toMatchObject({
      total_turns: 2 * files,
      total_sessions: files,
      total_output_tokens: 30 * files,
    })
    expect((await weir.verify()).differences).toEqual([])
  })
})
