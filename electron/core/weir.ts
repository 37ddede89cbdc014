import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { GrantManager } from './access/grant-manager.ts'
import { ProfileManager } from './access/profile-manager.ts'
import { seedProfiles } from './access/shipped-profiles.ts'
import { TokenManager } from './access/token-manager.ts'
import { countUsableTokens } from './access/token-store.ts'
import { UserDirectory } from './access/user-directory.ts'
import { UserManager } from './access/user-manager.ts'
import type { Actor, RestoresApi, Weir, WeirConfig } from './api.ts'
import { AuditReader } from './audit/audit-reader.ts'
import { BackupRuns } from './backup/backup-runs.ts'
import { backupCheck, backupCopyCheck, backupKeyCheck, backupSamples } from './backup/backup-watch.ts'
import { ConsumptionManager } from './consumption/consumption-manager.ts'
import type { ConsumptionContext } from './consumption/context.ts'
import { claimDataFolder } from './database/data-folder-lock.ts'
import { Database } from './database/database.ts'
import { isDamagedDatabase } from './database/storage-error.ts'
import { DualWriter } from './dual-write/dual-writer.ts'
import { EnforcementManager } from './enforcement/enforcement-manager.ts'
import { ExportRuns } from './exports/export-runs.ts'
import { CatchUpRun } from './import/catch-up-run.ts'
import { LedgerAdapter } from './import/ledger-adapter.ts'
import { sampleOf } from './import/load-sample.ts'
import { IntelligenceManager } from './intelligence/intelligence-manager.ts'
import { backupJob } from './jobs/backup-job.ts'
import { jobSamples } from './jobs/job-samples.ts'
import { openJobs } from './jobs/open-jobs.ts'
import { reconcileJob } from './jobs/reconcile-job.ts'
import { removalHold } from './jobs/removal-hold.ts'
import { keepFilesPrivate } from './kernel/data-folder-path.ts'
import type { SystemPorts } from './kernel/ports.ts'
import { WorkerClient } from './kernel/worker-client.ts'
import { observe } from './observing/observe.ts'
import { statusCounter } from './observing/status-counts.ts'
import { StorageWatch } from './observing/storage-watch.ts'
import { PriceManager } from './prices/price-manager.ts'
import { RepricingManager } from './prices/repricing-manager.ts'
import { seedPriceCatalogue } from './pricing/price-catalogue.ts'
import { ReconciliationManager } from './reconciliation/reconciliation-manager.ts'
import type { SafetyCopy } from './reconciliation/safety-copy.ts'
import { forgetKept } from './restore/forget-kept.ts'
import { REAL_FILES } from './restore/restore-files.ts'
import { noteRestore, noteUpgrade } from './restore/restore-notes.ts'
import { restorePlaces } from './restore/restore-places.ts'
import { sessionsFolder } from './settings/sessions-folder.ts'
import { SettingsManager } from './settings/settings-manager.ts'
import { openAlerts } from './weir-alerts.ts'
import { openBackups } from './weir-backups.ts'
import { type Core, type Lasting, WeirHost } from './weir-host.ts'
import { openImports } from './weir-imports.ts'
import { openSessionFiles } from './weir-session-files.ts'
import { isReady, readStatus, restoredAs } from './weir-status.ts'
import { createChangedScan } from './workers/changed-scan.ts'
import { createExportWriter } from './workers/export-writer.ts'
import { createReconciliationWorker } from './workers/reconciliation-worker.ts'
import { createRepricePlanner } from './workers/reprice-planner.ts'
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
  database.whenNoted((topic) => lasting.changes.publish(topic))
  await database.write((trx) => seedProfiles(trx, ports.clock.now()))
  await seedPriceCatalogue(database, ports.clock.now())
  const settings = await SettingsManager.open(database, ports.clock)
  const enforcement = new EnforcementManager(database, ports.clock, settings)
  // What ended while nobody was there is over already; the log is told now.
  await enforcement.noteEnds()
  const prices = await PriceManager.open(database, ports.clock, settings, ports.log)
  const context: ConsumptionContext = {
    ...ports,
    database,
    settings: () => settings.current(),
    prices: () => prices.book(),
  }
  const dualWriter = new DualWriter({ dataDir: config.dataDir, context, timers: ports.timers })
  const consumption = new ConsumptionManager(context, (turn, inDatabase) =>
    dualWriter.record(turn, inDatabase),
  )
  /** What the worker opens by itself. */
  const stored = { databaseFile: opened.databaseFile, sqliteBinding: config.sqliteBinding }
  const worker = new WorkerClient<WorkerTasks>({
    workerFile: config.workerFile,
    clock: ports.clock,
    log: ports.log,
  })
  const { imports, importBatches } = openImports({
    config,
    ports,
    context,
    settings,
    worker,
    ownFolder: dualWriter.folder,
    // What is made below: nothing of it is asked for before an import begins.
    backUp: (options, actor) => backups.create(options, actor),
    reloadPrices: () => prices.reload(),
    forgetTokens: () => tokens.dropCache(),
    lookAtFiles: () => sessionFiles.look(),
    isRestoring: () => lasting.runningRestore() !== null,
    changed: () => lasting.changes.publish('imports'),
  })
  const alerts = openAlerts(context, settings)
  const { backups, copies } = await openBackups({
    config,
    ports,
    ...opened,
    settings,
    alerts,
    worker,
    keys: lasting.backupKeys,
  })
  // A command is over before that is; the window and the server go on with what their last end broke off.
  if (config.face !== 'command-line') void backups.resume()
  const backupRuns = new BackupRuns(backups, ports)
  const exports = new ExportRuns({
    ports,
    dir: join(config.dataDir, 'exports'),
    write: createExportWriter(worker, context, stored),
  })
  await exports.clean()
  const safetyCopy: SafetyCopy = (reason) => backups.create({ reason }, REPAIR)
  const repricing = new RepricingManager({
    context,
    planOf: createRepricePlanner(worker, context, stored),
    safetyCopy: (actor, signal) => backups.create({ reason: 'before-fix', signal }, actor),
  })
  const reconciliation = new ReconciliationManager({
    context,
    settings,
    safetyCopy,
    scanner: createSessionScanner(worker),
    worker: createReconciliationWorker(worker, {
      ...stored,
      zone: () => settings.current().time_zone,
    }),
    sessionsDir: config.sessionsDir,
    ownSessionsDir: dualWriter.folder,
  })
  await reconciliation.endInterrupted()
  const intelligence = new IntelligenceManager({
    database,
    clock: ports.clock,
    summaryOf: (userId, range) =>
      userId === undefined ? consumption.systemSummary(range) : consumption.summary(userId, range),
    measure: (input) => worker.run('measure-retrieval', { ...input, ...stored }),
  })
  const tokens = new TokenManager(database, ports, lasting.localTokens)
  const directory = new UserDirectory(database, ports.clock, settings, () => tokens.dropCache())
  const closing = new AbortController()
  const storage = new StorageWatch({
    database,
    ports,
    alerts,
    backups,
    look: () => worker.run('check-database', stored),
    changed: () => lasting.changes.publish('status'),
  })
  const observed = observe({
    config,
    ports,
    ...opened,
    settings,
    apiUrl: () => lasting.apiUrl,
    checkDatabase: () => storage.check(),
  })
  observed.readiness.register(backupCheck(backups, ports.clock))
  observed.readiness.register(backupCopyCheck(backups))
  observed.readiness.register(backupKeyCheck(backups))
  observed.metrics.registerSource('backups', () => backupSamples(backups, ports.clock))
  const { changes } = lasting
  const scanOf = createChangedScan(worker, config.sqliteBinding)
  const { sessionFiles, dashboards } = openSessionFiles({
    config,
    ports,
    ...opened,
    context,
    settings,
    consumption,
    dualWriter,
    scanOf,
    changes,
    observed,
    isImporting: () => imports.running() !== null || importBatches.busyUndoing() !== null,
  })
  const { jobs, check } = await openJobs({
    dataDir: config.dataDir,
    ports,
    context,
    changes,
    alerts,
    noteEnds: () => enforcement.noteEnds(),
    reconcile: reconcileJob(reconciliation),
    backup: backupJob(
      backups,
      () => storage.check(),
      () => forgetKept(REAL_FILES, restorePlaces(config.dataDir), ports.clock.now()),
    ),
    removalHold: () => removalHold(backups, ports.clock),
  })
  observed.readiness.register(check)
  observed.metrics.registerSource('jobs', () => jobSamples(jobs, ports.clock))
  const counts = statusCounter(database.reader, async () => ({
    executor_tokens: await countUsableTokens(database.reader, 'executor', ports.clock.now()),
    unread_alerts: await alerts.unreadCount(),
  }))
  const sources = {
    config,
    ports,
    database,
    settings,
    imports,
    repricing,
    counts,
    dashboards,
    storage,
    lasting,
  }
  const restored = await restoredAs(database)
  const status = () => readStatus({ ...sources, restoredAs: restored, isClosing: closing.signal.aborted })
  const parts: Core['parts'] = {
    ports,
    consumption: dashboards.consumption(),
    users: new UserManager(database, ports, settings),
    directory,
    profiles: new ProfileManager(database, ports.clock, settings),
    grants: new GrantManager(database, ports.clock),
    enforcement,
    audit: new AuditReader(database),
    tokens,
    imports,
    importBatches,
    prices,
    repricing,
    intelligence,
    alerts,
    jobs,
    logs: observed.logs,
    readiness: observed.readiness,
    settings: {
      get: () => observed.settings.get(),
      update: async (input, actor) => {
        const updated = await observed.settings.update(input, actor)
        sessionFiles.look()
        return updated
      },
    },
    metrics: observed.metrics,
    diagnostics: observed.diagnostics,
    reconciliation,
    backups,
    backupRuns,
    exports,
    sessionFiles,
    status,
    suggestions: async (sessionsDir) => {
      const folder = sessionsDir ?? sessionsFolder(config.sessionsDir, settings.current(), dualWriter.folder)
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
    ...sampleOf(context, settings, directory),
    verify: () => worker.run('verify-books', stored),
    isReady: () => isReady(database),
    announceUrl: (url) => {
      lasting.apiUrl = url
    },
  }
  await importBatches.resume()
  const ends = [
    // Before what the jobs work with: a run under way ends at its next safe place.
    () => jobs.close(),
    () => observed.close(),
    () => sessionFiles.close(),
    () => imports.close(),
    () => importBatches.close(),
    () => reconciliation.close(),
    () => repricing.close(),
    () => backupRuns.close(),
    () => exports.close(),
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
        // One that waits to go on is no reason: a restore may be what mends the database.
        if (importBatches.working() !== null) return 'An import is being undone.'
        if (repricing.isRunning()) return 'Turns are being priced again.'
        if (reconciliation.isRunning()) return 'A reconciliation is running.'
        if (exports.isWorking()) return 'A table is being exported.'
        return backups.isWorking() ? 'A backup is being made.' : null
      },
      sessionsDir: () => sessionsFolder(config.sessionsDir, settings.current(), dualWriter.folder),
      catchUp: (sessionsDir) =>
        new CatchUpRun(new LedgerAdapter(context, 'left out')).work(
          sessionsDir,
          scanOf(opened.databaseFile, { hashContents: false }),
          closing.signal,
        ),
      note: (run, actor) => noteRestore({ database, alerts, clock: ports.clock }, run, actor),
      noteUpgrade: (intent) => noteUpgrade({ database, alerts, clock: ports.clock }, intent),
    },
    close: async () => {
      closing.abort()
      const failures: unknown[] = []
      for (const end of ends) await end().catch((error: unknown) => failures.push(error))
      // One that is damaged takes no last words; what was to be written is in its log.
      const [failure] = failures.filter((one) => !isDamagedDatabase(one))
      if (failure !== undefined) throw failure
    },
  }
}
