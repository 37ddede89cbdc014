import { DASHBOARD_OPERATIONS, DASHBOARD_P95_MS } from '../../../shared/contract/dashboards.ts'
import { DAY_MS, type EpochMs, toIso } from '../../../shared/units.ts'
import type { LogsApi, SuccessMetric } from '../api.ts'
import type { Reader } from '../database/database.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import type { Metrics } from '../kernel/metrics.ts'
import type { Clock } from '../kernel/ports.ts'
import { some } from './findings.ts'

/** What the deployment is judged by after a week: the target, what was measured, and whether it got better. */

/** What these figures are made of. */
export interface SuccessParts {
  readonly reader: Reader
  readonly clock: Clock
  readonly metrics: Metrics
  readonly logs: LogsApi
}

type Measured = Awaited<ReturnType<SuccessMetric['run']>>

/** What is judged after a week is the week. */
const WEEK_MS = 7 * DAY_MS
/** Fewer answers say nothing about one in twenty. */
const DASHBOARD_ANSWERS_MIN = 100

export function successMetrics(parts: SuccessParts): readonly SuccessMetric[] {
  return [
    {
      id: 'dashboards',
      title: 'Dashboard answers, 95 % of them',
      target: `under ${DASHBOARD_P95_MS} ms`,
      run: async () => dashboards(parts),
    },
    {
      id: 'bypasses',
      title: 'Turns let through unasked',
      target: '0 in seven days',
      run: () => events(parts, 'bypassed', 'bypass'),
    },
    watched(parts, 'database', 'Database errors', LOG_EVENTS.databaseError),
    watched(parts, 'dual-writes', 'Dual-write failures', LOG_EVENTS.dualWriteFailure),
    watched(parts, 'drift', 'Drift warnings', LOG_EVENTS.driftWarning),
    {
      id: 'recorded',
      title: 'Checks that led to a recorded turn',
      target: 'at least 95 %',
      run: () => settledShare(parts),
    },
  ]
}

function cannotJudge(evidence: string, measured: string | null = null): Measured {
  return { measured, state: 'cannot_judge', trend: null, evidence }
}

/** Less is better. */
function trendOf(now: number, before: number): 'better' | 'same' | 'worse' {
  return now === before ? 'same' : now < before ? 'better' : 'worse'
}

function dashboards({ metrics }: SuccessParts): Measured {
  const latency = metrics.latencyOf(DASHBOARD_OPERATIONS)
  const p95 = latency.quantile(0.95)
  const of = `${some(latency.count, 'answer')} since the start of this process`
  if (p95 === null || latency.count < DASHBOARD_ANSWERS_MIN)
    return cannotJudge(`${of}; ${DASHBOARD_ANSWERS_MIN} are needed.`)
  const state = p95 < DASHBOARD_P95_MS ? 'met' : 'missed'
  return {
    measured: `${p95.toFixed(1)} ms`,
    state,
    trend: null,
    evidence: `${of}; earlier ones are not kept.`,
  }
}

/** When the agent asked for the first time, or undefined. */
async function firstCheckAt({ reader }: SuccessParts): Promise<EpochMs | undefined> {
  const row = await reader
    .selectFrom('admissions')
    .select((eb) => eb.fn.min('admitted_at').as('at'))
    .executeTakeFirst()
  return row?.at == null ? undefined : Number(row.at)
}

/** The sentence for a week that is not over, or undefined when it is. */
async function tooEarly(parts: SuccessParts): Promise<string | undefined> {
  const first = await firstCheckAt(parts)
  if (first === undefined) return 'No agent has asked yet.'
  if (parts.clock.now() - first >= WEEK_MS) return undefined
  return `The first check was at ${toIso(first)}; a week of use is needed.`
}

async function events(parts: SuccessParts, kind: 'bypassed', noun: string): Promise<Measured> {
  const now = parts.clock.now()
  const count = async (from: EpochMs, to: EpochMs): Promise<number> => {
    const { found } = await parts.reader
      .selectFrom('enforcement_events')
      .select((eb) => eb.fn.countAll<number>().as('found'))
      .where('at', '>=', from)
      .where('at', '<', to)
      .where('kind', '=', kind)
      .executeTakeFirstOrThrow()
    return found
  }
  const thisWeek = await count(now - WEEK_MS, now)
  const early = await tooEarly(parts)
  if (early !== undefined && thisWeek === 0) return cannotJudge(early, '0')
  const weekBefore = await count(now - 2 * WEEK_MS, now - WEEK_MS)
  return {
    measured: String(thisWeek),
    state: thisWeek === 0 ? 'met' : 'missed',
    trend: early === undefined ? trendOf(thisWeek, weekBefore) : null,
    evidence: `${some(thisWeek, noun, `${noun}es`)} in the last seven days, ${weekBefore} in the seven before.`,
  }
}

function watched(parts: SuccessParts, id: string, title: string, event: string): SuccessMetric {
  return { id, title, target: '0 in seven days', run: () => linesOf(parts, event) }
}

async function linesOf(parts: SuccessParts, event: string): Promise<Measured> {
  const now = parts.clock.now()
  const [week, both] = await Promise.all([
    parts.logs.counters({ since: toIso(now - WEEK_MS) }),
    parts.logs.counters({ since: toIso(now - 2 * WEEK_MS) }),
  ])
  const countIn = (from: typeof week) => from.counters.find((one) => one.event === event)?.count ?? 0
  const thisWeek = countIn(week)
  if (thisWeek === 0 && !week.reaches_back)
    return cannotJudge(
      `The log begins at ${week.oldest_at ?? 'no line yet'}; it does not reach back a week.`,
      '0',
    )
  const weekBefore = countIn(both) - thisWeek
  return {
    measured: String(thisWeek),
    state: thisWeek === 0 ? 'met' : 'missed',
    trend: both.reaches_back ? trendOf(thisWeek, weekBefore) : null,
    evidence: `${some(thisWeek, 'line')} in the log of the last seven days.`,
  }
}

/** Percent of the admissions whose turn must have come. */
const SETTLED_PERCENT_MIN = 95

async function settledShare(parts: SuccessParts): Promise<Measured> {
  const early = await tooEarly(parts)
  if (early !== undefined) return cannotJudge(early)
  const now = parts.clock.now()
  const share = async (from: EpochMs, to: EpochMs) => {
    const rows = await parts.reader
      .selectFrom('admissions')
      .select((eb) => ['state', eb.fn.countAll<number>().as('found')])
      .where('admitted_at', '>=', from)
      .where('admitted_at', '<', to)
      .where('state', '!=', 'open')
      .groupBy('state')
      .execute()
    const all = rows.reduce((sum, row) => sum + row.found, 0)
    const settled = rows.find((row) => row.state === 'settled')?.found ?? 0
    return { all, percent: all === 0 ? null : (settled / all) * 100 }
  }
  const week = await share(now - WEEK_MS, now)
  if (week.percent === null) return cannotJudge('No check of the last seven days is over yet.')
  const before = await share(now - 2 * WEEK_MS, now - WEEK_MS)
  return {
    measured: `${week.percent.toFixed(1)} %`,
    state: week.percent >= SETTLED_PERCENT_MIN ? 'met' : 'missed',
    trend: before.percent === null ? null : trendOf(-week.percent, -before.percent),
    evidence: `Of ${some(week.all, 'check')} in the last seven days; the others ran out without a turn.`,
  }
}
