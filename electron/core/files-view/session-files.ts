import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { SessionFilesApi } from '../api.ts'
import type { DualWriter, RecordInDatabase } from '../dual-write/dual-writer.ts'
import type { SessionWatcher } from '../import/session-watcher.ts'
import type { Settings } from '../settings/settings.ts'
import type { Dashboards } from './dashboards.ts'
import type { FilesView } from './files-view.ts'

type Analytics = OperationOutput<'sessions.analytics'>

export interface SessionFilesParts {
  readonly watcher: SessionWatcher
  readonly writer: DualWriter
  readonly view: FilesView
  readonly dashboards: Dashboards
  readonly settings: () => Settings
  readonly inDatabase: RecordInDatabase
}

/** All ways between session files and figures as one: what is read in, what is written, and what the files say. */
export class SessionFiles implements SessionFilesApi {
  readonly #parts: SessionFilesParts

  constructor(parts: SessionFilesParts) {
    this.#parts = parts
  }

  state(): ReturnType<SessionFilesApi['state']> {
    const { watcher, writer, settings } = this.#parts
    return { ...watcher.state(), writer: settings().sessions_writer, dual_write: writer.state() }
  }

  async catchUp(): ReturnType<SessionFilesApi['catchUp']> {
    // First what was recorded here: its calls know more of a turn than its file does.
    await this.#parts.writer.retry()
    await this.#parts.watcher.catchUp()
    return this.state()
  }

  async analytics(userId: string | null, range = 'all'): Promise<Analytics> {
    const { dashboards } = this.#parts
    const figures = await dashboards.fromFiles<Omit<Analytics, 'user_id' | 'source' | 'read_at'>>((from) =>
      userId === null ? from.systemSummary(range) : from.summary(userId, range),
    )
    return { ...analyticsOf(figures), user_id: userId, ...this.#read() }
  }

  async summary(userId: string, range = 'current'): Promise<OperationOutput<'consumption.filesSummary'>> {
    const figures = await this.#parts.dashboards.fromFiles((from) => from.summary(userId, range))
    return { ...figures, ...this.#read() }
  }

  start(): void {
    const { writer, watcher, inDatabase, dashboards } = this.#parts
    writer.start(inDatabase)
    watcher.start()
    dashboards.follow()
  }

  look(): void {
    this.#parts.watcher.look()
    this.#parts.dashboards.follow()
  }

  async close(): Promise<void> {
    await this.#parts.watcher.close()
    await this.#parts.writer.close()
    await this.#parts.view.close()
  }

  #read(): { readonly source: 'files'; readonly read_at: string } {
    return { source: 'files', read_at: toIso(this.#parts.view.state().readAt ?? 0) }
  }
}

/** The members of a summary the old answer has. */
function analyticsOf(figures: Omit<Analytics, 'user_id' | 'source' | 'read_at'>) {
  return {
    range: figures.range,
    total_sessions: figures.total_sessions,
    active_sessions: figures.active_sessions,
    total_turns: figures.total_turns,
    successful_turns: figures.successful_turns,
    failed_turns: figures.failed_turns,
    partial_turns: figures.partial_turns,
    success_rate_percent: figures.success_rate_percent,
    total_input_tokens: figures.total_input_tokens,
    total_output_tokens: figures.total_output_tokens,
    total_tokens: figures.total_tokens,
    outside_turns_input_tokens: figures.outside_turns_input_tokens,
    outside_turns_output_tokens: figures.outside_turns_output_tokens,
    rag_guided_turns: figures.rag_guided_turns,
    rag_activation_rate_percent: figures.rag_activation_rate_percent,
    rag_output_tokens_saved: figures.rag_output_tokens_saved,
    estimated_cost_usd: figures.estimated_cost_usd,
    velocity_data: figures.velocity_data,
    model_distribution: figures.model_distribution,
    top_expensive_queries: figures.top_expensive_queries,
    top_expensive_questions: figures.top_expensive_questions,
  }
}
