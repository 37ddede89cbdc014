import { copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withDatabase } from '../lib/ledger-builder.ts'
import { type Load, type LoadResult, startLoad } from '../lib/load.ts'
import { atMost, type Bench, figure, type Measured, type Row } from '../lib/row.ts'
import { type ServedWeir, startServe } from '../lib/serve.ts'
import { median } from '../lib/stats.ts'

const CHECKS_A_SECOND = 100
const CONNECTIONS = 8
/** A stretch of load: short enough that several fit into a backup. */
const STRETCH_SECONDS = 2
const MEGABYTE = 1e6

/** A backup of a large database while an agent asks. */
export const backup: Row = {
  id: 'P10',
  title: 'Backup under load',
  how:
    'A ledger whose sessions are copied in the database until it has the size (the sums do not follow; a backup does not add them up). `weir serve` gets 100 durable checks a second, each timed from the moment it was due, ' +
    'alone and then while a backup is made through the API: snapshot, synced copy, SHA-256, integrity check, manifest, and once more all of that for the proof. The longest pause is what the main thread itself says in /metrics, its resolution of 10 ms included. ' +
    'Reference of the backup is a copy of the closed file without syncing.',
  run: async (bench) => {
    const dataDir = await bench.datasets.copy(bench.sizes.ledgers[0], { lifted: true })
    const file = join(dataDir, 'auth.db')
    bench.say(`growing a database to ${bench.sizes.backupBytes / MEGABYTE} MB`)
    grow(file, bench.sizes.backupBytes)
    const copyMs = timed(() => copyFileSync(file, join(bench.folder.sub('copied'), 'auth.db')))
    const weir = await startServe(dataDir)
    const load = startLoad()
    try {
      return await measure(bench, weir, load, { bytes: statSync(file).size, copyMs })
    } finally {
      await load.stop()
      await weir.stop()
    }
  },
}

interface Sealed {
  readonly bytes: number
  readonly copyMs: number
}

async function measure(bench: Bench, weir: ServedWeir, load: Load, file: Sealed): Promise<Measured> {
  const stretch = () =>
    load.run({
      kind: 'paced',
      url: weir.url,
      plan: { kind: 'checks', token: weir.executorToken, users: bench.datasets.users },
      connections: CONNECTIONS,
      seconds: STRETCH_SECONDS,
      ratePerSecond: CHECKS_A_SECOND,
    })
  await stretch()
  const alone = await bench.quiet.once(() => watched(weir, () => repeat(stretch, bench.sizes.rounds)))
  const busy = await bench.quiet.once(() => watched(weir, () => whileBackingUp(weir, stretch)))
  const [aloneP99, busyP99] = [p99Of(alone.result), p99Of(busy.result.stretches)]
  const worst = Math.max(...busy.result.stretches.map(({ p99Ms }) => p99Ms))
  const bad = busy.result.stretches.reduce((sum, one) => sum + one.bad, 0)
  const megabytes = Math.round(file.bytes / MEGABYTE)
  return {
    figures: [
      figure(`backup of ${megabytes} MB, proved ÷ cp`, 'ms', busy.result.ms, file.copyMs),
      figure('p99 of checks meanwhile ÷ without', 'ms', busyP99, aloneP99, {
        note: `median of ${busy.result.stretches.length} stretches of ${STRETCH_SECONDS} s; the worst p99 was ${worst.toFixed(1)} ms`,
      }),
      figure('longest pause of the main loop meanwhile ÷ without', 'ms', busy.pauseMs, alone.pauseMs),
      figure('failed checks meanwhile', '', bad, null, {
        note: `of ${busy.result.stretches.reduce((sum, one) => sum + one.answers, 0)}`,
      }),
    ],
    verdicts: [
      atMost('failed checks while a backup is made: 0', bad, 0),
      atMost(`backup of ${megabytes} MB ÷ cp of the file: ≤ 4`, busy.result.ms / file.copyMs, 4),
      atMost('longest pause of the main loop meanwhile: ≤ 50 ms', busy.pauseMs, 50),
      atMost('p99 of checks meanwhile: ≤ 100 ms', busyP99, 100),
    ],
  }
}

