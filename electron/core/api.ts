import type { ALERT_KINDS } from '../../shared/contract/alerts.ts'
import type { OperationInput, OperationOutput, ParsedInput } from '../../shared/contract/index.ts'
import type { EpochMs } from '../../shared/units.ts'
import type { Actor, Caller, Refusal } from './callers.ts'
import type { IntelligenceApi } from './intelligence-api.ts'
import type { ChangeFeed } from './kernel/change-feed.ts'
import type { Gate } from './kernel/gate.ts'
import type { Metrics } from './kernel/metrics.ts'
import type { SystemPorts } from './kernel/ports.ts'
import type { UpgradeProgress } from './kernel/upgrade-progress.ts'
import type { RepricingApi } from './repricing-api.ts'
import type { RestoresApi } from './restore-api.ts'
import type { SessionFilesApi } from './session-files-api.ts'
import type { BackupRunsApi, BackupsApi, ExportsApi, JobsApi, ReconciliationApi } from './upkeep-api.ts'

export type { Actor, Caller, Refusal } from './callers.ts'
export type { IntelligenceApi } from './intelligence-api.ts'
export type { RepricingApi } from './repricing-api.ts'
export type { RestoresApi } from './restore-api.ts'
export type { SessionFilesApi } from './session-files-api.ts'
export type {
  BackupManifestView,
  BackupRunsApi,
  BackupsApi,
  ExportsApi,
  JobsApi,
  ReconciliationApi,
} from './upkeep-api.ts'

/** What the three faces may call of the core. Only types: `weir.ts` puts the parts together. */

export type CheckAnswer =
  | { readonly kind: 'allowed'; readonly answer: OperationOutput<'limits.check'> }
  | Refusal

export type ConfigChangeAnswer =
  | { readonly kind: 'allowed'; readonly answer: OperationOutput<'consumption.configChange'> }
  | Refusal

export interface ConsumptionApi {
  /** One atomic step: read, decide, count, reserve. Never throws for a limit. */
  admit(request: ParsedInput<'limits.check'>): Promise<CheckAnswer>
  /** Idempotent by (user, session, turn number). Errors: `turn_conflict`, `user_unknown`, `storage_full`, `storage_unavailable`. */
  recordTurn(turn: ParsedInput<'turns.record'>): Promise<OperationOutput<'turns.record'>>
  /** Each key counts once for a turn. Errors: `turn_unknown`, `turn_conflict`, `user_unknown`, `invalid_request`. */
  extendTurn(input: ParsedInput<'turns.extend'>): Promise<OperationOutput<'turns.extend'>>
  /** Counts a session once. Errors: `user_unknown`, `invalid_request`. */
  openSession(input: ParsedInput<'sessions.open'>): Promise<OperationOutput<'sessions.open'>>
  /** Errors: `session_unknown`, `user_unknown`, `invalid_request`. */
  renameSession(input: ParsedInput<'sessions.rename'>): Promise<OperationOutput<'sessions.rename'>>
  /** Idempotent. Errors: `session_unknown`, `user_unknown`, `invalid_request`. */
  closeSession(input: ParsedInput<'sessions.close'>): Promise<OperationOutput<'sessions.close'>>
  /** Once per case, or per idempotency key. Errors: `user_unknown`, `invalid_request`. */
  countCase(
    input: ParsedInput<'consumption.championCase'>,
  ): Promise<OperationOutput<'consumption.championCase'>>
  /** Once per collection. Errors: `user_unknown`. */
  countSubscription(
    input: ParsedInput<'consumption.collectionSubscription'>,
  ): Promise<OperationOutput<'consumption.collectionSubscription'>>
  /** One atomic step: read, decide, count. Never throws for a limit. Errors: `user_unknown`. */
  countConfigChange(request: ParsedInput<'consumption.configChange'>): Promise<ConfigChangeAnswer>
  quotaStatus(userId: string): Promise<OperationOutput<'consumption.quotaStatus'>>
  summary(userId: string, range?: string): Promise<OperationOutput<'consumption.summary'>>
  systemSummary(range?: string): Promise<OperationOutput<'consumption.systemSummary'>>
  users(query: ParsedInput<'consumption.users'>): Promise<OperationOutput<'consumption.users'>>
  turns(query: ParsedInput<'consumption.turns'>): Promise<OperationOutput<'consumption.turns'>>
  /** Errors: `user_unknown`. */
  forecast(userId: string): Promise<OperationOutput<'limits.forecast'>>
  sessions(query: ParsedInput<'sessions.list'>): Promise<OperationOutput<'sessions.list'>>
  /** Errors: `user_unknown`, `session_unknown`. */
  session(query: ParsedInput<'sessions.get'>): Promise<OperationOutput<'sessions.get'>>
  /** The last days, 30 unless `days` says more. Errors: `user_unknown`. */
  days(userId: string, days?: number): Promise<OperationOutput<'consumption.days'>>
  history(userId: string, limit?: number): Promise<OperationOutput<'consumption.history'>>
}

