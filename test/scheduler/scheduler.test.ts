import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Timers } from '../../electron/core/kernel/ports.ts'
import { nextInstant } from '../../electron/core/scheduler/cron-schedule.ts'
import { DatabaseJobStore, type JobRunRow } from '../../electron/core/scheduler/job-store.ts'
import { DEFAULT_SCHEDULES, type JobWork, type JobWorks } from '../../electron/core/scheduler/job-work.ts'
import { Scheduler } from '../../electron/core/scheduler/scheduler.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { announceSeed, Random } from '../support/random.ts'

const seed = announceSeed('scheduler')

let opened: TestDatabase
let alarm: Alarm

beforeEach(async () => {
  opened = await openTestDatabase()
  alarm = new Alarm()
})
afterEach(() => opened.close())

/** Timers that go off when the test says so. It is set when the scheduler has done all there was to do. */
class Alarm implements Timers {
  #call: (() => void) | undefined
  #heard: (() => void) | undefined

  after(_ms: number, call: () => void): () => void {
    this.#call = call
    this.#heard?.()
    return () => {
      this.#call = undefined
    }
  }

  /** Settles when the scheduler waits for its timer. */
  async isSet(): Promise<void> {
    if (this.#call !== undefined) return
    await new Promise<void>((resolve) => {
      this.#heard = resolve
    })
  }

  /** Goes off, and waits until all that is due has run. */
  async ring(): Promise<void> {
    const call = this.#call
    this.#call = undefined
    call?.()
    await this.isSet()
  }
}

const nothingToDo: JobWork = async () => ({ counts: {}, failures: 0, firstError: null })
const ALL: JobWorks = {
  hourly: nothingToDo,
  daily: nothingToDo,
  monthly: nothingToDo,
  reconcile: nothingToDo,
  backup: nothingToDo,
}

async function openScheduler(
  works: JobWorks,
  zone = 'UTC',
  store = new DatabaseJobStore(opened.database),
): Promise<Scheduler> {
  return Scheduler.open({
    store,
    works,
    clock: opened.clock,
    timers: alarm,
    log: recordingLog(),
    zone: () => zone,
    openLog: () => ({ line: () => undefined, close: () => undefined }),
    onEnd: async () => undefined,
  })
}

function runs(): Promise<readonly JobRunRow[]> {
  return opened.database.reader.selectFrom('job_runs').selectAll().orderBy('id').execute()
}

test('after a night of sleep each missed job runs once, in the fixed order, and stands for all it missed', async () => {
  const scheduler = await openScheduler(ALL)
  scheduler.start()
  await alarm.isSet()
  expect(await runs()).toEqual([])
  opened.clock.set('2026-12-01T09:20:00Z')
  await alarm.ring()
  const done = await runs()
  expect(done.map((run) => run.job)).toEqual(['hourly', 'monthly', 'backup', 'daily', 'reconcile'])
  expect(done.every((run) => run.trigger === 'catch-up' && run.status === 'done')).toBe(true)
  expect(done[0]).toMatchObject({ instants: 6 * 24 + 23 })
  await alarm.ring()
  expect(await runs()).toHaveLength(5)
  await scheduler.close()
})

test('on time it says schedule; a kill in the middle is gone on with after the next start, as the same run', async () => {
  let attempts = 0
  const works: JobWorks = {
    hourly: async () => {
      attempts += 1
      // The first time the process ends here.
      return attempts === 1 ? new Promise(() => undefined) : nothingToDo({} as never)
    },
  }
  const killed = await openScheduler(works)
  killed.start()
  await alarm.isSet()
  opened.clock.set('2026-11-24T11:05:01Z')
  killed.wake()
  await expect.poll(runs).toMatchObject([{ status: 'running', trigger: 'schedule', attempts: 1 }])
  alarm = new Alarm()
  const next = await openScheduler(works)
  expect(await runs()).toMatchObject([{ status: 'interrupted' }])
  next.start()
  await alarm.isSet()
  expect(await runs()).toMatchObject([{ status: 'done', attempts: 2, scheduled_at: 1795518300000 }])
  await next.close()
})

test('a job never runs twice at once, and a cancelled run stops at its next safe place', async () => {
  const works: JobWorks = {
    hourly: ({ signal }) =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason)
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  }
  const scheduler = await openScheduler(works)
  const { row, finished } = await scheduler.run('hourly', false, 'Olga')
  await expect(scheduler.run('hourly', false, 'Olga')).rejects.toMatchObject({ code: 'busy' })
  await expect(scheduler.run('backup', false, 'Olga')).rejects.toMatchObject({ code: 'job_unknown' })
  expect(scheduler.cancel(row.id)).toBe(true)
  await finished
  expect(await runs()).toMatchObject([{ status: 'cancelled', trigger: 'manual' }])
  expect(scheduler.cancel(row.id)).toBe(false)
  await scheduler.close()
  await expect(scheduler.run('hourly', false, 'Olga')).rejects.toMatchObject({ code: 'shutting_down' })
})

