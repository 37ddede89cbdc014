import { statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { DASHBOARD_OPERATIONS, DASHBOARD_P95_MS } from '../../../shared/contract/dashboards.ts'
import { DAY_MS, type EpochMs, MINUTE_MS, toIso } from '../../../shared/units.ts'
import type { CheckFinding, LogsApi, ReadinessCheck } from '../api.ts'
import type { Reader } from '../database/database.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { Clock } from '../kernel/ports.ts'
import { logFolderBytes } from '../kernel/rotating-file.ts'
import { fine, megabytes, needsPerson, notKnown, some } from './findings.ts'

/** Checks of the machine and of this process: the interface, its speed, disk, clock, database, logs. */

/** What these checks look at. */
export interface MachineChecksParts {
  readonly dataDir: string
  readonly databaseFile: string
  readonly logsFolder: string
  readonly reader: Reader
  readonly clock: Clock
  readonly metrics: Metrics
  readonly logs: LogsApi
  readonly apiUrl: () => string | null
  readonly logCapBytes: () => number
  /** SQLite's own look at the database, in the worker; what it found wrong. */
  readonly checkDatabase: () => Promise<readonly string[]>
  readonly startedAt: EpochMs
}

/** Fewer say nothing about the slowest one in twenty. */
const DASHBOARD_ANSWERS_MIN = 20
/** Below this new turns may soon not fit (RELIABILITY, F8). */
const FREE_BYTES_MIN = 200e6
/** A backup and a restore each need the database once more. */
const FREE_DATABASES_MIN = 3
/** A log of changes this large means that a long reader keeps it from being folded in (RELIABILITY, F14). */
const WAL_BYTES_MAX = 64 * 1024 * 1024
/** Clocks drift by seconds; minutes backwards mean that somebody set it. */
const BACKWARDS_MS_MAX = MINUTE_MS
/** A clock before this is the one of a machine without a battery: this Weir did not exist then. */
const EARLIEST_SANE_MS = Date.UTC(2026, 0, 1)

export function machineChecks(parts: MachineChecksParts): readonly ReadinessCheck[] {
  const start = { wallMs: parts.clock.now(), monotonicMs: parts.clock.monotonicMs() }
  return [
    { id: 'api', title: 'The local interface answers', run: () => apiAnswers(parts) },
    { id: 'dashboards', title: 'Dashboards answer within 100 ms', run: async () => dashboards(parts) },
    { id: 'disk', title: 'There is room on the disk', run: () => disk(parts) },
    { id: 'clock', title: 'The clock can be trusted', run: () => clockIsSane(parts, start) },
    { id: 'wal', title: 'The database folds its changes in', run: async () => walSize(parts) },
    { id: 'integrity', title: 'The database is whole', run: () => integrity(parts) },
    { id: 'database-errors', title: 'No database error in 24 hours', run: () => databaseErrors(parts) },
    { id: 'logs', title: 'The logs stay within their cap', run: async () => logSize(parts) },
  ]
}

async function apiAnswers({ apiUrl }: MachineChecksParts): Promise<CheckFinding> {
  const url = apiUrl()
  if (url === null)
    return needsPerson(
      'The interface is not listening, so no agent can ask.',
      'Start Weir (the window, or weir serve) and leave it running.',
      null,
    )
  const { hostname } = new URL(url)
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    return needsPerson(
      `It listens on ${hostname}, which others can reach.`,
      'Report this: it must not be.',
      null,
    )
  const answer = await fetch(`${url}/healthz`)
  if (answer.ok) return fine(`${url} answered, and only this machine reaches it.`)
  return needsPerson(`${url} answered with ${answer.status}.`, 'Look into the log.', '/logs?level=error')
}

function dashboards({ metrics }: MachineChecksParts): CheckFinding {
  const latency = metrics.latencyOf(DASHBOARD_OPERATIONS)
  const p95 = latency.quantile(0.95)
  if (p95 === null || latency.count < DASHBOARD_ANSWERS_MIN)
    return notKnown(
      `Only ${some(latency.count, 'answer')} since the start; ${DASHBOARD_ANSWERS_MIN} are needed to judge.`,
      'Open the dashboard and let it refresh a few times.',
      '/dashboard',
    )
  const evidence = `95 % of ${some(latency.count, 'answer')} since the start took at most ${p95.toFixed(1)} ms.`
  if (p95 < DASHBOARD_P95_MS) return fine(evidence)
  return needsPerson(evidence, 'Look whether the machine is busy, and report it if it stays.', '/logs')
}

async function disk({ dataDir, databaseFile }: MachineChecksParts): Promise<CheckFinding> {
  const { bavail, bsize } = await statfs(dataDir)
  const free = bavail * bsize
  const wanted = Math.max(FREE_BYTES_MIN, FREE_DATABASES_MIN * sizeOf(databaseFile))
  const evidence = `${megabytes(free)} are free where the data is; ${megabytes(wanted)} are needed for work, backup and restore.`
  return free >= wanted ? fine(evidence) : needsPerson(evidence, 'Make room on that disk.', null)
}

async function clockIsSane(
  { reader, clock }: MachineChecksParts,
  start: { readonly wallMs: number; readonly monotonicMs: number },
): Promise<CheckFinding> {
  const now = clock.now()
  const fix = 'Let the machine take its time from the network, then restart Weir.'
  if (now < EARLIEST_SANE_MS) return needsPerson(`The clock says ${toIso(now)}.`, fix, null)
  // A machine that slept is ahead, which is right; only backwards is wrong.
  const backwards = clock.monotonicMs() - start.monotonicMs - (now - start.wallMs)
  if (backwards > BACKWARDS_MS_MAX)
    return needsPerson(
      `The clock went back by ${Math.round(backwards / 1000)} s since Weir started.`,
      fix,
      null,
    )
  const last = await reader
    .selectFrom('sessions')
    .select((eb) => eb.fn.max('last_activity_at').as('at'))
    .executeTakeFirst()
  if (last?.at != null && Number(last.at) > now + DAY_MS)
    return needsPerson(
      `The newest turn is of ${toIso(Number(last.at))}, more than a day ahead of the clock.`,
      fix,
      null,
    )
  return fine('It runs forwards, and nothing that was recorded lies ahead of it.')
}

function walSize({ databaseFile }: MachineChecksParts): CheckFinding {
  const bytes = sizeOf(`${databaseFile}-wal`)
  const evidence = `${megabytes(bytes)} of changes wait to be folded into ${megabytes(sizeOf(databaseFile))}.`
  if (bytes <= WAL_BYTES_MAX) return fine(evidence)
  return needsPerson(
    evidence,
    'Close other programs that have the database open, such as a sqlite3 shell.',
    null,
  )
}

async function integrity({ checkDatabase, clock }: MachineChecksParts): Promise<CheckFinding> {
  const problems = await checkDatabase()
  const at = toIso(clock.now())
  if (problems.length === 0)
    return fine('SQLite looked at every page and every reference just now and found nothing.', at)
  return needsPerson(
    `SQLite found ${some(problems.length, 'problem')}: ${problems.slice(0, 3).join('; ')}.`,
    'Restore the newest proved backup; what came since is taken along where it can be read.',
    '/backups',
    at,
  )
}

async function databaseErrors({ logs, clock }: MachineChecksParts): Promise<CheckFinding> {
  const since = toIso(clock.now() - DAY_MS)
  const { counters } = await logs.counters({ since })
  const found = counters.find(({ event }) => event === LOG_EVENTS.databaseError)
  if (found === undefined || found.count === 0) return fine('The log has none since then.', since)
  return needsPerson(
    `${some(found.count, 'line')} in the log, the last of ${found.last_at ?? 'an unknown time'}.`,
    'Read what they say.',
    `/logs?event=${LOG_EVENTS.databaseError}`,
    found.last_at,
  )
}

function logSize({ logsFolder, logCapBytes }: MachineChecksParts): CheckFinding {
  const bytes = logFolderBytes(logsFolder)
  const evidence = `${megabytes(bytes)} of ${megabytes(logCapBytes())}.`
  if (bytes <= logCapBytes()) return fine(evidence)
  return needsPerson(
    evidence,
    'Allow the logs more room, or restart Weir to have the oldest removed.',
    '/settings',
  )
}

/** Bytes of a file; 0 when there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