export interface UsersApi {
  list(query: ParsedInput<'users.list'>): Promise<OperationOutput<'users.list'>>
  create(input: ParsedInput<'users.create'>, actor: Actor): Promise<OperationOutput<'users.create'>>
  setProfile(id: string, profileId: number | null, actor: Actor): Promise<OperationOutput<'users.setProfile'>>
  /** Errors: `user_unknown`, `profile_unknown`. */
  update(input: ParsedInput<'users.update'>, actor: Actor): Promise<OperationOutput<'users.update'>>
}

/** Many users at once, and the end of one. */
export interface UserDirectoryApi {
  /** Errors: `profile_unknown`, `invalid_request`. */
  bulk(input: ParsedInput<'users.bulk'>, actor: Actor): Promise<OperationOutput<'users.bulk'>>
  /** Errors: `user_unknown`, `invalid_request`. */
  delete(input: ParsedInput<'users.delete'>, actor: Actor): Promise<OperationOutput<'users.delete'>>
  /** Errors: `invalid_request`. */
  import(input: ParsedInput<'users.import'>, actor: Actor): Promise<OperationOutput<'users.import'>>
  export(filter: ParsedInput<'users.export'>): Promise<OperationOutput<'users.export'>>
}

export interface ProfilesApi {
  list(): Promise<OperationOutput<'profiles.list'>>
  /** Errors: `profile_exists`, `invalid_request`. */
  create(input: ParsedInput<'profiles.create'>, actor: Actor): Promise<OperationOutput<'profiles.create'>>
  /** Errors: `profile_unknown`, `profile_exists`, `invalid_request`. */
  update(input: ParsedInput<'profiles.update'>, actor: Actor): Promise<OperationOutput<'profiles.update'>>
  /** What `update` would do to users now; errors are those of `update`. */
  preview(input: ParsedInput<'profiles.preview'>): Promise<OperationOutput<'profiles.preview'>>
  /** Errors: `profile_unknown`, `profile_in_use`, `invalid_request`. */
  delete(input: ParsedInput<'profiles.delete'>, actor: Actor): Promise<OperationOutput<'profiles.delete'>>
}

export interface GrantsApi {
  /** Errors: `user_unknown`, `invalid_request`. */
  create(input: ParsedInput<'grants.create'>, actor: Actor): Promise<OperationOutput<'grants.create'>>
  list(userId: string): Promise<OperationOutput<'grants.list'>>
  /** Errors: `user_unknown`, `grant_unknown`. */
  revoke(userId: string, id: number, actor: Actor): Promise<OperationOutput<'grants.revoke'>>
}

