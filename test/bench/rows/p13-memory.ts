import { startLoad } from '../lib/load.ts'
import type { RequestPlan } from '../lib/request-plan.ts'
import { atMost, figure, type Row } from '../lib/row.ts'
import { startServe } from '../lib/serve.ts'
import { millionLedger } from '../lib/sizes.ts'
import { median } from '../lib/stats.ts'

const MEGABYTE = 2 ** 20

/** A busy day's rate many times over, and far below the maximum: memory is the question, not speed. */
const RATE_PER_SECOND = 1_500

/** Stretches the load is cut into; memory is read between and during them. */
const STRETCHES = 12

/** Memory of the server. */
export const memory: Row = {
  id: 'P13',
  title: 'Resident memory of `weir serve`',
  how:
    `A mixed load of ${RATE_PER_SECOND} requests a second (of 100: 60 checks, 30 new turns, 6 summaries, 3 pages of turns, 1 system summary or users list) on the ledger of a million turns, ` +
    'for minutes, not for an hour. Resident memory counts the page cache of SQLite and the code of Node (about 50 MB before the first line of ours runs).',
  run: async (bench) => {
    const { sizes, datasets } = bench
    const turns = millionLedger(sizes)
    const weir = await startServe(await datasets.copy(turns, { lifted: true }))
    const load = startLoad()
    const samples: number[] = []
    const sampling = setInterval(() => samples.push(weir.residentBytes() / MEGABYTE), 200)
    try {
      const start = weir.residentBytes() / MEGABYTE
      const plan = mixed(weir.executorToken, weir.adminToken, datasets.users)
      const stretches: number[] = []
      for (let count = 0; count < STRETCHES; count += 1) {
        samples.length = 0
        const stretch = {
          kind: 'paced',
          url: weir.url,
          plan: plan(count),
          connections: 32,
          ratePerSecond: RATE_PER_SECOND,
          seconds: sizes.residentSeconds / STRETCHES,
        } as const
        await bench.quiet.once(() => load.run(stretch))
        stretches.push(median(samples))
      }
      const peak = Math.max(...stretches, ...samples)
      const early = median(stretches.slice(STRETCHES / 4, STRETCHES / 2))
      const late = median(stretches.slice(-STRETCHES / 4))
      return {
        figures: [
          figure('after starting, before the load', 'MB', start),
          figure(`after ${sizes.residentSeconds} s of load ÷ after a third of it`, 'MB', late, early),
          figure('most of any stretch (median of its samples)', 'MB', peak),
        ],
        verdicts: [
          atMost(`resident memory with ${turns} turns under load: ≤ 150 MB`, peak, 150),
          atMost('flat: late ÷ early ≤ 1.1', late / early, 1.1),
        ],
      }
    } finally {
      clearInterval(sampling)
      await load.stop()
      await weir.stop()
    }
  },
}

function mixed(executor: string, admin: string, users: readonly string[]): (stretch: number) => RequestPlan {
  const pages = users.slice(0, 200).map((user) => `/api/v1/consumption/turns?user_id=${user}&limit=50`)
  const summaries = users.slice(0, 200).map((user) => `/api/v1/consumption/summary?user_id=${user}`)
  const all = ['/api/v1/consumption/system-summary', '/api/v1/consumption/users?threshold=1&limit=50']
  return (stretch) => ({
    kind: 'mixed',
    parts: [
      { weight: 60, plan: { kind: 'checks', token: executor, users } },
      { weight: 30, plan: { kind: 'turns', token: executor, users, prefix: `memory-${stretch}` } },
      { weight: 6, plan: { kind: 'reads', token: admin, paths: summaries } },
      { weight: 3, plan: { kind: 'reads', token: admin, paths: pages } },
      { weight: 1, plan: { kind: 'reads', token: admin, paths: all } },
    ],
  })
}
