import { useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { type SettledQuery, useSettledQuery } from '../../components/settled-query.ts'
import type { DashboardSearch } from './dashboard-search.ts'

export type SystemSummary = OperationOutput<'consumption.systemSummary'>
export type UserSummary = OperationOutput<'consumption.summary'>

/** What the dashboard shows: everybody together, or one user. */
export type DashboardData =
  | { readonly kind: 'all'; readonly summary: SystemSummary }
  | { readonly kind: 'user'; readonly summary: UserSummary }

/** The figures of the dashboard and how they were chosen. */
export interface Dashboard {
  readonly query: SettledQuery<DashboardData>
  /** True when nobody chose a range and the running month has no turns, so that all time is shown instead. */
  readonly hasSwitchedToAll: boolean
}

/**
 * Asks for the figures of the chosen scope and range, with one call each time. Without a chosen range it is the
 * running month while that has turns, else all time.
 */
export function useDashboard({ user, range }: Pick<DashboardSearch, 'user' | 'range'>): Dashboard {
  const scope = user === undefined ? 'all' : `user ${user}`
  const [auto, setAuto] = useState<{ readonly scope: string; readonly range: 'current' | 'all' }>({
    scope,
    range: 'current',
  })
  const autoRange = auto.scope === scope ? auto.range : 'current'
  const period = range ?? autoRange
  // The last answer is kept by the settled query, which never shows one user's figures as another's.
  const options = { keepPrevious: false } as const
  const system = useWeirQuery(
    'consumption.systemSummary',
    { period },
    { ...options, enabled: user === undefined },
  )
  const single = useWeirQuery(
    'consumption.summary',
    user === undefined ? { period } : { period, user_id: user },
    { ...options, enabled: user !== undefined },
  )
  // A switch by itself begins afresh, or the zeros of the empty month would flash up before all time comes.
  const identity = `${scope} ${range === undefined ? autoRange : 'chosen'}`
  const systemState = useSettledQuery(system, identity)
  const singleState = useSettledQuery(single, identity)
  const query = user === undefined ? asDashboard('all', systemState) : asDashboard('user', singleState)
  const summary = query.data?.summary
  if (range === undefined && summary !== undefined) {
    const wanted = rangeWithTurns(summary)
    if (wanted !== autoRange) setAuto({ scope, range: wanted })
  }
  return { query, hasSwitchedToAll: range === undefined && autoRange === 'all' }
}

function asDashboard<Kind extends DashboardData['kind']>(
  kind: Kind,
  query: SettledQuery<Extract<DashboardData, { kind: Kind }>['summary']>,
): SettledQuery<DashboardData> {
  // The pair of kind and summary is the member of the union that the parameter types name.
  const data = query.data === undefined ? undefined : ({ kind, summary: query.data } as DashboardData)
  return { ...query, data }
}

/** The running month while it has turns, or while no month has. */
function rangeWithTurns(summary: SystemSummary | UserSummary): 'current' | 'all' {
  return summary.periods.length === 0 || summary.periods.includes(summary.current_period) ? 'current' : 'all'
}

/** Whether nothing was ever recorded in this scope, which is not the same as an empty month. */
export function hasNoTurns({ summary }: DashboardData): boolean {
  return summary.periods.length === 0 && summary.total_turns === 0 && summary.total_tokens === 0
}
