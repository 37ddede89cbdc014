import type { WeirConfig } from './api.ts'
import type { ConsumptionManager } from './consumption/consumption-manager.ts'
import type { ConsumptionContext } from './consumption/context.ts'
import type { Database } from './database/database.ts'
import { dualWriteCheck, dualWriteSamples } from './dual-write/dual-write-watch.ts'
import type { DualWriter } from './dual-write/dual-writer.ts'
import { Dashboards } from './files-view/dashboards.ts'
import { FilesView } from './files-view/files-view.ts'
import { SessionFiles } from './files-view/session-files.ts'
import { followedFolder } from './import/followed-folder.ts'
import { LedgerAdapter } from './import/ledger-adapter.ts'
import { sessionFilesCheck, sessionFilesSamples } from './import/session-files-watch.ts'
import { AHEAD_MS, REST_MS, SessionWatcher } from './import/session-watcher.ts'
import type { ChangeFeed } from './kernel/change-feed.ts'
import type { SystemPorts } from './kernel/ports.ts'
import type { observe } from './observing/observe.ts'
import { sessionsFolder } from './settings/sessions-folder.ts'
import type { SettingsManager } from './settings/settings-manager.ts'
import type { createChangedScan } from './workers/changed-scan.ts'

/** What the ways between session files and figures are made of. */
interface Parts {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  readonly database: Database
  readonly databaseFile: string
  readonly context: ConsumptionContext
  readonly settings: SettingsManager
  readonly consumption: ConsumptionManager
  readonly dualWriter: DualWriter
  readonly scanOf: ReturnType<typeof createChangedScan>
  readonly changes: ChangeFeed
  readonly observed: Pick<ReturnType<typeof observe>, 'readiness' | 'metrics'>
  readonly isImporting: () => boolean
}

/** Puts together what follows the session files, what writes them, and the dashboards that can be read from them. */
export function openSessionFiles(parts: Parts): {
  readonly sessionFiles: SessionFiles
  readonly dashboards: Dashboards
} {
  const { config, ports, database, databaseFile, context, consumption, dualWriter, scanOf, observed } = parts
  const settings = () => parts.settings.current()
  const watcher = new SessionWatcher({
    ...ports,
    timers: ports.timers,
    changes: parts.changes,
    ledger: new LedgerAdapter(context, 'left out'),
    scan: scanOf(databaseFile, {
      hashContents: true,
      unrested: () => ({ from: ports.clock.now() - REST_MS, to: ports.clock.now() + AHEAD_MS }),
    }),
    followed: () => followedFolder(config.sessionsDir, dualWriter.folder, settings(), database),
    isBusy: parts.isImporting,
  })
  const view = new FilesView({
    dataDir: config.dataDir,
    sqliteBinding: config.sqliteBinding,
    context,
    scan: (file, ...scan) => scanOf(file, { hashContents: false })(...scan),
    folder: () => sessionsFolder(config.sessionsDir, settings(), dualWriter.folder),
  })
  const dashboards = new Dashboards({ ...ports, view, database: consumption, settings })
  observed.readiness.register(sessionFilesCheck(watcher, ports.clock))
  observed.readiness.register(dualWriteCheck(dualWriter))
  observed.metrics.registerSource('session-files', () => sessionFilesSamples(watcher, ports.clock))
  observed.metrics.registerSource('dual-write', () => dualWriteSamples(dualWriter))
  const inDatabase = (turn: Parameters<typeof consumption.recordInDatabase>[0]) =>
    consumption.recordInDatabase(turn)
  const sessionFiles = new SessionFiles({
    watcher,
    writer: dualWriter,
    view,
    dashboards,
    settings,
    inDatabase,
  })
  return { sessionFiles, dashboards }
}
