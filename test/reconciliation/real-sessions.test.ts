import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import type { ReconciliationReport } from '../../shared/contract/reconciliation.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { announceSeed, Random } from '../support/random.ts'
import { REAL_SESSIONS_DIR, temporaryFolder } from '../support/session-files.ts'
import { OPERATOR, openWeir, type TestWeir } from '../support/weir.ts'
import { INJURIES, type Injury, multiplied, sessionsIn } from './injuries.ts'

const hasRealSessions = existsSync(REAL_SESSIONS_DIR)
const random = new Random(announceSeed('injuries'))
/** Enough for every kind twice in each run of the tests; `npm run test:faults` does 200. */
const COUNT = Number(process.env['WEIR_INJURIES'] ?? 30)
/** Of a session that is hurt: with one turn alone, taking it away would be taking away the session. */
const TURNS_MIN = 2

let open: TestWeir | undefined
let folder: ReturnType<typeof temporaryFolder> | undefined

afterEach(async () => {
  await open?.close()
  folder?.remove()
  open = undefined
  folder = undefined
})

/** The corpus in a folder of its own, with at least `sessionsMin` sessions that can be hurt, and imported. */
async function importedCopy(sessionsMin = 0): Promise<{ readonly own: TestWeir; readonly dir: string }> {
  folder = temporaryFolder()
  const dir = join(folder.path, 'sessions')
  cpSync(REAL_SESSIONS_DIR, dir, { recursive: true, preserveTimestamps: true })
  multiplied(dir, sessionsIn(dir, TURNS_MIN), sessionsMin)
  const clock = new TestClock()
  open = await openWeir(clock)
  const run = await open.weir.imports.start({ sessions_dir: dir }, OPERATOR)
  expect((await open.weir.imports.finished(run.run_id)).status).toBe('done')
  clock.advance(MINUTE_MS)
  return { own: open, dir }
}

const reconcile = async (
  own: TestWeir,
  input: { fix?: boolean; threshold_percent?: number; full?: boolean } = {},
) =>
  OPERATIONS['reconciliation.report'].output.parse(
    await own.weir.reconciliation.run(input, OPERATOR),
  ) as ReconciliationReport

/** Everything found, as lines that do not depend on the run. */
const findingsOf = (report: ReconciliationReport, only: 'open' | 'all' = 'all') =>
  report.users
    .flatMap((user) =>
      user.findings
        .filter((one) => only === 'all' || one.state === 'open')
        .map((one) =>
          JSON.stringify([
            user.user_id,
            one.session_id,
            one.turn_number,
            one.field,
            one.file_value,
            one.database_value,
            one.cause,
            one.repair,
          ]),
        ),
    )
    .sort()

test.skipIf(!hasRealSessions)(
  'session files of a real platform are all equal to the books they were imported into (../shared/data/real-sessions)',
  async () => {
    const { own, dir } = await importedCopy()
    const files = sessionsIn(dir, 0).length
    const report = await reconcile(own)
    expect(report.users.filter((user) => user.status !== 'ok')).toEqual([])
    expect(report.summary).toMatchObject({ ok: report.summary.total_users, files_unchanged: 0 })
    expect(report.summary.files_read).toBeGreaterThanOrEqual(files)
    expect(report.users.every((user) => user.drift_percent === 0)).toBe(true)
    const second = await reconcile(own)
    expect(second.summary).toMatchObject({ files_read: 0, files_unchanged: report.summary.files_read })
    expect((await reconcile(own, { full: true })).summary.files_read).toBe(report.summary.files_read)
  },
)

test.skipIf(!hasRealSessions)(
  `each of ${COUNT} random injuries is found and named; a fix repairs what it may and nothing else (../shared/data/real-sessions)`,
  { timeout: 2 * MINUTE_MS + COUNT * 2_000 },
  async () => {
    const { own, dir } = await importedCopy(COUNT)
    // Half the runs find a state they knew before, half meet everything for the first time.
    if (random.chance(0.5)) await reconcile(own)
    const injuries = injure(own, dir)
    const seen = await reconcile(own)
    for (const injury of injuries) expectFound(seen, injury)
    expectNothingElse(seen, injuries)

    const others = turnsBut(own, injuries)
    const fixed = await reconcile(own, { fix: true, threshold_percent: 100 })
    expect(turnsBut(own, injuries)).toEqual(others)
    for (const injury of injuries) expectRepaired(fixed, injury)
    expect(
      (await own.weir.verify()).differences.filter((one) => !isOfLeftHigher(injuries, one.field)),
    ).toEqual([])
    const left = findingsOf(fixed, 'open')
    const again = await reconcile(own, { fix: true, threshold_percent: 100 })
    expect(findingsOf(again)).toEqual(left)
    expect(findingsOf(await reconcile(own, { full: true }))).toEqual(left)
  },
)