export interface EnforcementApi {
  get(): Promise<OperationOutput<'enforcement.get'>>
  /** Errors: `invalid_request`. */
  set(input: ParsedInput<'enforcement.set'>, actor: Actor): Promise<OperationOutput<'enforcement.set'>>
  /** Errors: `invalid_request`. */
  setOverride(input: ParsedInput<'override.set'>, actor: Actor): Promise<OperationOutput<'override.set'>>
  clearOverride(actor: Actor): Promise<OperationOutput<'override.clear'>>
  /** Writes the audit entry of what has ended by itself; decisions do not wait for it. */
  noteEnds(): Promise<void>
  events(query: ParsedInput<'enforcement.events'>): Promise<OperationOutput<'enforcement.events'>>
  /** Errors: `user_unknown`. */
  explain(input: ParsedInput<'limits.explain'>): Promise<OperationOutput<'limits.explain'>>
  /** Which rung of the order of precedence limits whom. */
  ladder(): Promise<OperationOutput<'limits.ladder'>>
  /** What `setOverride` would do to users now; changes nothing. */
  previewOverride(input: ParsedInput<'override.preview'>): Promise<OperationOutput<'override.preview'>>
}

export interface AuditApi {
  list(query: ParsedInput<'audit.list'>): Promise<OperationOutput<'audit.list'>>
}

export interface TokensApi {
  list(query: { readonly includeRevoked: boolean }): Promise<OperationOutput<'tokens.list'>>
  create(input: ParsedInput<'tokens.create'>, actor: Actor): Promise<OperationOutput<'tokens.create'>>
  revoke(id: number, actor: Actor): Promise<OperationOutput<'tokens.revoke'>>
  /** Errors: `token_unknown`, `invalid_request`. */
  rotate(input: ParsedInput<'tokens.rotate'>, actor: Actor): Promise<OperationOutput<'tokens.rotate'>>
  /**
   * A token of this process, for the command line and the sign-in of the browser: kept in memory only, so it is in no
   * list, cannot be revoked by mistake, and ends with the process, however that ends.
   */
  issueLocal(): string
  /** The caller behind a presented token, or undefined: unknown, expired, revoked, malformed. Fast: cached by digest. */
  authenticate(token: string): Promise<Caller | undefined>
}

export interface ImportsApi {
  /** Errors: `auth_database_unreadable`. */
  look(authDb: string): Promise<OperationOutput<'import.lookAtAuthDatabase'>>
  /** Errors: `busy`, `folder_unreadable`, `auth_database_unreadable`, `invalid_request`. */
  start(input: OperationInput<'import.start'>, actor: Actor): Promise<OperationOutput<'import.start'>>
  get(runId: string): Promise<OperationOutput<'import.get'>>
  cancel(runId: string): Promise<OperationOutput<'import.cancel'>>
  /** Settles when the run is over, whatever became of it. */
  finished(runId: string): Promise<OperationOutput<'import.get'>>
}

/** The imports that have written, and undoing one of them. */
export interface ImportBatchesApi {
  list(): Promise<OperationOutput<'imports.list'>>
  /** Errors: `run_unknown`. */
  get(id: string): Promise<OperationOutput<'imports.get'>>
  /** Errors: `run_unknown`, `import_not_undoable`, `busy`, `invalid_request`. */
  undo(input: OperationInput<'imports.undo'>, actor: Actor): Promise<OperationOutput<'imports.undo'>>
  cancelUndo(id: string): Promise<OperationOutput<'imports.cancelUndo'>>
  /** Settles when nothing is being undone any more. */
  finished(): Promise<void>
}

