import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { CheckAnswer, ConfigChangeAnswer, ConsumptionApi, Refusal } from '../api.ts'
import { Batch } from '../database/batch.ts'
import { isStorageError } from '../database/storage-error.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { insertEnforcementEvent } from './admission-store.ts'
import { admitAll, tryAdmission } from './admit.ts'
import { countConfigChange, tryConfigChange } from './config-change.ts'
import { type ConsumptionContext, modeOf, momentOf } from './context.ts'
import { countCase } from './count-case.ts'
import { countSubscription } from './count-subscription.ts'
import { readDays } from './days-reader.ts'
import { extendTurn } from './extend-turn.ts'
import { readForecast } from './forecast-reader.ts'
import { readHistory } from './history-reader.ts'
import { readQuotaStatus } from './quota-status.ts'
import { recordTurns } from './record-turn.ts'
import { closeSession, openSession, renameSession } from './session-lifecycle.ts'
import { readSession } from './session-reader.ts'
import { readSessions } from './sessions-reader.ts'
import { readSystemSummary } from './system-summary-reader.ts'
import { readTurns } from './turns-reader.ts'
import { readUserSummary } from './user-summary-reader.ts'
import { readUsers } from './users-reader.ts'

// When the answer cannot be worked out, trying again sooner than this only adds to the trouble.
const UNAVAILABLE_RETRY_SECONDS = 2

// A month and a bit is what a chart of days shows at a glance.
const DAYS_SHOWN = 30
type Recorded = Promise<OperationOutput<'turns.record'>>

/** Records a turn somewhere else before the database. */
export type RecordFirst = (
  turn: ParsedInput<'turns.record'>,
  inDatabase: (turn: ParsedInput<'turns.record'>) => Recorded,
) => Recorded

/** Meters and holds: every decision and every record of consumption goes through here. */
export class ConsumptionManager implements ConsumptionApi {
  readonly #context: ConsumptionContext
  readonly #checks: Batch<ParsedInput<'limits.check'>, CheckAnswer>
  readonly #recordFirst: RecordFirst | undefined
  readonly #records: Batch<ParsedInput<'turns.record'>, OperationOutput<'turns.record'>>
  /** Requests let through unasked that could not be written down yet. */
  #unwrittenBypasses: { readonly at: number; readonly userId: string }[] = []

  /** @param recordFirst records where Weir writes the session files: elsewhere first, then with the function it is given */
  constructor(context: ConsumptionContext, recordFirst?: RecordFirst) {
    this.#context = context
    this.#recordFirst = recordFirst
    this.#checks = new Batch(context.database, (trx, checks) => admitAll(trx, checks, context))
    this.#records = new Batch(context.database, (trx, turns) => recordTurns(trx, turns, context))
  }

