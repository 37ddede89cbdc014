import type { Actor, AlertsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import type { UpgradeIntent } from './intent.ts'
import type { Run } from './restore-runs.ts'

interface Noting {
  readonly database: Database
  readonly alerts: Pick<AlertsApi, 'raise'>
  readonly clock: Clock
}

/** Writes into the database that is served how a restore ended, and tells the operator. */
export async function noteRestore(to: Noting, run: Run, actor: Actor): Promise<void> {
  const { run_id, kind, status, backup_id, backup_created_at, safety_backup_id, fenced_ms, error } = run
  await to.database.write((trx) =>
    audit(trx, {
      at: to.clock.now(),
      actor,
      action: `restore.${kind === 'undo' ? 'undo' : 'start'}`,
      objectKind: 'backup',
      objectId: backup_id,
      after: { run_id, status, backup_created_at, safety_backup_id, fenced_ms, error },
    }),
  )
  const isDone = status === 'done'
  await to.alerts.raise({
    kind: 'backup',
    onceKey: run_id,
    severity: isDone ? 'info' : 'critical',
    title: isDone ? 'A backup was restored' : 'A restore did not go through',
    detail: isDone
      ? `The backup ${backup_id} is served, with everything that was consumed since. It can be undone.`
      : (error?.detail ?? 'What was there before is served, unchanged.'),
    link: '/backups',
    isOperatorsOwn: actor.via !== 'start',
  })
}

/** Writes into the database that is served that it has a new schema, and where the one of before is. */
export async function noteUpgrade(to: Noting, intent: UpgradeIntent): Promise<void> {
  const { run_id, from_version, to_version, backup_id } = intent
  await to.database.write((trx) =>
    audit(trx, {
      at: to.clock.now(),
      actor: { name: 'weir', via: 'start' },
      action: 'database.upgrade',
      objectKind: 'backup',
      objectId: backup_id,
      before: { schema_version: from_version },
      after: { schema_version: to_version },
    }),
  )
  await to.alerts.raise({
    kind: 'backup',
    onceKey: run_id,
    severity: 'info',
    title: 'The database was converted for this Weir',
    detail: `It had the schema ${from_version} and has ${to_version} now. The backup ${backup_id} holds what was there before; it is never removed by itself.`,
    link: '/backups',
  })
}