export interface PricesApi {
  list(query: ParsedInput<'prices.list'>): Promise<OperationOutput<'prices.list'>>
  /** The next recorded turn goes by it. Errors: `invalid_request`. */
  set(input: ParsedInput<'prices.set'>, actor: Actor): Promise<OperationOutput<'prices.set'>>
  /** Errors: `price_unknown`, `invalid_request`. */
  delete(id: number, actor: Actor): Promise<OperationOutput<'prices.delete'>>
  lookUp(query: ParsedInput<'prices.lookUp'>): Promise<OperationOutput<'prices.lookUp'>>
  setFallback(
    input: ParsedInput<'prices.setFallback'>,
    actor: Actor,
  ): Promise<OperationOutput<'prices.setFallback'>>
  /** Errors: `invalid_request`. */
  import(input: ParsedInput<'prices.import'>, actor: Actor): Promise<OperationOutput<'prices.import'>>
  removeImported(actor: Actor): Promise<OperationOutput<'prices.removeImported'>>
  /** The catalogue of this Weir in the place of the one that counts; with `dry_run` only what would change. */
  updateCatalogue(
    input: ParsedInput<'prices.updateCatalogue'>,
    actor: Actor,
  ): Promise<OperationOutput<'prices.updateCatalogue'>>
  costs(range?: string): Promise<OperationOutput<'costs.summary'>>
}

/** Something the operator should know of. */
export interface NewAlert {
  readonly kind: (typeof ALERT_KINDS)[number]
  /** For what it is, within its kind: the same key again raises nothing. A job's run, say, or a user and a month. */
  readonly onceKey: string
  readonly severity: 'info' | 'warning' | 'critical'
  /** One line, without a full stop. */
  readonly title: string
  /** Whole sentences: what is, and what to do. */
  readonly detail: string
  /** Address of the console's router that shows more: `/jobs?job=daily`. */
  readonly link: `/${string}`
  readonly userId?: string | null
  /** True when the operator just did it: it stands in the list, but the desktop does not tell. */
  readonly isOperatorsOwn?: boolean
}

/** What the desktop tells of an alert. */
export interface RaisedAlert {
  readonly title: string
  readonly detail: string
  readonly link: string
}

export interface AlertsApi {
  /** Keeps an alert once. Errors: `storage_full`, `storage_unavailable`, `shutting_down`. */
  raise(alert: NewAlert): Promise<{ readonly raised: boolean }>
  list(query: ParsedInput<'alerts.list'>): Promise<OperationOutput<'alerts.list'>>
  acknowledge(input: ParsedInput<'alerts.acknowledge'>): Promise<OperationOutput<'alerts.acknowledge'>>
  mute(input: ParsedInput<'alerts.mute'>, actor: Actor): Promise<OperationOutput<'alerts.mute'>>
  settings(): OperationOutput<'alerts.settings'>
  /** Errors: `invalid_request`. */
  setSettings(
    input: ParsedInput<'alerts.setSettings'>,
    actor: Actor,
  ): Promise<OperationOutput<'alerts.setSettings'>>
  /** Unread ones of kinds that are not muted. */
  unreadCount(): Promise<number>
  /** What the desktop has not told yet; nothing in quiet hours, whose alerts come after them. Each is given out once. */
  takeNotifications(): Promise<readonly RaisedAlert[]>
}

export interface LogsApi {
  list(query: ParsedInput<'logs.list'>): Promise<OperationOutput<'logs.list'>>
  counters(query: ParsedInput<'logs.counters'>): Promise<OperationOutput<'logs.counters'>>
}

/** What a check found out; see `readinessCheck` of the contract. */
export type CheckFinding = Pick<
  OperationOutput<'readiness.get'>['checks'][number],
  'state' | 'evidence' | 'since' | 'fix'
>

/** A check of readiness. A part of Weir that knows something worth checking registers its own. */
export interface ReadinessCheck {
  /** Unique; the same id again replaces the check. */
  readonly id: string
  /** What is true when it is fine: `Every user has a profile`. */
  readonly title: string
  /** Looks, and changes nothing. What it throws, and an answer that takes too long, is `unknown`. */
  run(): Promise<CheckFinding>
}

/** A figure Weir is judged by after a week. */
export interface SuccessMetric {
  readonly id: string
  readonly title: string
  /** In words: `0 in seven days`. */
  readonly target: string
  /** What it throws, and an answer that takes too long, cannot be judged. */
  run(): Promise<Omit<OperationOutput<'readiness.get'>['success'][number], 'id' | 'title' | 'target'>>
}

