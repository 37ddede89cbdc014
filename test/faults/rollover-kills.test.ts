import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyBooks } from '../../electron/core/verify/verify-task.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { startChild } from '../support/child.ts'
import { TestClock } from '../support/clock.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { announceSeed, Random } from '../support/random.ts'
import { configOf, freshDataDir, OPERATOR } from '../support/weir.ts'

const random = new Random(announceSeed('rollover kills'))
const WORKER = join(import.meta.dirname, 'rollover-worker.ts')
const USERS = 1_000
/** Enough for every run of the tests; `npm run test:faults` kills 50 times. */
const KILLS = Number(process.env['WEIR_ROLLOVER_KILLS'] ?? 2)
/** Hours after the month ended: every job but the weekly one is due. */
const NOW = '2026-12-01T03:00:00Z'
/** A rollover of a thousand users takes about so long, more on a busy machine. */
const LIFE_MS_MAX = 80

let seeded: string
let remove: () => void

/** A Weir in which a thousand users have used something in November, closed before the month ends. */
beforeAll(async () => {
  const fresh = freshDataDir()
  remove = fresh.remove
  const dataDir = join(fresh.dataDir, 'seeded')
  seeded = join(dataDir, 'auth.db')
  const weir = await createWeir(configOf(dataDir), {
    clock: new TestClock('2026-11-30T22:00:00Z'),
    log: recordingLog(),
    randomBytes: (count) => new Uint8Array(count).map((_, index) => random.int(0, 255) ^ index),
  })
  const ids = Array.from({ length: USERS }, (_, index) => `user-${index}`)
  await Promise.all(ids.map((id) => weir.users.create({ id, username: id }, OPERATOR)))
  await Promise.all(ids.map((id) => weir.consumption.admit({ user_id: id })))
  await Promise.all(ids.map((id) => weir.consumption.recordTurn(turnInput({ user_id: id, session_id: id }))))
  await weir.close()
}, 2 * MINUTE_MS)

afterAll(() => remove())

function archived(file: string): number {
  const handle = new BetterSqlite3(file)
  const rows = handle
    .prepare<[], number>('select count(*) from consumption_periods_archive where period = 202611')
    .pluck()
    .get()
  handle.close()
  return rows ?? 0
}

/** Runs of the monthly job in the file, as their status. */
function monthlyRuns(file: string): readonly string[] {
  const handle = new BetterSqlite3(file)
  const rows = handle.prepare<[], string>(`select status from job_runs where job = 'monthly'`).pluck().all()
  handle.close()
  return rows
}

test(`killed ${KILLS} times in the middle of closing the month of ${USERS} users, everybody is archived once`, {
  timeout: MINUTE_MS + KILLS * 60_000,
}, async () => {
  let inTheMiddle = 0
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const dataDir = join(seeded, '..', '..', `kill-${kill}`)
    const file = join(dataDir, 'auth.db')
    mkdirSync(dataDir)
    copyFileSync(seeded, file)
    const child = startChild(WORKER, [dataDir, NOW])
    // Most of them when the first users are done, some anywhere between the start and the end.
    await child.line(random.chance(0.8) ? 'rolling' : 'started')
    await pause(random.int(0, LIFE_MS_MAX))
    child.process.kill('SIGKILL')
    await child.ended
    const before = archived(file)
    if (before > 0 && before < USERS) inTheMiddle += 1
    const next = startChild(WORKER, [dataDir, NOW])
    await next.line('done')
    await next.ended
    expect(archived(file), `kill ${kill}, after ${before} users`).toBe(USERS)
    expect(monthlyRuns(file), `kill ${kill}, after ${before} users`).toEqual(['done'])
    expect(verifyBooks(file, null).differences, `kill ${kill}, after ${before} users`).toEqual([])
    rmSync(dataDir, { recursive: true })
  }
  process.stdout.write(
    `${inTheMiddle} of ${KILLS} kills came when some users were archived and others were not\n`,
  )
})
