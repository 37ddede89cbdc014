import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeMonths } from '../../electron/core/consumption/close-months.ts'
import { momentOf } from '../../electron/core/consumption/context.ts'
import { monthlyJob } from '../../electron/core/jobs/monthly-job.ts'
import { forUsers } from '../../electron/core/jobs/user-slices.ts'
import type { JobOutcome, JobRun } from '../../electron/core/scheduler/job-work.ts'
import { DAY_MS } from '../../shared/units.ts'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'
import { bookRandomLedger } from '../support/random-ledger.ts'

const seed = announceSeed('closing months')
const USERS = Array.from({ length: 150 }, (_, index) => `user-${index}`)

let weir: TestConsumption
let warnings: string[]

beforeEach(async () => {
  warnings = []
  weir = await openConsumption()
})
afterEach(async () => {
  expect(weir.verify().differences).toEqual([])
  await weir.close()
})

const RUN: JobRun = {
  dryRun: false,
  signal: new AbortController().signal,
  removalHold: null,
  progress: () => undefined,
  log: { info: () => undefined, warn: (line) => void warnings.push(line) },
}

const closeAll = (): Promise<JobOutcome> => monthlyJob(weir.context)(RUN)

/** Everybody asked once in November and recorded a turn of it. */
async function busyNovember(): Promise<void> {
  for (const user_id of USERS) await weir.addUser(user_id)
  await Promise.all(USERS.map((user_id) => weir.consumption.admit({ user_id })))
  await Promise.all(
    USERS.map((user_id) => weir.consumption.recordTurn(turnInput({ user_id, session_id: user_id }))),
  )
  weir.clock.set('2026-12-02T00:00:00Z')
}

/** Users with months of their own, limits of their own, and grants: the same ones for the same seed. */
async function variedUsers(into: TestConsumption): Promise<void> {
  const random = new Random(seed)
  const some = USERS.slice(0, 40)
  for (const [index, id] of some.entries()) {
    const key = await into.addUser(id, index % 3 === 0 ? { limits: { prompts_per_day: index + 5 } } : {})
    if (index % 4 !== 0) continue
    await into.database.write((trx) =>
      trx
        .insertInto('limit_grants')
        .values({
          user_key: key,
          limit_name: 'prompts_per_day',
          amount: index + 1,
          reason: 'a busy week',
          created_by: 'Olga',
          created_at: into.clock.now(),
          expires_at: into.clock.now() + 60 * DAY_MS,
        })
        .execute(),
    )
  }
  await bookRandomLedger(into, random, { users: some, sessions: 150, days: 150 })
  for (const user_id of some) if (random.chance(0.7)) await into.consumption.admit({ user_id })
  into.clock.set('2026-12-20T00:00:00Z')
}

test('a month closed for many at once keeps of each what their own next check would have kept', async () => {
  await variedUsers(weir)
  const touched = await openConsumption()
  try {
    await variedUsers(touched)
    for (const user_id of USERS.slice(0, 40)) await touched.consumption.admit({ user_id })
    await closeAll()
    const byTouch = (await touched.archive()).filter(({ period }) => period === 202611)
    expect(byTouch.length).toBeGreaterThan(10)
    const byJob = (await weir.archive()).filter(({ user_key }) =>
      byTouch.some((row) => row.user_key === user_key),
    )
    expect(byJob.filter(({ period }) => period === 202611)).toEqual(byTouch)
  } finally {
    await touched.close()
  }
})

test('every month that is over gets one row a user, whose models are those of the month, most turns first', async () => {
  await variedUsers(weir)
  const { counts } = await closeAll()
  const archive = await weir.archive()
  expect(counts['months_archived']).toBe(archive.length)
  const { rows } = await sql<{ user_key: number; period: number; models: string }>`
    select p.user_key, p.period, (
      select json_group_array(model) from (
        select m.model from user_period_models r join models m on m.key = r.model_key
        where r.user_key = p.user_key and r.period = p.period order by r.turns desc, m.model)) as models
    from (
      select user_key, period from user_periods where period < 202612
      union select user_key, period from consumption_periods_archive where peak_requests_per_day > 0
    ) p order by p.user_key, p.period`.execute(weir.database.reader)
  expect(archive.map(({ user_key, period, models_used }) => [user_key, period, models_used])).toEqual(
    rows.map(({ user_key, period, models }) => [user_key, period, models]),
  )
  expect((await closeAll()).counts).toMatchObject({ users: 0, months_archived: 0 })
})

test('a user whose month cannot be closed is named and left as they were; everybody else is closed and counted once', async () => {
  await busyNovember()
  const broken = [70, 71, 140]
  await weir.database.write((trx) =>
    sql`create trigger broken before insert on consumption_periods_archive when new.user_key in (
      select key from users where id in ('user-70', 'user-71', 'user-140'))
      begin select raise(abort, 'no room for this month'); end`.execute(trx),
  )
  const outcome = await closeAll()
  expect(outcome).toMatchObject({
    failures: broken.length,
    firstError: 'User user-70: no room for this month',
    counts: { users: USERS.length, users_rolled_over: USERS.length - 3, months_archived: USERS.length - 3 },
  })
  expect(warnings.map((line) => line.split(':')[0])).toEqual(broken.map((index) => `User user-${index}`))
  expect(await weir.archive()).toHaveLength(USERS.length - 3)
  expect(await weir.counters('user-71')).toMatchObject({ period: 202611, input_tokens: 100 })
  await weir.database.write((trx) => sql`drop trigger broken`.execute(trx))
  expect(await closeAll()).toMatchObject({ failures: 0, counts: { users: 3, months_archived: 3 } })
})

test('a user who is removed while months are closed is no failure', async () => {
  await busyNovember()
  const outcome = await forUsers(weir.context, RUN, {
    userKeys: [1, 2, 999],
    phase: 'Looking',
    some: (trx, keys) => closeMonths(trx, keys, momentOf(weir.context)),
    count: () => undefined,
  })
  expect(outcome).toEqual({ failures: 0, firstError: null })
})

test('slices let a check in between, become short when users take long, and end with everybody done once', async () => {
  await busyNovember()
  let now = 0
  const sizes: number[] = []
  const seen: number[] = []
  const checks: Promise<unknown>[] = []
  const keys = Array.from({ length: 400 }, (_, index) => index + 1)
  await forUsers(
    { database: weir.database, clock: { ...weir.clock, now: () => 0, monotonicMs: () => now } },
    RUN,
    {
      userKeys: keys,
      phase: 'Looking',
      some: async (_trx, part) => {
        // The first two hundred take no time worth naming, the others three milliseconds each.
        now += part.some((key) => key > 200) ? part.length * 3 : 0.1
        sizes.push(part.length)
        if (checks.length < 3) checks.push(weir.consumption.admit({ user_id: 'user-0' }))
        return part
      },
      count: (part) => void seen.push(...part),
    },
  )
  await Promise.all(checks)
  expect(seen).toEqual(keys)
  expect(Math.max(...sizes)).toBe(64)
  expect(sizes.at(-1)).toBe(1)
})
