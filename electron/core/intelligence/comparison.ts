import type { OperationOutput } from '../../../shared/contract/index.ts'
import { percentOf } from '../../../shared/units.ts'

export type Side = OperationOutput<'intelligence.summary'>['comparison']['with_retrieval']

/** The turns of one side, as they are read: one value a turn, in any order. */
export interface SideValues {
  readonly totalTokens: number[]
  readonly outputTokens: number[]
  /** Of the turns that came with one. */
  readonly durationsMs: number[]
  successfulTurns: number
}

export function noValues(): SideValues {
  return { totalTokens: [], outputTokens: [], durationsMs: [], successfulTurns: 0 }
}

/** What can be said of one side. Sorts the values in place: there may be a million. */
export function sideOf(values: SideValues): Side {
  const turns = values.totalTokens.length
  return {
    turns,
    median_total_tokens: medianOf(values.totalTokens),
    median_output_tokens: medianOf(values.outputTokens),
    successful_turns: values.successfulTurns,
    success_percent: percentOf(values.successfulTurns, turns),
    timed_turns: values.durationsMs.length,
    median_duration_ms: medianOf(values.durationsMs),
  }
}

/** The middle value, or the mean of the two middle ones; null of nothing. Sorts in place. */
export function medianOf(values: number[]): number | null {
  values.sort((one, other) => one - other)
  const middle = values.length / 2
  const upper = values[Math.floor(middle)]
  if (upper === undefined) return null
  if (!Number.isInteger(middle)) return upper
  return ((values[middle - 1] ?? upper) + upper) / 2
}