export interface ReadinessApi {
  /** Runs every check, each with a time limit of its own. */
  run(): Promise<OperationOutput<'readiness.get'>>
  /** Adds a check at the end of the list. */
  register(check: ReadinessCheck): void
  /** Adds a figure of success at the end of the list. */
  registerSuccess(metric: SuccessMetric): void
}

export interface SettingsApi {
  get(): Promise<OperationOutput<'settings.get'>>
  /** Errors: `invalid_request`, `setting_fixed`, `confirmation_needed`, `folder_unreadable`, `busy`. */
  update(input: ParsedInput<'settings.update'>, actor: Actor): Promise<OperationOutput<'settings.update'>>
}

export interface Weir {
  readonly ports: SystemPorts
  readonly consumption: ConsumptionApi
  readonly users: UsersApi
  readonly directory: UserDirectoryApi
  readonly profiles: ProfilesApi
  readonly grants: GrantsApi
  readonly enforcement: EnforcementApi
  readonly audit: AuditApi
  readonly tokens: TokensApi
  readonly imports: ImportsApi
  readonly importBatches: ImportBatchesApi
  readonly prices: PricesApi
  readonly repricing: RepricingApi
  readonly intelligence: IntelligenceApi
  readonly alerts: AlertsApi
  readonly jobs: JobsApi
  readonly logs: LogsApi
  readonly readiness: ReadinessApi
  readonly settings: SettingsApi
  /** What this process has measured; parts register sources of their own. */
  readonly metrics: Metrics
  /** Tells who looks that something changed; `dispatch` publishes what operations write. */
  readonly changes: ChangeFeed
  diagnostics(): Promise<OperationOutput<'diagnostics.get'>>
  readonly reconciliation: ReconciliationApi
  readonly backups: BackupsApi
  readonly backupRuns: BackupRunsApi
  readonly exports: ExportsApi
  readonly restores: RestoresApi
  /** Who is let in while a restore exchanges the database. */
  readonly gate: Gate
  readonly sessionFiles: SessionFilesApi
  status(): Promise<OperationOutput<'status.get'>>
  suggestions(sessionsDir?: string): Promise<OperationOutput<'setup.suggestions'>>
  startEmpty(actor: Actor): Promise<OperationOutput<'setup.startEmpty'>>
  loadSample(actor: Actor): Promise<OperationOutput<'setup.loadSample'>>
  removeSample(actor: Actor): Promise<OperationOutput<'setup.removeSample'>>
  verify(): Promise<OperationOutput<'books.verify'>>
  /** Whether the database answers: what `/readyz` says. */
  isReady(): Promise<boolean>
  /** The HTTP face tells the core under which address it can be reached. */
  announceUrl(url: string | null): void
  /** Stops taking work, lets running work finish, truncates the WAL, closes the database, gives the lock back. */
  close(): Promise<void>
}

export interface WeirConfig {
  /** Absolute path; made with mode 0700 when missing. */
  readonly dataDir: string
  readonly face: 'window' | 'browser' | 'command-line'
  readonly version: string
  /** Offered on the first-run screen. */
  readonly sessionsDir: string | null
  /** The built worker entry (`worker.js`), or `worker.ts` when run from source on Node 24. */
  readonly workerFile: string
  /** Only for runtimes older than the database driver supports: another native binding. */
  readonly sqliteBinding: string | null
  readonly startedAt: EpochMs
  /** Told how far converting an older database is, before Weir is there; without it nobody is. */
  readonly onUpgrade?: (progress: UpgradeProgress) => void
}

/** Opens the data folder and puts the parts together. Errors: `folder_in_use`, `database_newer`, `database_foreign`, `storage_unavailable`. */
export type CreateWeir = (config: WeirConfig, ports: SystemPorts) => Promise<Weir>