function injure(own: TestWeir, dir: string): Injury[] {
  const db = new BetterSqlite3(join(own.dataDir, 'auth.db'))
  try {
    // Each session is hurt once: a second injury could hide the first.
    const injuries = random
      .shuffled(sessionsIn(dir, TURNS_MIN))
      .slice(0, COUNT)
      .flatMap((place, index) => INJURIES[index % INJURIES.length]?.(dir, db, place, random) ?? [])
    const hurt = new Set(injuries.map(({ userId, sessionId }) => `${userId} ${sessionId}`))
    process.stdout.write(`${hurt.size} sessions were hurt, ${COUNT} wanted\n`)
    expect(hurt.size).toBe(COUNT)
    // Each way of hurting had its turn, or the run would prove less than its title says.
    expect(injuries.length).toBeGreaterThanOrEqual(INJURIES.length)
    return injuries
  } finally {
    db.close()
  }
}

/** The turns of all sessions nobody hurt, as they stand in the ledger. */
function turnsBut(own: TestWeir, injuries: readonly Injury[]): readonly unknown[] {
  const hurt = new Set(injuries.map(({ userId, sessionId }) => `${userId} ${sessionId}`))
  const db = new BetterSqlite3(join(own.dataDir, 'auth.db'), { readonly: true })
  try {
    const rows = db
      .prepare<[], { readonly place: string }>(
        `SELECT u.id || ' ' || s.id AS place, t.* FROM consumption_turns t
         JOIN sessions s ON s.key = t.session_key JOIN users u ON u.key = s.user_key ORDER BY t.id`,
      )
      .all()
      .filter(({ place }) => !hurt.has(place))
    expect(rows.length).toBeGreaterThan(0)
    return rows
  } finally {
    db.close()
  }
}

function rowsOf(report: ReconciliationReport, injury: Injury) {
  const user = report.users.find((one) => one.user_id === injury.userId)
  return user?.findings.filter((one) => one.session_id === injury.sessionId) ?? []
}

function expectFound(report: ReconciliationReport, injury: Injury): void {
  const rows = rowsOf(report, injury)
  const found = rows.filter(
    (one) =>
      injury.causes.includes(one.cause) &&
      one.turn_number === injury.turnNumber &&
      one.field === injury.field,
  )
  expect(found.length, `${injury.kind}: ${JSON.stringify(injury)} in ${JSON.stringify(rows)}`).toBe(1)
}

function expectNothingElse(report: ReconciliationReport, injuries: readonly Injury[]): void {
  const hurt = new Set(injuries.map((one) => `${one.userId} ${one.sessionId}`))
  const others = report.users.flatMap((user) =>
    user.findings.filter((one) => !hurt.has(`${user.user_id} ${one.session_id}`)),
  )
  expect(others).toEqual([])
}

function expectRepaired(report: ReconciliationReport, injury: Injury): void {
  const user = report.users.find((one) => one.user_id === injury.userId)
  // Whoever lost more files than are left is above every threshold.
  if ((user?.drift_percent ?? 0) > 100) return
  for (const one of rowsOf(report, injury)) {
    const isOpen = one.state === 'open'
    expect(isOpen, `${injury.kind}: ${JSON.stringify(one)}`).toBe(!injury.isRepairable)
  }
}

/** Rows raised by hand in the database stay as they are until a person agrees: the sums do not know of them. */
function isOfLeftHigher(injuries: readonly Injury[], field: string): boolean {
  return (
    ['input_tokens', 'output_tokens'].includes(field) && injuries.some((one) => one.kind.endsWith('(higher)'))
  )
}
