import type { OperationOutput } from '../../shared/contract/index.ts'
import { toIso, toIsoOrNull } from '../../shared/units.ts'
import type { Weir, WeirConfig } from './api.ts'
import { periodText, windowsAt } from './consumption/windows.ts'
import type { Database } from './database/database.ts'
import { isStorageError } from './database/storage-error.ts'
import type { Dashboards } from './files-view/dashboards.ts'
import type { ImportManager } from './import/import-manager.ts'
import type { SystemPorts } from './kernel/ports.ts'
import type { StatusCounts } from './observing/status-counts.ts'
import type { StorageWatch } from './observing/storage-watch.ts'
import type { RepricingManager } from './prices/repricing-manager.ts'
import { enforcementInForce, overrideInForce } from './settings/settings.ts'
import type { SettingsManager } from './settings/settings-manager.ts'
import type { Lasting } from './weir-host.ts'

/** Whether the database answers. */
export async function isReady(database: Database): Promise<boolean> {
  try {
    await database.reader.selectFrom('system_settings').select('name').limit(1).execute()
    return true
  } catch (error) {
    if (isStorageError(error)) return false
    throw error
  }
}

/** The restore that put the database in its place, which is written in it; null when none did. */
export async function restoredAs({ reader }: Pick<Database, 'reader'>): Promise<string | null> {
  const row = await reader
    .selectFrom('system_settings')
    .select('value')
    .where('name', '=', 'restored_as')
    .executeTakeFirst()
  return row === undefined ? null : String(JSON.parse(row.value))
}

/** Where the status is read from. */
export interface StatusSources {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  readonly database: Database
  readonly settings: SettingsManager
  readonly imports: ImportManager
  readonly repricing: Pick<RepricingManager, 'running'>
  readonly counts: () => Promise<StatusCounts>
  readonly dashboards: Dashboards
  readonly storage: StorageWatch
  readonly lasting: Lasting
  readonly restoredAs: string | null
  readonly isClosing: boolean
}

/** The state of this Weir in one answer. */
export async function readStatus(from: StatusSources): ReturnType<Weir['status']> {
  const { config, database, imports } = from
  const settings = from.settings.current()
  const now = from.ports.clock.now()
  const { users, turns, executor_tokens, unread_alerts } = await from.counts()
  const enforcement = enforcementInForce(settings, now)
  const runningImport = imports.running()
  return {
    state: stateOf(from, runningImport !== null),
    version: config.version,
    face: config.face,
    api_url: from.lasting.apiUrl,
    data_dir: config.dataDir,
    database_size_bytes: database.sizeBytes(),
    schema_version: database.schemaVersion(),
    time_zone: settings.time_zone,
    current_period: periodText(windowsAt(settings.time_zone, now).period),
    enforcement: {
      mode: enforcement.mode,
      reason: enforcement.reason,
      until: toIsoOrNull(enforcement.until),
    },
    override_until: toIsoOrNull(overrideInForce(settings, now)?.until ?? null),
    users,
    turns,
    first_run: !settings.first_run_done && users === 0,
    is_sample: settings.is_sample,
    executor_tokens,
    running_import: runningImport,
    running_restore: restoreOf(from.lasting),
    running_reprice: repriceOf(from.repricing),
    restored_as: from.restoredAs,
    storage: from.storage.state(),
    dashboards: from.dashboards.state(),
    unread_alerts,
    started_at: toIso(config.startedAt),
    now: toIso(now),
  }
}

type Status = OperationOutput<'status.get'>

function restoreOf({ runningRestore }: Lasting): Status['running_restore'] {
  const run = runningRestore()
  if (run === null) return null
  const stepsDone = run.steps.filter(({ state }) => state === 'done' || state === 'skipped').length
  return { run_id: run.run_id, steps_done: stepsDone, steps_total: run.steps.length }
}

function repriceOf(repricing: StatusSources['repricing']): Status['running_reprice'] {
  const run = repricing.running()
  if (run === null) return null
  return { run_id: run.run_id, turns_done: run.turns_done, turns_total: run.turns_total }
}

function stateOf(from: StatusSources, isImporting: boolean): Status['state'] {
  if (from.isClosing) return 'stopping'
  if (from.lasting.gate.state !== 'open') return 'restoring'
  return isImporting ? 'importing' : 'running'
}