test('what a job throws fails its run and nothing else', async () => {
  const scheduler = await openScheduler({
    ...ALL,
    hourly: async () => {
      throw new Error('the disk is full')
    },
  })
  scheduler.start()
  await alarm.isSet()
  opened.clock.set('2026-11-25T00:20:00Z')
  await alarm.ring()
  const done = await runs()
  expect(done.map(({ job, status, first_error }) => [job, status, first_error])).toEqual([
    ['hourly', 'failed', 'the disk is full'],
    ['daily', 'done', null],
  ])
  await scheduler.close()
})

test('an end that could not be stored is stored before anything else begins, with its own time', async () => {
  let isFull = true
  class FullStore extends DatabaseJobStore {
    override async end(...end: Parameters<DatabaseJobStore['end']>): Promise<JobRunRow> {
      if (isFull) throw new Error('the disk is full')
      return super.end(...end)
    }
  }
  const scheduler = await openScheduler({ hourly: nothingToDo }, 'UTC', new FullStore(opened.database))
  scheduler.start()
  await alarm.isSet()
  opened.clock.set('2026-11-24T11:05:01Z')
  const endedAt = opened.clock.now()
  await alarm.ring()
  await alarm.ring()
  expect(await runs()).toMatchObject([{ status: 'running' }])
  await expect(scheduler.run('hourly', false, 'Olga')).rejects.toThrow('the disk is full')
  isFull = false
  opened.clock.set('2026-11-24T12:05:01Z')
  await alarm.ring()
  expect(await runs()).toMatchObject([{ status: 'done', finished_at: endedAt }, { status: 'done' }])
  await scheduler.close()
  expect(await runs()).toHaveLength(2)
})

test('a run by hand that is being stored while Weir ends is refused, does nothing, and has ended when Weir has', async () => {
  let store = (): void => undefined
  const stored = new Promise<void>((resolve) => {
    store = resolve
  })
  class SlowStore extends DatabaseJobStore {
    override async startManual(...run: Parameters<DatabaseJobStore['startManual']>): Promise<JobRunRow> {
      await stored
      return super.startManual(...run)
    }
  }
  let begun = 0
  const hourly: JobWork = async (run) => {
    begun += 1
    return nothingToDo(run)
  }
  const scheduler = await openScheduler({ hourly }, 'UTC', new SlowStore(opened.database))
  const refused = expect(scheduler.run('hourly', false, 'Olga')).rejects.toMatchObject({
    code: 'shutting_down',
  })
  const closed = scheduler.close()
  store()
  await closed
  expect([begun, (await runs()).map((run) => run.status)]).toEqual([0, ['interrupted']])
  await refused
})

test('a schedule changed while the scheduler was deciding is neither run for nor written over', async () => {
  const store = new DatabaseJobStore(opened.database)
  const scheduler = await openScheduler(ALL)
  await scheduler.close()
  const read = (await store.jobs()).find((job) => job.name === 'hourly')
  if (read === undefined || read.next_due_at === null) throw new Error('The hourly job is not there')
  const firstAt = read.next_due_at
  const due = { kind: 'due', trigger: 'schedule', firstAt, scheduledAt: firstAt, instants: 1 } as const
  const changed = firstAt + 30 * MINUTE_MS
  await opened.database.write((trx) =>
    trx.updateTable('jobs').set({ next_due_at: changed }).where('name', '=', 'hourly').execute(),
  )
  const claim = () => store.claim('hourly', 'UTC', { ...due, nextDueAt: firstAt + HOUR_MS }, firstAt)
  expect(await claim()).toBeUndefined()
  await store.replan(read, 'UTC', firstAt + HOUR_MS)
  expect(await runs()).toEqual([])
  expect((await store.jobs()).find((job) => job.name === 'hourly')).toMatchObject({ next_due_at: changed })
})

test.each(['UTC', 'Europe/Berlin', 'Australia/Lord_Howe'])(
  'over random sleeps, restarts and clocks set back in %s every instant is run for once and in order',
  async (zone) => {
    const random = new Random(seed)
    opened.clock.set('2026-03-20T10:20:00Z')
    const start = opened.clock.now()
    let scheduler = await openScheduler(ALL, zone)
    scheduler.start()
    await alarm.isSet()
    let latest = start
    for (let step = 0; step < 40; step += 1) {
      if (random.chance(0.2)) {
        await scheduler.close()
        alarm = new Alarm()
        scheduler = await openScheduler(ALL, zone)
        scheduler.start()
        await alarm.isSet()
      }
      // Less than a day behind the latest in all: further back, what lies ahead was never real (see due.test.ts).
      const isBack = random.chance(0.15)
      const next = isBack
        ? latest - random.int(1, 20 * HOUR_MS)
        : opened.clock.now() + random.int(MINUTE_MS, 12 * DAY_MS)
      opened.clock.set(next)
      latest = Math.max(latest, opened.clock.now())
      await alarm.ring()
    }
    await scheduler.close()
    const done = await runs()
    for (const [job, schedule] of Object.entries(DEFAULT_SCHEDULES)) {
      const own = done.filter((run) => run.job === job)
      let next = nextInstant(schedule, zone, start)
      for (const run of own) {
        expect(run.first_scheduled_at, `${job} of ${zone}`).toBe(next)
        next = nextInstant(schedule, zone, run.scheduled_at ?? 0)
      }
      expect(next, `${job} of ${zone}`).toBeGreaterThan(latest)
    }
  },
)
