import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { withDatabase } from '../lib/ledger-builder.ts'
import { type LocalWeir, openWeir } from '../lib/local-weir.ts'
import { atLeast, atMost, figure, type Row } from '../lib/row.ts'
import { percentile } from '../lib/stats.ts'

/** Users whose month is closed; a quick run takes a tenth. */
const USERS = 10_000
/** Between two checks of an agent that is not in a hurry: what counts is how long each waits. */
const CHECK_EVERY_MS = 5
const NANOSECONDS_A_MS = 1e6

/** Closing the month of everybody while an agent asks. */
export const rollover: Row = {
  id: 'P11',
  title: 'Monthly rollover',
  how:
    'The core in this process, its users idle since last month: the monthly job closes their month in slices on the main thread while checks are made one after the other. ' +
    'The longest time the event loop was held is measured from outside (a timer of a millisecond), so it includes the checks themselves and the commits of both, and what other programs and the disk take; the processor time of the thread between two ticks does not. The same checks without the job are the reference.',
  run: async (bench) => {
    const users = bench.sizes.name === 'quick' ? USERS / 10 : USERS
    const dataDir = bench.folder.sub('rollover')
    await fill(dataDir, users)
    const weir = await openWeir(dataDir)
    try {
      const alone = await bench.quiet.once(() => checksFor(weir, () => sleep(bench.sizes.loadSeconds * 1000)))
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const processor = new ProcessorTime()
      const startedMs = performance.now()
      const busy = await checksFor(weir, async () => {
        const { run_id } = await weir.jobs.run(
          'monthly',
          { isDryRun: false },
          { name: 'bench', via: 'start' },
        )
        const run = await weir.jobs.finished(run_id)
        if (run.status !== 'done' || run.counts['users_rolled_over'] !== users - 1)
          throw new Error(`the rollover of the benchmark ended ${run.status}: ${JSON.stringify(run.counts)}`)
      })
      const seconds = (performance.now() - startedMs) / 1000
      delay.disable()
      const workedMs = processor.stop()
      const longestMs = delay.max / NANOSECONDS_A_MS
      const p99Ms = percentile(busy, 0.99)
      return {
        figures: [
          figure('users rolled over and archived', '1/s', users / seconds),
          figure('longest time the main thread was held meanwhile', 'ms', longestMs),
          figure('… 999 of 1000 times at most', 'ms', delay.percentile(99.9) / NANOSECONDS_A_MS),
          figure('longest time it worked without a break', 'ms of processor time', workedMs.longest),
          figure('processor time a user, checks included', 'µs', (workedMs.total * 1000) / users),
          figure('p99 of checks meanwhile ÷ without', 'ms', p99Ms, percentile(alone, 0.99)),
        ],
        verdicts: [
          atLeast('at least 5 000 users a second', users / seconds, 5_000),
          atMost('no slice holds the main thread longer than 20 ms', longestMs, 20),
          atMost(
            'the same in processor time: without waiting for the disk or for others',
            workedMs.longest,
            20,
          ),
        ],
      }
    } finally {
      await weir.close()
    }
  },
}

/** What the main thread worked between two ticks of a timer of a millisecond; a thread that waits does not work. */
class ProcessorTime {
  readonly #startUs = workedUs()
  #lastUs = this.#startUs
  #longestUs = 0
  readonly #timer = setInterval(() => this.#tick(), 1)

  #tick(): void {
    const now = workedUs()
    this.#longestUs = Math.max(this.#longestUs, now - this.#lastUs)
    this.#lastUs = now
  }

  stop(): { readonly longest: number; readonly total: number } {
    clearInterval(this.#timer)
    this.#tick()
    return { longest: this.#longestUs / 1000, total: (this.#lastUs - this.#startUs) / 1000 }
  }
}

function workedUs(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/** Users as an import leaves them, who used something in the month before this one. */
async function fill(dataDir: string, users: number): Promise<void> {
  const weir = await openWeir(dataDir)
  const actor = { name: 'bench', via: 'start' } as const
  const ids = Array.from({ length: users }, (_, index) => `idle-${index}`)
  for (let from = 0; from < users; from += 500) {
    const some = ids.slice(from, from + 500)
    await Promise.all(some.map((id) => weir.users.create({ id, username: id }, actor)))
    await Promise.all(
      some.map((id) =>
        weir.consumption.recordTurn({
          user_id: id,
          session_id: id,
          turn_number: 1,
          provider: 'Google',
          model: 'gemini-2.0-flash',
          input_tokens: 1_200,
          output_tokens: 300,
        }),
      ),
    )
  }
  await weir.close()
  const now = new Date()
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15))
  const period = last.getUTCFullYear() * 100 + last.getUTCMonth() + 1
  withDatabase(join(dataDir, 'auth.db'), (handle) => {
    // As if the clock had stood in that month when all this was recorded.
    for (const table of ['user_consumption', 'user_periods', 'user_period_models', 'consumption_turns'])
      handle.exec(`update ${table} set period = ${period}`)
    handle.exec(`update system_period_models set period = ${period}`)
    handle.exec(`update session_periods set period = ${period} where period <> 0`)
  })
}

/** Milliseconds each check took, one after the other, until the work is over. */
async function checksFor(weir: LocalWeir, work: () => Promise<void>): Promise<number[]> {
  const took: number[] = []
  let isOver = false
  const working = work().finally(() => {
    isOver = true
  })
  while (!isOver) {
    const startMs = performance.now()
    // The first of them is asked about: who is asked about is rolled over by that, and not by the job.
    await weir.consumption.admit({ user_id: 'idle-0' })
    took.push(performance.now() - startMs)
    await sleep(CHECK_EVERY_MS)
  }
  await working
  return took
}
