import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { toIso, toIsoOrNull } from '../../shared/units.ts'
import { GrantManager } from './access/grant-manager.ts'
import { ProfileManager } from './access/profile-manager.ts'
import { seedProfiles } from './access/shipped-profiles.ts'
import { TokenManager } from './access/token-manager.ts'
import { countUsableTokens } from './access/token-store.ts'
import { UserDirectory } from './access/user-directory.ts'
import { UserManager } from './access/user-manager.ts'
import { AlertManager } from './alerts/alert-manager.ts'
import type { Actor, RestoresApi, Weir, WeirConfig } from './api.ts'
import { AuditReader } from './audit/audit-reader.ts'
import { BackupCopies } from './backup/backup-copies.ts'
import { BackupManager } from './backup/backup-manager.ts'
import { BackupRuns } from './backup/backup-runs.ts'
import { backupCheck, backupCopyCheck, backupSamples } from './backup/backup-watch.ts'
import { ConsumptionManager } from './consumption/consumption-manager.ts'
import { findUserKey } from './consumption/consumption-store.ts'
import { type ConsumptionContext, momentOf } from './consumption/context.ts'
import { readForecast } from './consumption/forecast-reader.ts'
import { periodText, windowsAt } from './consumption/windows.ts'
import { claimDataFolder } from './database/data-folder-lock.ts'
import { Database } from './database/database.ts'
import { isStorageError } from './database/storage-error.ts'
import { EnforcementManager } from './enforcement/enforcement-manager.ts'
import { ImportManager } from './import/import-manager.ts'
import { LedgerAdapter } from './import/ledger-adapter.ts'
import { loadSample } from './import/load-sample.ts'
import { backupJob } from './jobs/backup-job.ts'
import { jobSamples } from './jobs/job-samples.ts'
import { openJobs } from './jobs/open-jobs.ts'
import { reconcileJob } from './jobs/reconcile-job.ts'
import { removalHold } from './jobs/removal-hold.ts'
import { keepFilesPrivate } from './kernel/data-folder-path.ts'
import type { SystemPorts } from './kernel/ports.ts'
import { WorkerClient } from './kernel/worker-client.ts'
import { observe } from './observing/observe.ts'
import { PriceManager } from './prices/price-manager.ts'
import { seedPriceCatalogue } from './pricing/price-catalogue.ts'
import { ReconciliationManager } from './reconciliation/reconciliation-manager.ts'
import type { SafetyCopy } from './reconciliation/safety-copy.ts'
import { replayFiles } from './restore/replay-files.ts'
import { noteRestore } from './restore/restore-notes.ts'
import { sessionsFolder } from './settings/sessions-folder.ts'
import { enforcementInForce, overrideInForce } from './settings/settings.ts'
import { SettingsManager } from './settings/settings-manager.ts'
import { type Core, type Lasting, WeirHost } from './weir-host.ts'
import { createReconciliationWorker } from './workers/reconciliation-worker.ts'
import { createSessionScanner } from './workers/session-scanner.ts'
import type { WorkerTasks } from './workers/tasks.ts'

/**
 * Opens the data folder and puts the parts together: the only place that knows them all.
 * Errors: `folder_in_use`, `database_newer`, `database_foreign`, `storage_unavailable`.
 */
export async function createWeir(config: WeirConfig, ports: SystemPorts): Promise<Weir> {
  // The database, its WAL and its backups hold who may what: nobody else on the machine reads them.
  keepFilesPrivate()
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  // The lock MUST come before the database is touched: a migration by two processes at once would ruin it.
  const lock = claimDataFolder(config.dataDir, config.sqliteBinding)
  const host = hostOf(config, ports, () => lock.release())
  try {
    return await host.open()
  } catch (error) {
    await host.close()
    throw error
  }
}

/**
 * Holds the data folder for restoring a backup without opening the database: for one that is too damaged to be opened.
 * Errors: `folder_in_use`.
 */
export function openForRescue(
  config: WeirConfig,
  ports: SystemPorts,
): { readonly restores: RestoresApi; close(): Promise<void> } {
  keepFilesPrivate()
  const lock = claimDataFolder(config.dataDir, config.sqliteBinding)
  return hostOf(config, ports, () => lock.release())
}

function hostOf(config: WeirConfig, ports: SystemPorts, release: () => void): WeirHost {
  const databaseFile = join(config.dataDir, 'auth.db')
  const open = async (lasting: Lasting): Promise<Core> => {
    const database = Database.open({ file: databaseFile, sqliteBinding: config.sqliteBinding })
    try {
      return await assemble(config, ports, { database, databaseFile }, lasting)
    } catch (error) {
      await database.close()
      throw error
    }
  }
  return new WeirHost({ config, ports, open, release })
}

