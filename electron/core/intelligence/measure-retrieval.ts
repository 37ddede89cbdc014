import { openReadHandle } from '../database/open-handle.ts'
import { noValues, type Side, sideOf } from './comparison.ts'

/** Which turns of the ledger are measured. */
export interface MeasureInput {
  readonly databaseFile: string
  readonly sqliteBinding: string | null
  /** Null: everybody's. */
  readonly userKey: number | null
  /** `202611`; null: all. */
  readonly period: number | null
  /** Where each day of the trend begins, oldest first; empty when the trend goes by months. */
  readonly dayStarts: readonly number[]
}

/** Sums of guided turns. */
export interface GuidedSums {
  guidedTurns: number
  tokensSaved: number
  tokensLost: number
  costSavedMicroUsd: number
  costLostMicroUsd: number
}

/** What was measured. */
export interface RetrievalMeasurement {
  readonly guided: Side
  readonly unguided: Side
  readonly models: readonly (GuidedSums & { readonly modelKey: number })[]
  /** As many as `dayStarts`. */
  readonly days: readonly GuidedSums[]
}

type LedgerRow = readonly [
  ragUsed: number,
  input: number,
  output: number,
  durationMs: number | null,
  isSuccess: number,
  saved: number,
  costSaved: number,
  modelKey: number,
  occurredAt: number,
]

/**
 * Reads every turn of the range once, over a read connection of its own. Medians need the single turns, which no
 * roll-up has; so this runs in the worker thread.
 */
export function measureRetrieval(input: MeasureInput): RetrievalMeasurement {
  const handle = openReadHandle(input.databaseFile, input.sqliteBinding)
  try {
    const rows = handle
      .prepare(
        `SELECT rag_used, input_tokens, output_tokens, duration_ms, status = 'success', rag_tokens_saved,
           rag_cost_saved_micro_usd, model_key, occurred_at
         FROM consumption_turns
         WHERE turn_number > 0
           ${input.userKey === null ? '' : 'AND user_key = @userKey'}
           ${input.period === null ? '' : 'AND period = @period'}`,
      )
      .raw()
      .iterate({ userKey: input.userKey, period: input.period }) as IterableIterator<LedgerRow>
    return measure(rows, input.dayStarts)
  } finally {
    handle.close()
  }
}

function measure(rows: Iterable<LedgerRow>, dayStarts: readonly number[]): RetrievalMeasurement {
  const guided = noValues()
  const unguided = noValues()
  const models = new Map<number, GuidedSums>()
  const days = dayStarts.map(noSums)
  for (const [
    ragUsed,
    input,
    output,
    durationMs,
    isSuccess,
    saved,
    costSaved,
    modelKey,
    occurredAt,
  ] of rows) {
    const side = ragUsed === 1 ? guided : unguided
    side.totalTokens.push(input + output)
    side.outputTokens.push(output)
    if (durationMs !== null) side.durationsMs.push(durationMs)
    side.successfulTurns += isSuccess
    if (ragUsed !== 1) continue
    const model = models.get(modelKey) ?? noSums()
    models.set(modelKey, model)
    addGuided(model, saved, costSaved)
    const day = days[dayAt(dayStarts, occurredAt)]
    if (day !== undefined) addGuided(day, saved, costSaved)
  }
  return {
    guided: sideOf(guided),
    unguided: sideOf(unguided),
    models: [...models].map(([modelKey, sums]) => ({ modelKey, ...sums })),
    days,
  }
}

function noSums(): GuidedSums {
  return { guidedTurns: 0, tokensSaved: 0, tokensLost: 0, costSavedMicroUsd: 0, costLostMicroUsd: 0 }
}

function addGuided(sums: GuidedSums, saved: number, costSaved: number): void {
  sums.guidedTurns += 1
  sums.tokensSaved += Math.max(0, saved)
  sums.tokensLost += Math.max(0, -saved)
  sums.costSavedMicroUsd += Math.max(0, costSaved)
  sums.costLostMicroUsd += Math.max(0, -costSaved)
}

/** The last day that has begun by then; -1 before the first. */
function dayAt(dayStarts: readonly number[], at: number): number {
  return dayStarts.findLastIndex((start) => start <= at)
}