/** Copies the sessions of the ledger, with their turns, until the file is so large. */
function grow(file: string, bytes: number): void {
  withDatabase(file, (handle) => {
    handle.pragma('synchronous = OFF')
    const size = () =>
      Number(handle.pragma('page_count', { simple: true })) *
      Number(handle.pragma('page_size', { simple: true }))
    const columns = handle
      .prepare<[], string>(`select name from pragma_table_info('consumption_turns')`)
      .pluck()
      .all()
      .filter((name) => name !== 'id')
    const copied = columns.map((name) => (name === 'session_key' ? 'session_key + @shift' : name)).join(', ')
    const step = Number(handle.prepare('select max(key) from sessions').pluck().get())
    const turns = Number(handle.prepare('select max(id) from consumption_turns').pluck().get())
    for (let copy = 1; size() < bytes; copy += 1) {
      const shift = copy * step
      handle.transaction(() => {
        handle
          .prepare(
            `insert into sessions (key, user_key, id, name, created_at, last_activity_at)
             select key + @shift, user_key, id || '-' || @copy, name, created_at, last_activity_at from sessions where key <= @step`,
          )
          .run({ shift, copy, step })
        handle
          .prepare(
            `insert into consumption_turns (${columns.join(', ')})
             select ${copied} from consumption_turns where id <= @turns`,
          )
          .run({ shift, turns })
      })()
    }
    handle.pragma('wal_checkpoint(TRUNCATE)')
  })
}

interface BackupRun {
  readonly run_id: string
  readonly status: string
}

/** Makes a backup beside the load; a stretch that outlasted it counts, for it began before the end. */
async function whileBackingUp(
  weir: ServedWeir,
  stretch: () => Promise<LoadResult>,
): Promise<{ readonly stretches: LoadResult[]; readonly ms: number }> {
  const startedMs = performance.now()
  const { run_id } = await weir.post<BackupRun>('/api/v1/admin/backups', {})
  let ms: number | undefined
  const ending = (async () => {
    for (;;) {
      const { status } = await weir.get<BackupRun>(`/api/v1/admin/backup-runs/${run_id}`)
      if (status === 'done') break
      if (status !== 'running') throw new Error(`the backup of the benchmark ended ${status}`)
      await sleep(50)
    }
    ms = performance.now() - startedMs
  })()
  const stretches: LoadResult[] = []
  while (ms === undefined) stretches.push(await stretch())
  await ending
  return { stretches, ms }
}

/** What came of a piece of work, and the longest pause of the server's main thread meanwhile. */
async function watched<Result>(
  weir: ServedWeir,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly pauseMs: number }> {
  // Asking begins the next measurement.
  await metricsOf(weir)
  const result = await work()
  return { result, pauseMs: await longestPauseMs(weir) }
}

/** Since it was asked last; the ten milliseconds of its resolution are in it. */
async function longestPauseMs(weir: ServedWeir): Promise<number> {
  const seconds = /^weir_event_loop_lag_seconds\{quantile="1"\} (\S+)$/m.exec(await metricsOf(weir))?.[1]
  if (seconds === undefined) throw new Error('/metrics says nothing of the event loop')
  return Number(seconds) * 1000
}

async function metricsOf(weir: ServedWeir): Promise<string> {
  const headers = { authorization: `Bearer ${weir.adminToken}` }
  return (await fetch(`${weir.url}/metrics`, { headers })).text()
}

async function repeat(stretch: () => Promise<LoadResult>, times: number): Promise<LoadResult[]> {
  const results: LoadResult[] = []
  while (results.length < times) results.push(await stretch())
  return results
}

const p99Of = (stretches: readonly LoadResult[]) => median(stretches.map(({ p99Ms }) => p99Ms))

function timed(work: () => void): number {
  const startMs = performance.now()
  work()
  return performance.now() - startMs
}
