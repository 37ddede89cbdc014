import { join } from 'node:path'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { WeirConfig } from '../api.ts'
import type { Database } from '../database/database.ts'
import { measureLoopLag } from '../kernel/loop-lag.ts'
import { Metrics } from '../kernel/metrics.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { LogReader } from '../logs/log-reader.ts'
import { SettingsEditor } from '../settings/settings-editor.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { databaseSamples } from './database-samples.ts'
import { machineChecks } from './machine-checks.ts'
import { peopleChecks } from './people-checks.ts'
import { ReadinessManager } from './readiness-manager.ts'
import { successMetrics } from './success-metrics.ts'

type Diagnostics = OperationOutput<'diagnostics.get'>

/** Bytes of a megabyte as disks are sold. */
const MEGABYTE = 1_000_000
/** Lines of the log in a diagnostics bundle: what came before the trouble. */
const DIAGNOSTIC_LINES = 500

/** What looking at Weir itself is made of. */
export interface ObserveParts {
  readonly config: WeirConfig
  readonly ports: SystemPorts
  readonly database: Database
  readonly databaseFile: string
  readonly settings: SettingsManager
  readonly apiUrl: () => string | null
  readonly checkDatabase: () => Promise<readonly string[]>
}

/** Puts log reader, metrics, readiness and settings together, with the checks and sources that need no other part. */
export function observe(parts: ObserveParts) {
  const { config, ports, database, databaseFile, settings, apiUrl } = parts
  const { clock, log } = ports
  const logsFolder = join(config.dataDir, 'logs')
  const logCapBytes = () => settings.current().log_cap_mb * MEGABYTE
  const logs = new LogReader({ folder: logsFolder, clock, keeper: ports.logKeeper, capBytes: logCapBytes })
  const metrics = new Metrics()
  metrics.registerSource('database', () => databaseSamples(database, databaseFile))
  // A command is over before a delay of its loop means anything.
  const lag = config.face === 'command-line' ? undefined : measureLoopLag()
  if (lag !== undefined) metrics.registerSource('event-loop', lag.collect)
  const readiness = new ReadinessManager(ports)
  for (const check of peopleChecks({ reader: database.reader, clock, settings: () => settings.current() }))
    readiness.register(check)
  const machine = { ...parts, dataDir: config.dataDir, startedAt: config.startedAt, reader: database.reader }
  for (const check of machineChecks({ ...machine, logsFolder, clock, metrics, logs, logCapBytes }))
    readiness.register(check)
  for (const metric of successMetrics({ reader: database.reader, clock, metrics, logs }))
    readiness.registerSuccess(metric)
  const inForce = () => {
    const url = apiUrl()
    return { port: url === null ? null : Number(new URL(url).port), sessions_dir: config.sessionsDir }
  }
  const editor = new SettingsEditor({
    dataDir: config.dataDir,
    database,
    settings,
    clock,
    log,
    keeper: ports.logKeeper,
    loginItem: ports.loginItem,
    inForce,
  })
  return {
    logs,
    metrics,
    readiness,
    settings: editor,
    diagnostics: async (): Promise<Diagnostics> => ({
      made_at: toIso(clock.now()),
      weir: {
        version: config.version,
        schema_version: database.schemaVersion(),
        face: config.face,
        started_at: toIso(config.startedAt),
        runtime: runtimeVersions(),
        platform: `${process.platform} ${process.arch}`,
      },
      database_bytes: database.sizeBytes(),
      settings: (await editor.get()).settings,
      readiness: await readiness.run(),
      calls: callsOf(metrics),
      log: (await logs.list({ limit: DIAGNOSTIC_LINES })).lines,
    }),
    close: async () => {
      lag?.stop()
      await editor.close()
    },
  }
}

function runtimeVersions(): Record<string, string> {
  const { node, electron, v8, chrome } = process.versions as Readonly<Record<string, string | undefined>>
  const all = Object.entries({ node, electron, v8, chrome })
  return Object.fromEntries(all.filter((one): one is [string, string] => one[1] !== undefined))
}

function callsOf(metrics: Metrics): Diagnostics['calls'] {
  return [...metrics.calls()].map(([operation, { latency, outcomes }]) => ({
    operation,
    calls: latency.count,
    p50_ms: latency.quantile(0.5),
    p95_ms: latency.quantile(0.95),
    outcomes: Object.fromEntries(outcomes),
  }))
}
