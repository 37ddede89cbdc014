import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIsoOrNull } from '../../../shared/units.ts'
import type { ConsumptionApi } from '../api.ts'
import { isStorageError } from '../database/storage-error.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { Settings } from '../settings/settings.ts'
import type { FileFigures, FilesView } from './files-view.ts'

/** Where the dashboards' figures come from: the database, or the session files by choice or because it does not answer. */

type State = OperationOutput<'status.get'>['dashboards']

export interface DashboardsParts {
  readonly database: ConsumptionApi
  readonly view: FilesView
  readonly settings: () => Pick<Settings, 'dashboards_source'>
  readonly clock: Clock
  readonly log: Logger
}

export class Dashboards {
  readonly #parts: DashboardsParts
  /** Since when the database has not answered a dashboard; null while it does. */
  #downSince: number | null = null

  constructor(parts: DashboardsParts) {
    this.#parts = parts
  }

  state(): State {
    const { view, settings } = this.#parts
    const { readAt, isReading, problemCount, error } = view.state()
    const chosen = settings().dashboards_source
    const isWanted = chosen === 'files' || this.#downSince !== null
    return {
      source: isWanted && view.figures() !== null ? 'files' : 'database',
      chosen,
      database_down_since: toIsoOrNull(this.#downSince),
      is_reading: isWanted && isReading,
      read_at: isWanted ? toIsoOrNull(readAt) : null,
      problem_count: isWanted ? problemCount : 0,
      error: isWanted ? (error?.message ?? null) : null,
    }
  }

  /** The setting has changed: reads the files ahead, or removes what was read. */
  follow(): void {
    if (this.#parts.settings().dashboards_source === 'files') this.#readAhead()
    else if (this.#downSince === null) this.#inBackground(this.#parts.view.drop())
  }

  /** Consumption with its dashboards from the source that holds. What decides and records is the database's alone. */
  consumption(): ConsumptionApi {
    const { database } = this.#parts
    return {
      admit: (check) => database.admit(check),
      recordTurn: (turn) => database.recordTurn(turn),
      extendTurn: (input) => database.extendTurn(input),
      openSession: (input) => database.openSession(input),
      renameSession: (input) => database.renameSession(input),
      closeSession: (input) => database.closeSession(input),
      countCase: (input) => database.countCase(input),
      countSubscription: (input) => database.countSubscription(input),
      countConfigChange: (request) => database.countConfigChange(request),
      quotaStatus: (userId) => database.quotaStatus(userId),
      forecast: (userId) => database.forecast(userId),
      summary: (userId, range) => this.#read((from) => from.summary(userId, range)),
      systemSummary: (range) => this.#read((from) => from.systemSummary(range)),
      users: (query) => this.#read((from) => from.users(query)),
      turns: (query) => this.#read((from) => from.turns(query)),
      history: (userId, limit) => this.#read((from) => from.history(userId, limit)),
      days: (userId, days) => this.#read((from) => from.days(userId, days)),
      sessions: (query) => this.#read((from) => from.sessions(query)),
      session: (query) => this.#read((from) => from.session(query)),
    }
  }

  /** The files' own answer, read up to now. Errors: `folder_unreadable`, `user_unknown`, `storage_full`, `storage_unavailable`. */
  async fromFiles<Answer>(ask: (from: FileFigures) => Promise<Answer>): Promise<Answer> {
    const { view } = this.#parts
    await view.refreshIfStale()
    const figures = view.figures()
    if (figures === null) throw view.state().error ?? NOT_READ
    return ask(figures)
  }

  async #read<Answer>(ask: (from: FileFigures) => Promise<Answer>): Promise<Answer> {
    if (this.#parts.settings().dashboards_source === 'files') {
      this.#readAhead()
      const figures = this.#parts.view.figures()
      // Until the files are read for the first time the database answers: better than nothing.
      if (figures !== null) return ask(figures)
    }
    try {
      const answer = await ask(this.#parts.database)
      this.#noteUp()
      return answer
    } catch (error) {
      if (!isStorageError(error)) throw error
      this.#noteDown(error)
      this.#readAhead()
      const figures = this.#parts.view.figures()
      if (figures === null) throw error
      return ask(figures)
    }
  }

  #noteDown(error: unknown): void {
    if (this.#downSince !== null) return
    this.#downSince = this.#parts.clock.now()
    this.#parts.log.error('the database cannot be read; dashboards go over to the session files', {
      area: 'sessions',
      error,
    })
  }

  #noteUp(): void {
    if (this.#downSince === null) return
    this.#downSince = null
    this.#parts.log.info('the database can be read again; dashboards show it', { area: 'sessions' })
    this.follow()
  }

  #readAhead(): void {
    this.#inBackground(this.#parts.view.refreshIfStale())
  }

  /** What the files or the disk are is in the state of the view; anything else is a fault of Weir. */
  #inBackground(work: Promise<void>): void {
    void work.catch((error: unknown) => {
      if (!(error instanceof WeirError))
        this.#parts.log.error('reading the session files for the dashboards failed', {
          area: 'sessions',
          error,
        })
    })
  }
}

const NOT_READ = new WeirError(
  'storage_unavailable',
  'The session files are not read yet. Try again in a moment.',
)