// Whose repair it is stands in the audit entry of the repair; the copy before it is part of how Weir repairs.
const REPAIR: Actor = { name: 'reconciliation', via: 'job' }

interface Opened {
  readonly database: Database
  readonly databaseFile: string
}

async function assemble(
  config: WeirConfig,
  ports: SystemPorts,
  opened: Opened,
  lasting: Lasting,
): Promise<Core> {
  const { database } = opened
  await database.write((trx) => seedProfiles(trx, ports.clock.now()))
  await seedPriceCatalogue(database, ports.clock.now())
  const settings = await SettingsManager.open(database, ports.clock)
  const enforcement = new EnforcementManager(database, ports.clock, settings)
  // What ended while nobody was there is over already; the log is told now.
  await enforcement.noteEnds()
  const prices = await PriceManager.open(database, ports.clock, settings)
  const context: ConsumptionContext = {
    ...ports,
    database,
    settings: () => settings.current(),
    prices: () => prices.book(),
  }
  const worker = new WorkerClient<WorkerTasks>({
    workerFile: config.workerFile,
    clock: ports.clock,
    log: ports.log,
  })
  const imports = new ImportManager({
    ledger: new LedgerAdapter(context),
    scanner: createSessionScanner(worker),
    clock: ports.clock,
    log: ports.log,
    randomBytes: ports.randomBytes,
    zone: () => settings.current().time_zone,
    onImported: async (sessionsDir, actor) => {
      await settings.change({ sessions_dir: sessionsDir }, actor)
    },
  })
  const alerts = new AlertManager({
    database,
    clock: ports.clock,
    settings,
    outlooksOf: async (db, userId) => {
      const isKnown = (await findUserKey(db, userId)) !== undefined
      return isKnown ? (await readForecast(db, userId, momentOf(context))).limits : []
    },
  })
  const copies = new BackupCopies({
    ports,
    backupsDir: join(config.dataDir, 'backups'),
    targetDir: () => settings.current().backup_copy_dir,
    copier: (input, signal) => worker.run('copy-backup', input, { signal }),
    alerts,
    isAwaitedAtEnd: config.face === 'command-line',
  })
  const backups = new BackupManager({
    ports,
    database,
    databaseFile: opened.databaseFile,
    sqliteBinding: config.sqliteBinding,
    dataDir: config.dataDir,
    version: config.version,
    copier: {
      make: (input, signal, onProgress) =>
        worker.run('make-backup', input, {
          ...(signal !== undefined && { signal }),
          onBatch: ({ done, total }) => onProgress?.(done, total),
        }),
      verify: (folder) => worker.run('verify-backup', { folder, sqliteBinding: config.sqliteBinding }),
    },
    copies,
  })
  // A command is over before a copy is; the window and the server go on with what their last end broke off.
  if (config.face !== 'command-line') backups.resumeCopy()
  const backupRuns = new BackupRuns(backups, ports)
  const safetyCopy: SafetyCopy = (reason) => backups.create({ reason }, REPAIR)
  const reconciliation = new ReconciliationManager({
    context,
    settings,
    safetyCopy,
    scanner: createSessionScanner(worker),
    worker: createReconciliationWorker(worker, {
      databaseFile: opened.databaseFile,
      sqliteBinding: config.sqliteBinding,
      zone: () => settings.current().time_zone,
    }),
    sessionsDir: config.sessionsDir,
  })
  await reconciliation.endInterrupted()
  const tokens = new TokenManager(database, ports, lasting.localTokens)
  let isClosing = false
  const observed = observe({
    config,
    ports,
    ...opened,
    settings,
    apiUrl: () => lasting.apiUrl,
    checkDatabase: () =>
      worker.run('check-database', {
        databaseFile: opened.databaseFile,
        sqliteBinding: config.sqliteBinding,
      }),
  })
  observed.readiness.register(backupCheck(backups, ports.clock))
  observed.readiness.register(backupCopyCheck(backups))
  observed.metrics.registerSource('backups', () => backupSamples(backups, ports.clock))
  const { changes } = lasting
  const { jobs, check } = await openJobs({
    dataDir: config.dataDir,
    ports,
    context,
    changes,
    alerts,
    noteEnds: () => enforcement.noteEnds(),
    reconcile: reconcileJob(reconciliation),
    backup: backupJob(backups),
    removalHold: () => removalHold(backups, ports.clock),
  })
  observed.readiness.register(check)
  observed.metrics.registerSource('jobs', () => jobSamples(jobs, ports.clock))
  const status = () => readStatus({ config, ports, opened, settings, imports, alerts, lasting, isClosing })
  const parts: Core['parts'] = {
    ports,
    consumption: new ConsumptionManager(context),
    users: new UserManager(database, ports, settings),
    directory: new UserDirectory(database, ports.clock, settings, () => tokens.dropCache()),
    profiles: new ProfileManager(database, ports.clock, settings),
    grants: new GrantManager(database, ports.clock),
    enforcement,
    audit: new AuditReader(database),
    tokens,
    imports,
    prices,
    alerts,
    jobs,
    logs: observed.logs,
    readiness: observed.readiness,
    settings: observed.settings,
    metrics: observed.metrics,
    diagnostics: observed.diagnostics,
    reconciliation,
    backups,
    backupRuns,
    status,
    suggestions: async (sessionsDir) => {
      const folder = sessionsDir ?? sessionsFolder(config.sessionsDir, settings.current())
      return {
        data_dir: config.dataDir,
        time_zone: settings.current().time_zone,
        api_url: lasting.apiUrl,
        sessions_dir: folder,
        folder: folder === null ? null : await worker.run('look-at-folder', { sessionsDir: folder }),
      }
    },
    startEmpty: async (actor: Actor) => {
      await settings.change({ first_run_done: true }, actor)
      return { first_run: false }
    },
    loadSample: async (actor: Actor) => {
      const loaded = await loadSample(context, actor)
      await settings.change({ first_run_done: true, is_sample: true }, actor)
      return loaded
    },
    verify: () =>
      worker.run('verify-books', { databaseFile: opened.databaseFile, sqliteBinding: config.sqliteBinding }),
    isReady: () => isReady(database),
    announceUrl: (url) => {
      lasting.apiUrl = url
    },
  }
  const ends = [
    // Before what the jobs work with: a run under way ends at its next safe place.
    () => jobs.close(),
    () => observed.close(),
    () => imports.close(),
    () => reconciliation.close(),
    () => backupRuns.close(),
    () => copies.close(),
    () => worker.close(),
    () => database.close(),
  ]
  return {
    parts,
    restore: {
      backups,
      fence: () => database.fence(),
      unfence: () => database.unfence(),
      busyWith: () => {
        if (imports.running() !== null) return 'An import is running.'
        return backups.isWorking() ? 'A backup is being made.' : null
      },
      sessionsDir: () => sessionsFolder(config.sessionsDir, settings.current()),
      catchUp: (sessionsDir) =>
        replayFiles(new LedgerAdapter(context), createSessionScanner(worker), sessionsDir, undefined),
      note: (run, actor) => noteRestore({ database, alerts, clock: ports.clock }, run, actor),
    },
    close: async () => {
      isClosing = true
      const failures: unknown[] = []
      for (const end of ends) await end().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
  }
}

async function isReady(database: Database): Promise<boolean> {
  try {
    await database.reader.selectFrom('system_settings').select('name').limit(1).execute()
    return true
  } catch (error) {
    if (isStorageError(error)) return false
    throw error
  }
}

interface StatusSources {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  readonly opened: Opened
  readonly settings: SettingsManager
  readonly imports: ImportManager
  readonly alerts: AlertManager
  readonly lasting: Lasting
  readonly isClosing: boolean
}

async function readStatus(from: StatusSources): ReturnType<Weir['status']> {
  const { config, opened, imports } = from
  const settings = from.settings.current()
  const now = from.ports.clock.now()
  const { reader } = opened.database
  const { users } = await reader
    .selectFrom('users')
    .select((eb) => eb.fn.countAll<number>().as('users'))
    .executeTakeFirstOrThrow()
  const { turns } = await reader
    .selectFrom('system_period_models')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('turns'), eb.lit(0)).as('turns'))
    .executeTakeFirstOrThrow()
  const enforcement = enforcementInForce(settings, now)
  const runningImport = imports.running()
  return {
    state: stateOf(from, runningImport !== null),
    version: config.version,
    face: config.face,
    api_url: from.lasting.apiUrl,
    data_dir: config.dataDir,
    database_size_bytes: opened.database.sizeBytes(),
    schema_version: opened.database.schemaVersion(),
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
    executor_tokens: await countUsableTokens(reader, 'executor', now),
    running_import: runningImport,
    unread_alerts: await from.alerts.unreadCount(),
    started_at: toIso(config.startedAt),
    now: toIso(now),
  }
}

function stateOf(from: StatusSources, isImporting: boolean): OperationOutput<'status.get'>['state'] {
  if (from.isClosing) return 'stopping'
  if (from.lasting.gate.state !== 'open') return 'restoring'
  return isImporting ? 'importing' : 'running'
}
