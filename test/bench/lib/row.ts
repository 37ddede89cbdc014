import type { Datasets } from './datasets.ts'
import type { Quiet } from './other-work.ts'
import type { Sizes } from './sizes.ts'
import type { WorkFolder } from './work-folder.ts'

/** What a row of the benchmark is, and what it gives back. */

/** One measured thing beside its reference, both in `unit`. */
export interface Figure {
  readonly what: string
  readonly unit: string
  readonly product: number
  /** Null where the goal is an absolute bound or the figure is only for information. */
  readonly reference: number | null
  /** The median over the rounds of (product ÷ reference); not always the ratio of the two medians beside it. */
  readonly ratio: number | null
  readonly note: string | null
}

/** A goal of the project and what came out; null where this run cannot tell. */
export interface Verdict {
  readonly goal: string
  readonly measured: string
  readonly isReached: boolean | null
}

export interface Measured {
  readonly figures: readonly Figure[]
  readonly verdicts: readonly Verdict[]
}

export interface RowResult extends Measured {
  readonly id: string
  readonly title: string
  readonly how: string
  /** ISO 8601. */
  readonly measured_at: string
  readonly seconds: number
  readonly sizes: string
  /** Of all cores, what other programs used meanwhile; null where that cannot be told. */
  readonly others_share: number | null
}

export interface Row {
  /** As in the table of goals: `P1`. */
  readonly id: string
  readonly title: string
  /** How it is measured, against what, and what is left out; for the reader of the report. */
  readonly how: string
  run(bench: Bench): Promise<Measured>
}

/** What every row gets. */
export interface Bench {
  readonly sizes: Sizes
  readonly folder: WorkFolder
  readonly datasets: Datasets
  readonly quiet: Quiet
  /** Where `weir serve` writes V8 CPU profiles; null for none. */
  readonly profileDir: string | null
  /** A line for whoever watches, on stderr. */
  say(text: string): void
}

/** A figure beside its reference; the ratio is worked out unless the rounds gave a better one. */
export function figure(
  what: string,
  unit: string,
  product: number,
  reference: number | null = null,
  more: { readonly ratio?: number; readonly note?: string } = {},
): Figure {
  const ratio = more.ratio ?? (reference === null || reference === 0 ? null : product / reference)
  return { what, unit, product, reference, ratio, note: more.note ?? null }
}

/** Whether a value keeps a bound, with both in words. */
export function atLeast(goal: string, value: number, bound: number): Verdict {
  return { goal, measured: shown(value), isReached: value >= bound }
}

/** The same for an upper bound. */
export function atMost(goal: string, value: number, bound: number): Verdict {
  return { goal, measured: shown(value), isReached: value <= bound }
}

/** Three significant digits: more would be noise. */
export function shown(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1000) return Math.round(value).toLocaleString('en-US').replaceAll(',', ' ')
  return String(Number(value.toPrecision(3)))
}
