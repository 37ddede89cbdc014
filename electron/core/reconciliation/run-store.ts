import type { Insertable, Selectable } from 'kysely'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type {
  ReconciledSessionsTable,
  ReconciliationRunsTable,
  ReconciliationUsersTable,
} from '../database/reconciliation-tables.ts'
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

const addUser = prepared<Insertable<ReconciliationUsersTable> & Record<string, unknown>, never>((db, value) =>
  db.insertInto('reconciliation_users').values({
    run_id: value('run_id'),
    user_id: value('user_id'),
    status: value('status'),
    drift_percent: value('drift_percent'),
  }),
)

const noteOnUser = prepared<{ userId: string; now: number; ratio: number }, never>((db, value) =>
  db
    .updateTable('user_consumption')
    .set({ last_reconciled_at: value('now'), last_drift_ratio: value('ratio') })
    .where('user_key', '=', (eb) => eb.selectFrom('users').select('key').where('id', '=', value('userId'))),
)

/** Notes a user's result in a run, and on the user. */
export async function insertUserResult(
  trx: Writer,
  runId: string,
  result: UserResult,
  now: number,
): Promise<void> {
  const { userId, status, driftPercent } = result
  await addUser(trx, { run_id: runId, user_id: userId, status, drift_percent: driftPercent })
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
  await noteOnUser(trx, { userId, now, ratio: driftPercent / 100 })
}

const saveSession = prepared<Insertable<ReconciledSessionsTable> & Record<string, unknown>, never>(
  (db, value) =>
    db
      .insertInto('reconciled_sessions')
      .values({
        user_id: value('user_id'),
        session_id: value('session_id'),
        size_bytes: value('size_bytes'),
        modified_at_ms: value('modified_at_ms'),
        ledger_digest: value('ledger_digest'),
        is_equal: value('is_equal'),
        turns_max: value('turns_max'),
      })
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'session_id']).doUpdateSet((eb) => ({
          size_bytes: eb.ref('excluded.size_bytes'),
          modified_at_ms: eb.ref('excluded.modified_at_ms'),
          ledger_digest: eb.ref('excluded.ledger_digest'),
          is_equal: eb.ref('excluded.is_equal'),
          turns_max: eb.ref('excluded.turns_max'),
        })),
      ),
)

/** Remembers how both sides of sessions were when they were compared. */
export async function saveCompared(trx: Writer, sessions: readonly ComparedSession[]): Promise<void> {
  for (const session of sessions) {
    await saveSession(trx, {
      user_id: session.userId,
      session_id: session.sessionId,
      size_bytes: session.sizeBytes,
      modified_at_ms: session.modifiedAtMs,
      ledger_digest: session.ledgerDigest,
      is_equal: session.isEqual ? 1 : 0,
      turns_max: session.turnsMax,
    })
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
