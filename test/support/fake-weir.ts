import type { Caller, CheckAnswer, Weir } from '../../electron/core/api.ts'
import { ChangeFeed } from '../../electron/core/kernel/change-feed.ts'
import { Gate } from '../../electron/core/kernel/gate.ts'
import { Metrics } from '../../electron/core/kernel/metrics.ts'
import type { Logger } from '../../electron/core/kernel/ports.ts'
import type { TestClock } from './clock.ts'

/** A line a fake logger has seen. */
export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger that keeps its lines. */
export function recordingLog(): Logger & { readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, message, fields })
    }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

export const TOKENS = {
  executor: 'weir_executor',
  boundExecutor: 'weir_bound',
  user: 'weir_user',
  admin: 'weir_admin',
} as const

const caller = (scope: Caller['scope'], tokenId: number, userId: string | null = null): Caller => ({
  name: scope,
  via: 'api',
  scope,
  userId,
  tokenId,
})

const CALLERS: Readonly<Record<string, Caller>> = {
  [TOKENS.executor]: caller('executor', 1),
  [TOKENS.boundExecutor]: caller('executor', 4, 'alice'),
  [TOKENS.user]: caller('user', 2, 'alice'),
  [TOKENS.admin]: caller('admin', 3),
}

/** The limits of a fake user, as a check answers them. */
export const LIMITS = [
  {
    policy: 'prompts_per_hour',
    limit: 100,
    used: 40,
    reserved: 0,
    remaining: 60,
    resets_at: '2026-11-24T11:00:00.000Z',
    percent: 40,
    source: 'profile Pro',
  },
  {
    policy: 'input_tokens_per_month',
    limit: null,
    used: 5,
    reserved: 0,
    remaining: null,
    resets_at: '2026-12-01T00:00:00.000Z',
    percent: null,
    source: 'profile Pro',
  },
  {
    policy: 'cost_per_month_usd',
    limit: 12.5,
    used: 2.1,
    reserved: 0,
    remaining: 10.4,
    resets_at: '2026-12-01T00:00:00.000Z',
    percent: 16.8,
    source: 'profile Pro',
  },
] as const

/** The yes of a fake check. */
export const ALLOWED: CheckAnswer = {
  kind: 'allowed',
  answer: {
    allowed: true,
    admission_id: 'adm-1',
    enforcement: 'on',
    would_have_blocked: null,
    bypassed: false,
    expires_at: '2026-11-24T10:30:00.000Z',
    reservation: { input_tokens: 1200, output_tokens: 0, max_tokens: 2_000_000 },
    limits: [...LIMITS],
  },
}

/** What a fake was asked. */
export interface Call {
  readonly method: string
  readonly args: readonly unknown[]
}

/**
 * A Weir without a core, for tests of the guard, of scopes and of the mapping of errors: every method answers with
 * what `answers` has under its name and notes the call. Numbers are tested on the real core.
 */
export function fakeWeir(
  clock: TestClock,
  answers: Readonly<Record<string, unknown>> = {},
): {
  readonly weir: Weir
  readonly calls: Call[]
  readonly log: ReturnType<typeof recordingLog>
  readonly revoked: Set<string>
} {
  const calls: Call[] = []
  const revoked = new Set<string>()
  const log = recordingLog()
  const part = (prefix: string): object =>
    new Proxy(
      {},
      {
        get:
          (_target, name) =>
          async (...args: readonly unknown[]): Promise<unknown> => {
            const method = `${prefix}${String(name)}`
            calls.push({ method, args })
            const answer = answers[method]
            return typeof answer === 'function' ? answer(...args) : (answer ?? {})
          },
      },
    )
  let random = 0
  const weir = {
    ...Object.fromEntries(
      ['status', 'suggestions', 'startEmpty', 'loadSample', 'removeSample', 'verify', 'diagnostics'].map(
        (name) => [name, Reflect.get(part(''), name)],
      ),
    ),
    ports: {
      clock,
      log,
      randomBytes: (count: number) => {
        random += 1
        return new Uint8Array(count).fill(random)
      },
    },
    consumption: part('consumption.'),
    users: part('users.'),
    directory: part('directory.'),
    profiles: part('profiles.'),
    grants: part('grants.'),
    enforcement: part('enforcement.'),
    audit: part('audit.'),
    imports: part('imports.'),
    importBatches: part('importBatches.'),
    prices: part('prices.'),
    repricing: part('repricing.'),
    intelligence: part('intelligence.'),
    alerts: part('alerts.'),
    jobs: part('jobs.'),
    logs: part('logs.'),
    readiness: part('readiness.'),
    settings: part('settings.'),
    metrics: new Metrics(),
    changes: new ChangeFeed(),
    reconciliation: part('reconciliation.'),
    backups: part('backups.'),
    backupRuns: part('backupRuns.'),
    exports: part('exports.'),
    restores: part('restores.'),
    gate: new Gate(),
    sessionFiles: part('sessionFiles.'),
    isReady: async () => answers['isReady'] !== false,
    announceUrl: () => undefined,
    close: async () => undefined,
  }
  const tokens = new Proxy(part('tokens.'), {
    get: (target, name) =>
      name === 'authenticate'
        ? async (token: string) => (revoked.has(token) ? undefined : CALLERS[token])
        : Reflect.get(target, name),
  })
  return { weir: { ...weir, tokens } as unknown as Weir, calls, log, revoked }
}
