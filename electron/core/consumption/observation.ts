import type { Selectable } from 'kysely'
import type { ObservationsTable } from '../database/admission-tables.ts'
import type { Usage } from './usage.ts'

/**
 * While enforcement observes, limits are decided as if every refusal had been real: what was let through all the same
 * is kept here, apart, and does not count. Pure; docs/decisions/0005 says why.
 */

/** What was let through for one user since observing began, in the windows it belongs to. */
export type Observation = Readonly<Selectable<ObservationsTable>>

/** Nothing let through yet, in the windows of the usage. */
export function nothingObserved(usage: Usage, since: number): Observation {
  return {
    user_key: usage.user_key,
    observed_since: since,
    hour_started_at: usage.hour_started_at,
    hour_requests: 0,
    hour_config_changes: 0,
    day_started_at: usage.day_started_at,
    day_requests: 0,
    period: usage.period,
    input_tokens: 0,
    output_tokens: 0,
    cost_micro_usd: 0,
  }
}

/** What of an observation still belongs to the windows of the usage; the rest ended with its window. */
export function withinWindows(observation: Observation, usage: Usage): Observation {
  const fresh = nothingObserved(usage, observation.observed_since)
  return {
    ...observation,
    ...(observation.hour_started_at !== usage.hour_started_at && {
      hour_started_at: fresh.hour_started_at,
      hour_requests: 0,
      hour_config_changes: 0,
    }),
    ...(observation.day_started_at !== usage.day_started_at && {
      day_started_at: fresh.day_started_at,
      day_requests: 0,
    }),
    ...(observation.period !== usage.period && {
      period: fresh.period,
      input_tokens: 0,
      output_tokens: 0,
      cost_micro_usd: 0,
    }),
  }
}

/** The usage as limits see it: without what was only let through. */
export function judgedBy(usage: Usage, observation: Observation | null): Usage {
  if (observation === null) return usage
  const held = withinWindows(observation, usage)
  return {
    ...usage,
    hour_requests: less(usage.hour_requests, held.hour_requests),
    hour_config_changes: less(usage.hour_config_changes, held.hour_config_changes),
    day_requests: less(usage.day_requests, held.day_requests),
    input_tokens: less(usage.input_tokens, held.input_tokens),
    output_tokens: less(usage.output_tokens, held.output_tokens),
    cost_micro_usd: less(usage.cost_micro_usd, held.cost_micro_usd),
  }
}

/** A repair of the ledger may have taken away what was let through; less than nothing is never used. */
function less(used: number, letThrough: number): number {
  return Math.max(0, used - letThrough)
}

/** One request more that was let through although it would have been refused. */
export function withLetThrough(observation: Observation, usage: Usage): Observation {
  const held = withinWindows(observation, usage)
  return { ...held, hour_requests: held.hour_requests + 1, day_requests: held.day_requests + 1 }
}

/** The same for a configuration change. */
export function withLetThroughChange(observation: Observation, usage: Usage): Observation {
  const held = withinWindows(observation, usage)
  return { ...held, hour_config_changes: held.hour_config_changes + 1 }
}

/** What a turn consumed that would not have run. A turn of another month than the counters' is in none of them. */
export function withTurnLetThrough(
  observation: Observation,
  usage: Usage,
  turn: Pick<Observation, 'period' | 'input_tokens' | 'output_tokens' | 'cost_micro_usd'>,
): Observation {
  const held = withinWindows(observation, usage)
  if (turn.period !== held.period) return held
  return {
    ...held,
    input_tokens: held.input_tokens + turn.input_tokens,
    output_tokens: held.output_tokens + turn.output_tokens,
    cost_micro_usd: held.cost_micro_usd + turn.cost_micro_usd,
  }
}
