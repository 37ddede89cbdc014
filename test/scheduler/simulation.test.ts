import { expect, test } from 'vitest'
import { nextInstant } from '../../electron/core/scheduler/cron-schedule.ts'
import type { JobRunRow } from '../../electron/core/scheduler/job-store.ts'
import { DEFAULT_SCHEDULES, type JobWork, RUN_ORDER } from '../../electron/core/scheduler/job-work.ts'
import { Scheduler } from '../../electron/core/scheduler/scheduler.ts'
import type { JobName } from '../../shared/contract/jobs.ts'
import { addPeriods, periodOf } from '../../shared/time-window.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { MemoryJobStore } from '../support/memory-jobs.ts'
import { announceSeed, Random } from '../support/random.ts'
import { settled, VirtualTimers } from '../support/virtual-time.ts'
import { ZONES } from '../support/zones.ts'

const random = new Random(announceSeed('scheduler simulation'))
/** Two months for every run of the tests; `npm run test:faults` simulates three years. */
const DAYS = Number(process.env['WEIR_SIMULATED_DAYS'] ?? 62)
const START = Date.parse('2026-01-31T21:17:00Z')
const USERS = 5
const QUIET = { line: () => undefined, close: () => undefined }

/** A machine with a Weir on it: the store and the archive survive, everything else dies with the process. */
class Machine {
  readonly clock = new TestClock(START)
  readonly timers = new VirtualTimers(this.clock)
  readonly store = new MemoryJobStore()
  readonly zone: string
  /** How often each instant's work came to its end. */
  readonly completed = new Map<string, number>()
  readonly archive = new Map<string, number>()
  #latestAt = START
  #willDie = false
  #isAlive = 0

  constructor(zone: string) {
    this.zone = zone
  }

  /** The latest time the clock ever had. */
  latestAt(): number {
    this.#latestAt = Math.max(this.#latestAt, this.clock.now())
    return this.#latestAt
  }

  async boot(): Promise<void> {
    this.#isAlive += 1
    const life = this.#isAlive
    const works = Object.fromEntries(RUN_ORDER.map((name) => [name, this.#work(name, life)]))
    const scheduler = await Scheduler.open({
      store: this.store,
      works,
      clock: this.clock,
      timers: this.timers,
      log: recordingLog(),
      zone: () => this.zone,
      openLog: () => QUIET,
      onEnd: async (run) => {
        const key = `${run.job} ${run.scheduled_at}`
        this.completed.set(key, (this.completed.get(key) ?? 0) + 1)
      },
    })
    scheduler.start()
    await settled()
  }

  /** The process ends without a word, at once or in the middle of the next run. */
  async kill(isInRun: boolean): Promise<void> {
    this.#willDie = isInRun
    if (isInRun) await this.toNextInstant()
    this.#willDie = false
    this.timers.forget()
    this.#isAlive += 1
  }

  /** Time passes, awake, until the next job is due and a little longer; the timer is late as timers are. */
  async toNextInstant(): Promise<void> {
    const due = [...this.store.rows.values()].map((row) => row.next_due_at ?? Number.POSITIVE_INFINITY)
    const waitMs = Math.max(0, Math.min(...due) - this.clock.now())
    this.clock.advance(waitMs + random.int(0, 20_000))
    await this.timers.fireAll()
  }

  #work(name: JobName, life: number): JobWork {
    return async () => {
      const dies = this.#willDie
      if (name === 'monthly') this.#archive(dies ? random.int(0, USERS) : USERS)
      // What a killed process had begun never goes on.
      if (dies || life !== this.#isAlive) await new Promise(() => undefined)
      return { counts: {}, failures: 0, firstError: null }
    }
  }

  /** What the monthly job does, up to a user: every month before this one that has no row yet. */
  #archive(users: number): void {
    const current = periodOf(this.zone, this.clock.now())
    for (let user = 0; user < users; user += 1) {
      let month = periodOf(this.zone, START)
      while (month < current) {
        const key = `${user} ${month}`
        if (!this.archive.has(key)) this.archive.set(key, (this.archive.get(key) ?? 0) + 1)
        month = addPeriods(month, 1)
      }
    }
  }
}

/** One stretch of time with whatever may happen to a machine. */
async function live(machine: Machine): Promise<void> {
  machine.latestAt()
  const dice = random.int(0, 99)
  if (dice < 90) return machine.toNextInstant()
  if (dice < 94) {
    // Asleep: wall time goes on, monotonic time does not.
    machine.clock.set(
      machine.clock.now() + random.int(MINUTE_MS, random.int(0, 4) === 0 ? 21 * DAY_MS : 9 * HOUR_MS),
    )
    return machine.timers.fireAll()
  }
  if (dice < 98) {
    await machine.kill(random.int(0, 1) === 0)
    machine.clock.advance(random.int(0, random.int(0, 3) === 0 ? 3 * DAY_MS : HOUR_MS))
    return machine.boot()
  }
  // Less than a day behind the latest in all: further back, what lies ahead was never real (see due.test.ts).
  const jumped = machine.clock.now() + random.int(-20 * HOUR_MS, 2 * DAY_MS)
  machine.clock.set(Math.max(jumped, machine.latestAt() - 20 * HOUR_MS))
  return machine.timers.fireAll()
}

function expectEachOnce(machine: Machine, name: JobName): number {
  const schedule = DEFAULT_SCHEDULES[name]
  const runs = machine.store.runs.filter((run): run is JobRunRow => run.job === name)
  let expected = nextInstant(schedule, machine.zone, START)
  let instants = 0
  for (const run of runs) {
    expect(run.first_scheduled_at, `${name} in ${machine.zone}: the first instant no run stood for`).toBe(
      expected,
    )
    let covered = 1
    let last = expected
    while (last < (run.scheduled_at ?? 0)) {
      last = nextInstant(schedule, machine.zone, last)
      covered += 1
    }
    expect(last, `${name} in ${machine.zone}: an instant of the schedule`).toBe(run.scheduled_at)
    expect(run.instants).toBe(covered)
    expect(
      machine.completed.get(`${name} ${run.scheduled_at}`),
      `${name} in ${machine.zone}: ended once`,
    ).toBe(1)
    instants += covered
    expected = nextInstant(schedule, machine.zone, last)
  }
  return instants
}

test(`over ${DAYS} days in ${ZONES.length} zones every instant of every job is in exactly one run, in order`, async () => {
  let instants = 0
  for (const zone of ZONES) {
    const machine = new Machine(zone)
    await machine.boot()
    const end = START + DAYS * DAY_MS
    while (machine.clock.now() < end) await live(machine)
    // A last calm start: what was interrupted comes to its end.
    await machine.kill(false)
    await machine.boot()
    await machine.toNextInstant()
    for (const name of RUN_ORDER) instants += expectEachOnce(machine, name)
    const months = new Set([...machine.archive.keys()].map((key) => key.split(' ')[1]))
    expect(machine.archive.size).toBe(months.size * USERS)
    const lastMonthly = machine.store.runs.findLast((run) => run.job === 'monthly')
    if (lastMonthly !== undefined)
      expect(months.has(addPeriods(periodOf(zone, lastMonthly.scheduled_at ?? 0), -1))).toBe(true)
  }
  expect(instants).toBeGreaterThan(DAYS * 20 * ZONES.length)
  process.stderr.write(`simulated ${instants} job instants\n`)
}, 1_800_000)
