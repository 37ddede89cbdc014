import { setTimeout as sleep } from 'node:timers/promises'
import { startHello } from '../lib/hello.ts'
import { type LoadRequest, type LoadResult, startLoad } from '../lib/load.ts'
import type { RequestPlan } from '../lib/request-plan.ts'
import { loadsInTurn, middle } from '../lib/rounds.ts'
import { atMost, figure, type Row } from '../lib/row.ts'
import { type ServedWeir, startServe } from '../lib/serve.ts'
import { writeSessionFiles } from '../lib/session-files.ts'
import { median } from '../lib/stats.ts'
import { CONNECTIONS } from './p01-checks.ts'

/** Of the maximum: a machine with room to breathe, which is when waiting times mean something. */
const SHARE_OF_MAXIMUM = 0.5

/** How long checks wait, alone and while an import runs. */
export const waitingTimes: Row = {
  id: 'P2',
  title: 'Waiting times at half the maximum rate',
  how:
    'A load at a fixed rate, each request timed from the moment it was due (waiting for a free connection included), at half of the maximum found just before; ' +
    'the hello world gets the same rate. Then the same again while session files are imported through the API. Three processes share the cores: server, load, worker thread.',
  run: async (bench) => {
    const { sizes, datasets, folder } = bench
    const sessions = folder.sub('sessions')
    bench.say(`writing ${sizes.sessionFiles} session files`)
    writeSessionFiles(sessions, { files: sizes.sessionFiles, users: Math.min(sizes.users, 100) })
    const weir = await startServe(await datasets.copy(sizes.ledgers[0], { lifted: true }))
    const hello = await startHello()
    const load = startLoad()
    try {
      const checks: RequestPlan = { kind: 'checks', token: weir.executorToken, users: datasets.users }
      const maximum = {
        kind: 'closed',
        url: weir.url,
        plan: checks,
        connections: CONNECTIONS,
        seconds: sizes.loadSeconds,
      } as const
      await load.run(maximum)
      const { perSecond } = await bench.quiet.round(() => load.run(maximum))
      const ratePerSecond = Math.round(perSecond * SHARE_OF_MAXIMUM)
      const paced = (url: string, plan: RequestPlan): LoadRequest => ({
        kind: 'paced',
        url,
        plan,
        connections: CONNECTIONS,
        seconds: sizes.loadSeconds,
        ratePerSecond,
      })
      const alone = await loadsInTurn(load, bench, {
        hello: paced(hello.url, { kind: 'hello' }),
        checks: paced(weir.url, checks),
      })
      const busy = await bench.quiet.once(() =>
        whileImporting(weir, sessions, () => load.run({ ...paced(weir.url, checks), seconds: 1 })),
      )
      const busyP99 = median(busy.map((result) => result.p99Ms))
      const toHello = middle(alone.checks, 'p99Ms') / middle(alone.hello, 'p99Ms')
      const toItself = busyP99 / middle(alone.checks, 'p99Ms')
      return {
        figures: [
          figure(
            `p50 at ${ratePerSecond} req/s`,
            'ms',
            middle(alone.checks, 'p50Ms'),
            middle(alone.hello, 'p50Ms'),
          ),
          figure(
            `p99 at ${ratePerSecond} req/s`,
            'ms',
            middle(alone.checks, 'p99Ms'),
            middle(alone.hello, 'p99Ms'),
            { ratio: toHello },
          ),
          figure(
            'p50 while an import runs ÷ without',
            'ms',
            median(busy.map((result) => result.p50Ms)),
            middle(alone.checks, 'p50Ms'),
          ),
          figure('p99 while an import runs ÷ without', 'ms', busyP99, middle(alone.checks, 'p99Ms'), {
            ratio: toItself,
            note: `median of ${busy.length} stretches of a second; the worst p99 was ${Math.max(...busy.map((result) => result.p99Ms)).toFixed(1)} ms`,
          }),
        ],
        verdicts: [
          atMost('p99 of checks ÷ p99 of hello world at the same rate: ≤ 4', toHello, 4),
          atMost('p99 while an import runs ÷ without: ≤ 1.5', toItself, 1.5),
          {
            goal: '… while a reconciliation, a backup, a rollover runs: ≤ 1.5',
            measured: 'not measured: not part of this row yet',
            isReached: null,
          },
        ],
      }
    } finally {
      await load.stop()
      await weir.stop()
      await hello.stop()
    }
  },
}

interface ImportRun {
  readonly run_id: string
  readonly status: string
}

/** Repeats a measurement until the import it started is over; a stretch that outlasted the import does not count. */
async function whileImporting(
  weir: ServedWeir,
  sessions: string,
  measure: () => Promise<LoadResult>,
): Promise<LoadResult[]> {
  const run = await weir.post<ImportRun>('/api/v1/admin/import', { sessions_dir: sessions })
  // The first files are being written now.
  await sleep(100)
  const results: LoadResult[] = []
  for (;;) {
    const result = await measure()
    const { status } = await weir.get<ImportRun>(`/api/v1/admin/import/${run.run_id}`)
    if (status === 'failed' || status === 'cancelled') throw new Error(`the import ended ${status}`)
    if (status === 'done' && results.length > 0) return results
    results.push(result)
  }
}
