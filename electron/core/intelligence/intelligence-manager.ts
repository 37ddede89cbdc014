import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { COMPARED_TURNS_MIN } from '../../../shared/contract/intelligence.ts'
import type { IntelligenceApi } from '../api.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import { periodNumber } from '../consumption/windows.ts'
import type { Database } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { guidedByMonth, modelsOnWire, readCases } from './intelligence-reader.ts'
import type { MeasureInput, RetrievalMeasurement } from './measure-retrieval.ts'

type Intelligence = OperationOutput<'intelligence.summary'>
type Summary = OperationOutput<'consumption.systemSummary'> | OperationOutput<'consumption.summary'>

/** What it is made of. */
export interface IntelligenceParts {
  readonly database: Database
  readonly clock: Clock
  /**
   * The dashboards' figures as the database has them, because what the single turns tell is the database's too: while
   * dashboards show the session files, the two screens may differ. Errors: `user_unknown`.
   */
  readonly summaryOf: (userId: string | undefined, range: string | undefined) => Promise<Summary>
  /** Reads the turns of a range, in the worker thread. */
  readonly measure: (
    input: Pick<MeasureInput, 'userKey' | 'period' | 'dayStarts'>,
  ) => Promise<RetrievalMeasurement>
}

// The views an operator goes to and fro between; an entry is a few kilobytes.
const KEPT_MEASUREMENTS = 8

/** What retrieval brought, always by the database: the totals, and what only the single turns can tell. */
export class IntelligenceManager implements IntelligenceApi {
  readonly #parts: IntelligenceParts
  readonly #kept = new Map<string, Promise<RetrievalMeasurement>>()

  constructor(parts: IntelligenceParts) {
    this.#parts = parts
  }

  async summary(query: ParsedInput<'intelligence.summary'>): Promise<Intelligence> {
    const { clock, database } = this.#parts
    const db = database.reader
    const summary = await this.#parts.summaryOf(query.user_id, query.period)
    const userKey = query.user_id === undefined ? null : ((await findUserKey(db, query.user_id)) ?? null)
    const measured = await this.#measured(summary, userKey)
    const { guided, unguided } = measured
    return {
      range: summary.range,
      current_period: summary.current_period,
      periods: summary.periods,
      user_id: 'user_id' in summary ? summary.user_id : null,
      username: 'username' in summary ? summary.username : null,
      total_turns: summary.total_turns,
      rag_guided_turns: summary.rag_guided_turns,
      rag_activation_rate_percent: summary.rag_activation_rate_percent,
      rag_output_tokens_saved: summary.rag_output_tokens_saved,
      rag_output_tokens_lost: summary.rag_output_tokens_lost,
      rag_cost_saved_usd: summary.rag_cost_saved_usd,
      comparison: {
        with_retrieval: guided,
        without_retrieval: unguided,
        turns_min: COMPARED_TURNS_MIN,
        is_comparable: Math.min(guided.turns, unguided.turns) >= COMPARED_TURNS_MIN,
        is_duration_comparable: Math.min(guided.timed_turns, unguided.timed_turns) >= COMPARED_TURNS_MIN,
      },
      unmeasured_turns: Math.max(0, summary.total_turns - guided.turns - unguided.turns),
      models: await modelsOnWire(db, measured.models),
      trend: await this.#trend(summary, userKey, measured),
      champion_cases: {
        created: summary.champion_cases_created,
        ...(await readCases(db, userKey, clock.now())),
      },
      generated_at: summary.generated_at,
    }
  }

  /** Measures again only when the sums of the range have changed: a screen that renews itself must not read the ledger each time. */
  #measured(summary: Summary, userKey: number | null): Promise<RetrievalMeasurement> {
    const dayStarts =
      summary.activity.bucket === 'day'
        ? summary.activity.points.map((point) => Date.parse(point.starts_at))
        : []
    const input = {
      userKey,
      period: summary.range === 'all' ? null : periodNumber(summary.range),
      dayStarts,
    }
    const key = JSON.stringify([input, stampOf(summary)])
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const measurement = this.#parts.measure(input)
    this.#kept.set(key, measurement)
    // What failed is tried again by whoever asks next; this one hears of it from the promise itself.
    measurement.catch(() => this.#kept.delete(key))
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > KEPT_MEASUREMENTS && oldest !== undefined) this.#kept.delete(oldest)
    return measurement
  }

  async #trend(summary: Summary, userKey: number | null, measured: RetrievalMeasurement) {
    const { bucket, points } = summary.activity
    const months = bucket === 'month' ? await guidedByMonth(this.#parts.database.reader, userKey) : undefined
    return {
      bucket,
      points: points.map((point, at) => {
        const sums = months === undefined ? measured.days[at] : months.get(point.label)
        return {
          starts_at: point.starts_at,
          label: point.label,
          turns: point.turns,
          rag_guided_turns: sums?.guidedTurns ?? 0,
          tokens_saved: sums?.tokensSaved ?? 0,
          tokens_lost: sums?.tokensLost ?? 0,
        }
      }),
    }
  }
}

/** Everything that changes with a turn of the range. */
function stampOf(summary: Summary): readonly number[] {
  return [
    summary.total_turns,
    summary.total_input_tokens,
    summary.total_output_tokens,
    summary.successful_turns,
    summary.rag_guided_turns,
    summary.rag_output_tokens_saved,
    summary.rag_output_tokens_lost,
    summary.estimated_cost_usd,
  ]
}
