import { sql } from 'kysely'
import { periodOf } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import { carriedSessionId } from '../consumption/carried-month.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import {
  archiveClosedPeriods,
  auditImport,
  countKnownTurns,
  importSessions,
} from '../consumption/ledger-import.ts'
import { periodNumber, periodText } from '../consumption/windows.ts'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import type { ScannedFile } from '../sessions/scan-sessions.ts'
import type { SessionReading } from '../sessions/session-reading.ts'
import { recordFiles } from './file-store.ts'
import type { ImportEffects, LedgerImport, PeriodTotals } from './ledger-port.ts'

type AuthReport = NonNullable<Parameters<LedgerImport['auditImport']>[1]['report']>['auth_database']

/** Rows written of an auth database, by the table they came from; nothing without one. */
function takenOf(auth: AuthReport | undefined): Readonly<Record<string, number>> | undefined {
  if (auth == null) return undefined
  return Object.fromEntries(auth.tables.map(({ table, imported }) => [table, imported]))
}

/** The ledger as an import sees it: every call is one short transaction, so that limit checks get in between. */
export class LedgerAdapter implements LedgerImport {
  readonly #context: ConsumptionContext
  readonly #erased: 'added again' | 'left out'

  /** What comes by itself leaves out who was erased; what the operator asks for brings them back. */
  constructor(context: ConsumptionContext, erased: 'added again' | 'left out' = 'added again') {
    this.#context = context
    this.#erased = erased
  }

  importSessions(sessions: readonly SessionReading[], batch: number | null = null): Promise<ImportEffects> {
    return this.#context.database.writeSlice((trx) =>
      importSessions(trx, sessions, this.#context, this.#erased, batch),
    )
  }

  async usersKnown(userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#context.database.read((db) =>
      db.selectFrom('users').select(['id', 'username']).where('id', 'in', userIds).execute(),
    )
    return new Map(rows.map((row) => [row.id, row.username]))
  }

  countKnownTurns(sessions: readonly SessionReading[]): Promise<number> {
    return this.#context.database.read((db) => countKnownTurns(db, sessions))
  }

  recordFiles(files: readonly ScannedFile[]): Promise<readonly UnreadableFile[]> {
    return this.#context.database.writeSlice((trx) => recordFiles(trx, files, this.#context.clock.now()))
  }

  async prunedBefore(userIds: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, EpochMs>>> {
    const rows = await this.#context.database.read((db) =>
      db
        .selectFrom('pruned_periods as p')
        .innerJoin('users as u', 'u.key', 'p.user_key')
        .select(['u.id', 'p.period', 'p.pruned_before'])
        .where('u.id', 'in', userIds)
        .execute(),
    )
    const found = new Map<string, Map<string, EpochMs>>()
    for (const row of rows) {
      const periods = found.get(row.id) ?? new Map<string, EpochMs>()
      found.set(row.id, periods.set(periodText(row.period), row.pruned_before))
    }
    return found
  }

  async archiveClosedPeriods(userIds: readonly string[], batch: number | null = null): Promise<number> {
    let archived = 0
    for (const userId of userIds) {
      archived += await this.#context.database.writeSlice((trx) =>
        archiveClosedPeriods(trx, userId, this.#context, batch),
      )
    }
    return archived
  }

  async totalsByUserAndPeriod(userIds: readonly string[]): Promise<readonly PeriodTotals[]> {
    const totals: PeriodTotals[] = []
    for (const userId of userIds) totals.push(...(await this.#totalsOf(userId)))
    return totals
  }

  async auditImport(actor: Actor, run: Parameters<LedgerImport['auditImport']>[1]): Promise<void> {
    const { report } = run
    const summary = {
      sessions_dir: run.sessions_dir,
      auth_db: run.auth_db,
      status: run.status,
      turns_written: run.turns_written,
      users: report?.users ?? null,
      unreadable: report?.unreadable.length ?? null,
      accuracy_percent: report?.accuracy_percent ?? null,
      taken: takenOf(report?.auth_database),
    }
    const now = this.#context.clock.now()
    await this.#context.database.writeSlice((trx) =>
      auditImport(trx, actor, { id: run.run_id, summary }, now),
    )
  }

  /** Added up from the turns and sessions themselves: a validation by counters would believe what it should check. */
  async #totalsOf(userId: string): Promise<PeriodTotals[]> {
    const zone = this.#context.settings().time_zone
    return this.#context.database.read(async (db) => {
      const rows = await db
        .selectFrom('consumption_turns as t')
        .innerJoin('users as u', 'u.key', 't.user_key')
        .select([
          't.period',
          sql<number>`sum(t.turn_number > 0)`.as('turns'),
          sql<number>`sum(t.turn_number > 0 and t.status = 'success')`.as('successful'),
          sql<number>`sum(t.turn_number > 0 and t.status = 'failed')`.as('failed'),
          sql<number>`sum(t.turn_number > 0 and t.status = 'partial')`.as('partial'),
          sql<number>`sum(t.input_tokens)`.as('input'),
          sql<number>`sum(t.output_tokens)`.as('output'),
          sql<number>`sum(t.turn_number > 0 and t.rag_used)`.as('guided'),
          sql<number>`sum(case when t.rag_used and t.rag_tokens_saved > 0 then t.rag_tokens_saved else 0 end)`.as(
            'saved',
          ),
          sql<number>`sum(t.cost_micro_usd)`.as('cost'),
          sql<number>`sum(case when t.price_source = 'reported' then t.cost_micro_usd else 0 end)`.as(
            'reported',
          ),
          sql<number>`sum(t.source = 'api')`.as('api'),
        ])
        .where('u.id', '=', userId)
        .groupBy('t.period')
        .execute()
      const sessions = new Map<number, number>()
      const created = await db
        .selectFrom('sessions as s')
        .innerJoin('users as u', 'u.key', 's.user_key')
        .select(['s.id', 's.created_at'])
        .where('u.id', '=', userId)
        .execute()
      for (const session of created) {
        const period = periodNumber(periodOf(zone, session.created_at))
        if (session.id === carriedSessionId(period)) continue
        sessions.set(period, (sessions.get(period) ?? 0) + 1)
      }
      const sums = new Map(rows.map((row) => [row.period, row]))
      return [...new Set([...sums.keys(), ...sessions.keys()])].map((period) => {
        const row = sums.get(period)
        return {
          userId,
          period: periodText(period),
          sessions: sessions.get(period) ?? 0,
          turns: row?.turns ?? 0,
          successfulTurns: row?.successful ?? 0,
          failedTurns: row?.failed ?? 0,
          partialTurns: row?.partial ?? 0,
          inputTokens: row?.input ?? 0,
          outputTokens: row?.output ?? 0,
          ragGuidedTurns: row?.guided ?? 0,
          ragOutputTokensSaved: row?.saved ?? 0,
          costMicroUsd: row?.cost ?? 0,
          reportedCostMicroUsd: row?.reported ?? 0,
          apiTurns: row?.api ?? 0,
        }
      })
    })
  }
}