  async admit(check: ParsedInput<'limits.check'>): Promise<CheckAnswer> {
    const { database } = this.#context
    try {
      if (check.dry_run === true)
        return await database.read((db) => tryAdmission(db, check, momentOf(this.#context)))
      const answer = await this.#checks.ask(check)
      if (this.#unwrittenBypasses.length > 0) await this.#writeBypasses()
      return answer
    } catch (error) {
      if (!isStorageError(error)) throw error
      const answer = this.#unavailable(check.user_id, error)
      if (answer.kind === 'refused') return answer
      return { kind: 'allowed', answer: { ...answer.answer, ...NOTHING_RESERVED } }
    }
  }

  recordTurn(turn: ParsedInput<'turns.record'>): Promise<OperationOutput<'turns.record'>> {
    if (this.#recordFirst === undefined || this.#context.settings().sessions_writer === 'agent')
      return this.#records.ask(turn)
    return this.#recordFirst(turn, (one) => this.#records.ask(one))
  }

  /** In the database alone, whoever writes the session files: for turns that are in theirs already. */
  recordInDatabase(turn: ParsedInput<'turns.record'>): Promise<OperationOutput<'turns.record'>> {
    return this.#records.ask(turn)
  }

  extendTurn(input: ParsedInput<'turns.extend'>): Promise<OperationOutput<'turns.extend'>> {
    return this.#context.database.write((trx) => extendTurn(trx, input, this.#context))
  }

  openSession(input: ParsedInput<'sessions.open'>): Promise<OperationOutput<'sessions.open'>> {
    return this.#context.database.write((trx) => openSession(trx, input, this.#context))
  }

  renameSession(input: ParsedInput<'sessions.rename'>): Promise<OperationOutput<'sessions.rename'>> {
    return this.#context.database.write((trx) => renameSession(trx, input))
  }

  closeSession(input: ParsedInput<'sessions.close'>): Promise<OperationOutput<'sessions.close'>> {
    return this.#context.database.write((trx) => closeSession(trx, input, this.#context))
  }

  countCase(
    input: ParsedInput<'consumption.championCase'>,
  ): Promise<OperationOutput<'consumption.championCase'>> {
    return this.#context.database.write((trx) => countCase(trx, input, this.#context))
  }

  countSubscription(
    input: ParsedInput<'consumption.collectionSubscription'>,
  ): Promise<OperationOutput<'consumption.collectionSubscription'>> {
    return this.#context.database.write((trx) => countSubscription(trx, input, this.#context))
  }

  async countConfigChange(request: ParsedInput<'consumption.configChange'>): Promise<ConfigChangeAnswer> {
    const { database } = this.#context
    try {
      if (request.dry_run === true)
        return await database.read((db) => tryConfigChange(db, request, momentOf(this.#context)))
      const answer = await database.write((trx) => countConfigChange(trx, request, this.#context))
      if (this.#unwrittenBypasses.length > 0) await this.#writeBypasses()
      return answer
    } catch (error) {
      if (!isStorageError(error)) throw error
      return this.#unavailable(request.user_id, error)
    }
  }

  quotaStatus(userId: string): Promise<OperationOutput<'consumption.quotaStatus'>> {
    return this.#context.database.read((db) => readQuotaStatus(db, userId, momentOf(this.#context)))
  }

  summary(userId: string, range = 'current'): Promise<OperationOutput<'consumption.summary'>> {
    return this.#context.database.read((db) => readUserSummary(db, userId, range, momentOf(this.#context)))
  }

  systemSummary(range = 'current'): Promise<OperationOutput<'consumption.systemSummary'>> {
    return this.#context.database.read((db) => readSystemSummary(db, range, momentOf(this.#context)))
  }

  users(query: ParsedInput<'consumption.users'>): Promise<OperationOutput<'consumption.users'>> {
    return this.#context.database.read((db) => readUsers(db, query, momentOf(this.#context)))
  }

  turns(query: ParsedInput<'consumption.turns'>): Promise<OperationOutput<'consumption.turns'>> {
    return this.#context.database.read((db) => readTurns(db, query))
  }

  forecast(userId: string): Promise<OperationOutput<'limits.forecast'>> {
    return this.#context.database.read((db) => readForecast(db, userId, momentOf(this.#context)))
  }

  sessions(query: ParsedInput<'sessions.list'>): Promise<OperationOutput<'sessions.list'>> {
    return this.#context.database.read((db) => readSessions(db, query, momentOf(this.#context)))
  }

  session(query: ParsedInput<'sessions.get'>): Promise<OperationOutput<'sessions.get'>> {
    return this.#context.database.read((db) => readSession(db, query, momentOf(this.#context)))
  }

  days(userId: string, days = DAYS_SHOWN): Promise<OperationOutput<'consumption.days'>> {
    return this.#context.database.read((db) => readDays(db, userId, days, momentOf(this.#context)))
  }

  history(userId: string, limit?: number): Promise<OperationOutput<'consumption.history'>> {
    return this.#context.database.read((db) => readHistory(db, userId, limit))
  }

  /** The answer cannot be worked out: the operator decided beforehand whether that means yes or no (DESIGN 5). */
  #unavailable(userId: string, error: unknown): Refusal | LetThrough {
    const moment = momentOf(this.#context)
    const isOpen = moment.settings.when_unavailable === 'open'
    this.#context.log.error('a limit check could not be worked out', {
      event: LOG_EVENTS.databaseError,
      area: 'limits',
      user_id: userId,
      let_through: isOpen,
      code: error instanceof WeirError ? error.code : 'internal',
    })
    if (!isOpen) return UNAVAILABLE
    this.#unwrittenBypasses.push({ at: moment.now, userId })
    return {
      kind: 'allowed',
      answer: {
        allowed: true,
        enforcement: modeOf(moment),
        would_have_blocked: null,
        bypassed: true,
        limits: [],
      },
    }
  }

  /** The database answers again: what was let through meanwhile is counted and shown. */
  async #writeBypasses(): Promise<void> {
    const bypasses = this.#unwrittenBypasses
    this.#unwrittenBypasses = []
    try {
      await this.#context.database.write(async (trx) => {
        for (const bypass of bypasses) {
          const user = await trx
            .updateTable('user_consumption')
            .set((eb) => ({ bypassed_requests: eb('bypassed_requests', '+', 1) }))
            .where('user_key', '=', (eb) =>
              eb.selectFrom('users').select('key').where('id', '=', bypass.userId),
            )
            .returning('user_key')
            .executeTakeFirst()
          await insertEnforcementEvent(trx, {
            at: bypass.at,
            user_key: user?.user_key ?? null,
            user_id: bypass.userId,
            kind: 'bypassed',
            code: 'limits_unavailable',
            limit_name: null,
            limit_value: null,
            used: null,
            reserved: null,
            session_id: null,
          })
        }
      })
    } catch (error) {
      this.#unwrittenBypasses.unshift(...bypasses)
      if (!isStorageError(error)) throw error
    }
  }
}

/** What such a check answers besides: nothing was written that could be settled. */
const NOTHING_RESERVED = { admission_id: null, expires_at: null, reservation: null } as const

/** A yes without an answer worked out: what those of a check and of a configuration change have in common. */
interface LetThrough {
  readonly kind: 'allowed'
  readonly answer: {
    allowed: true
    enforcement: 'on' | 'observe' | 'off'
    would_have_blocked: null
    bypassed: true
    limits: []
  }
}

const UNAVAILABLE: Refusal = {
  kind: 'refused',
  code: 'limits_unavailable',
  detail:
    'The limits cannot be worked out right now, and this Weir is set to refuse then. Try again in a moment.',
  details: { retry_after_seconds: UNAVAILABLE_RETRY_SECONDS },
}
