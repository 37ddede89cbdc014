import type { Selectable } from 'kysely'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import type { ReconciliationRunsTable } from '../database/reconciliation-tables.ts'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import type { ComparedSession } from './compared.ts'
import type { Difference, UserStatus } from './drift.ts'

/** The SQL of runs, of what they found, and of the sessions they compared. */

export type RunRow = Readonly<Selectable<ReconciliationRunsTable>>
export type Report = NonNullable<OperationOutput<'reconciliation.get'>['report']>

/** What of older runs can still be looked at; the audit log keeps what was changed for ever. */
const RUNS_KEPT = 30

export async function insertRun(
  trx: Writer,
  run: Omit<
    RunRow,
    'finished_at' | 'files_read' | 'files_unchanged' | 'unreadable' | 'safety_copy_id' | 'error'
  >,
): Promise<void> {
  await trx
    .insertInto('reconciliation_runs')
    .values({ ...run, finished_at: null, safety_copy_id: null, error: null })
    .execute()
}

/** Closes a run and lets the oldest go, with all they found. */
export async function finishRun(
  trx: Writer,
  id: string,
  members: Pick<
    RunRow,
    'finished_at' | 'status' | 'files_read' | 'files_unchanged' | 'unreadable' | 'safety_copy_id' | 'error'
  >,
): Promise<void> {
  await trx.updateTable('reconciliation_runs').set(members).where('id', '=', id).execute()
  const old = await trx
    .selectFrom('reconciliation_runs')
    .select('id')
    .orderBy('started_at', 'desc')
    .orderBy('id')
    .limit(1_000)
    .offset(RUNS_KEPT)
    .execute()
  for (const run of old) {
    await trx.deleteFrom('reconciliation_findings').where('run_id', '=', run.id).execute()
    await trx.deleteFrom('reconciliation_users').where('run_id', '=', run.id).execute()
    await trx.deleteFrom('reconciliation_runs').where('id', '=', run.id).execute()
  }
}

/** Runs whose process ended before they did. Answers how many. */
export async function endInterruptedRuns(trx: Writer, now: number): Promise<void> {
  await trx
    .updateTable('reconciliation_runs')
    .set({
      status: 'failed',
      finished_at: now,
      error: JSON.stringify({ code: 'shutting_down', detail: 'Weir was ended while this run was going on.' }),
    })
    .where('status', '=', 'running')
    .execute()
}

/** What was found of one user. */
export interface UserResult {
  readonly userId: string
  readonly status: UserStatus
  readonly driftPercent: number
  readonly differences: readonly Difference[]
}

/** Notes a user's result in a run, and on the user. */
export async function insertUserResult(
  trx: Writer,
  runId: string,
  result: UserResult,
  now: number,
): Promise<void> {
  await trx
    .insertInto('reconciliation_users')
    .values({
      run_id: runId,
      user_id: result.userId,
      status: result.status,
      drift_percent: result.driftPercent,
    })
    .execute()
  for (const one of result.differences) {
    await trx
      .insertInto('reconciliation_findings')
      .values({
        run_id: runId,
        user_id: result.userId,
        session_id: one.sessionId,
        turn_number: one.turnNumber,
        field: one.field,
        file_value: JSON.stringify(one.fileValue),
        database_value: JSON.stringify(one.databaseValue),
        cause: one.cause,
        repair: one.repair,
        state: 'open',
      })
      .execute()
  }
  await trx
    .updateTable('user_consumption')
    .set({ last_reconciled_at: now, last_drift_ratio: result.driftPercent / 100 })
    .where('user_key', '=', (eb) => eb.selectFrom('users').select('key').where('id', '=', result.userId))
    .execute()
}

/** Remembers how both sides of sessions were when they were compared. */
export async function saveCompared(trx: Writer, sessions: readonly ComparedSession[]): Promise<void> {
  for (const session of sessions) {
    const seen = {
      size_bytes: session.sizeBytes,
      modified_at_ms: session.modifiedAtMs,
      ledger_digest: session.ledgerDigest,
      is_equal: session.isEqual ? (1 as const) : (0 as const),
      turns_max: session.turnsMax,
    }
    await trx
      .insertInto('reconciled_sessions')
      .values({ user_id: session.userId, session_id: session.sessionId, ...seen })
      .onConflict((conflict) => conflict.columns(['user_id', 'session_id']).doUpdateSet(seen))
      .execute()
  }
}

/** Marks findings as corrected. */
export async function markCorrected(
  trx: Writer,
  runId: string,
  userId: string,
  differences: readonly Difference[],
): Promise<void> {
  for (const one of differences) {
    await trx
      .updateTable('reconciliation_findings')
      .set({ state: 'corrected' })
      .where('run_id', '=', runId)
      .where('user_id', '=', userId)
      .where('session_id', '=', one.sessionId)
      .where('field', '=', one.field)
      .where('turn_number', 'is', one.turnNumber)
      .execute()
  }
}

/** Gives a user of a run another status. */
export async function setUserStatus(
  trx: Writer,
  runId: string,
  userId: string,
  status: UserStatus,
): Promise<void> {
  await trx
    .updateTable('reconciliation_users')
    .set({ status })
    .where('run_id', '=', runId)
    .where('user_id', '=', userId)
    .execute()
}

export async function findRun(db: Reader, id: string): Promise<RunRow | undefined> {
  return db.selectFrom('reconciliation_runs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The newest first. */
export async function listRuns(db: Reader, limit: number): Promise<readonly RunRow[]> {
  return db
    .selectFrom('reconciliation_runs')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** A run's findings as they are stored. */
export async function findingsOf(db: Reader, runId: string) {
  return db
    .selectFrom('reconciliation_findings')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('id')
    .execute()
}

/** The report of a run, as every face gives it. */
export async function reportOf(db: Reader, run: RunRow): Promise<Report> {
  const users = await db
    .selectFrom('reconciliation_users')
    .selectAll()
    .where('run_id', '=', run.id)
    .orderBy('user_id')
    .execute()
  const findings = new Map<string, Report['users'][number]['findings']>()
  for (const row of await findingsOf(db, run.id)) {
    const list = findings.get(row.user_id) ?? []
    if (list.length === 0) findings.set(row.user_id, list)
    list.push({
      id: row.id,
      session_id: row.session_id,
      turn_number: row.turn_number,
      field: row.field,
      file_value: JSON.parse(row.file_value) as Difference['fileValue'],
      database_value: JSON.parse(row.database_value) as Difference['databaseValue'],
      cause: row.cause,
      repair: row.repair,
      state: row.state,
    })
  }
  const having = (status: UserStatus) => users.filter((user) => user.status === status).length
  return {
    run_id: run.id,
    started_at: toIso(run.started_at),
    finished_at: toIsoOrNull(run.finished_at),
    threshold_percent: run.threshold_percent,
    period: run.period,
    summary: {
      total_users: users.length,
      ok: having('ok'),
      drift: having('drift'),
      corrected: having('corrected'),
      manual_review: having('manual_review'),
      missing_db_record: having('missing_db_record'),
      missing_files: having('missing_files'),
      files_read: run.files_read,
      files_unchanged: run.files_unchanged,
    },
    users: users.map((user) => ({
      user_id: user.user_id,
      period: run.period,
      status: user.status,
      drift_percent: Math.round(user.drift_percent * 10_000) / 10_000,
      findings: findings.get(user.user_id) ?? [],
    })),
    unreadable: JSON.parse(run.unreadable) as UnreadableFile[],
  }
}
