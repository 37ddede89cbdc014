import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditText } from '../../renderer/text/audit.ts'
import { OPERATIONS, type OperationInput, type OperationName } from '../../shared/contract/index.ts'
import { HOUR_MS, toIso } from '../../shared/units.ts'
import { call, value } from '../restore/restore-fixture.ts'
import { temporaryFolder } from '../support/session-files.ts'
import { openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

/** An act of the operator: what is asked for, and what the log says of it besides who and when. */
interface Act {
  readonly name: OperationName
  readonly input: () => object
  readonly before: boolean
  readonly after: boolean
}

const act = <Name extends OperationName>(
  name: Name,
  input: OperationInput<Name> | (() => OperationInput<Name>),
  sides: Partial<Pick<Act, 'before' | 'after'>> = {},
): Act => ({
  name,
  input: () => (typeof input === 'function' ? input() : input),
  before: true,
  after: true,
  ...sides,
})

const later = () => toIso(SYSTEM_CLOCK.now() + HOUR_MS)
const NO_LIMITS = {
  prompts_per_hour: null,
  prompts_per_day: null,
  config_changes_per_hour: null,
  input_tokens_per_month: null,
  output_tokens_per_month: null,
  cost_per_month_usd: null,
}
const NEW = { before: false } as const
const GONE = { after: false } as const
const ids = { profile: 0, grant: 0, token: 0, price: 0 }

/** A day of an operator, in the order in which it can happen. */
const DAY: readonly Act[] = [
  act('setup.startEmpty', {}),
  act('profiles.create', { name: 'Team', ...NO_LIMITS }, NEW),
  act('profiles.update', () => ({ id: ids.profile, name: 'Team', ...NO_LIMITS, prompts_per_hour: 5 })),
  act('users.create', { id: 'ann', username: 'Ann' }, NEW),
  act('users.update', { id: 'ann', username: 'Anna' }),
  act('users.setProfile', () => ({ id: 'ann', profile_id: ids.profile })),
  act('users.bulk', { user_ids: ['ann'], is_active: false }),
  act('users.import', { csv: 'id,username\nann,Ann again\n' }),
  act(
    'grants.create',
    () => ({ id: 'ann', limit: 'prompts_per_hour', amount: 1, expires_at: later(), reason: 'r' }),
    NEW,
  ),
  act('grants.revoke', () => ({ id: 'ann', grant_id: ids.grant })),
  act('tokens.create', { name: 'agent', scope: 'executor' }, NEW),
  act('tokens.rotate', () => ({ id: ids.token, overlap_minutes: 5 }), NEW),
  act('tokens.revoke', () => ({ id: ids.token })),
  act('enforcement.set', { mode: 'observe', reason: 'a trial' }),
  act('override.set', () => ({ prompts_per_hour: 1, prompts_per_day: null, reason: 'r', until: later() })),
  act('override.clear', {}),
  act(
    'prices.set',
    { provider: 'acme', model_pattern: 'm', input_usd_per_million: 1, output_usd_per_million: 1 },
    NEW,
  ),
  act('prices.delete', () => ({ id: ids.price }), GONE),
  act('prices.setFallback', { input_usd_per_million: 2, output_usd_per_million: 2 }),
  act('prices.import', {
    entries: {
      m: { litellm_provider: 'acme', mode: 'chat', input_cost_per_token: 1e-6, output_cost_per_token: 1e-6 },
    },
  }),
  act('prices.removeImported', {}, GONE),
  act('settings.update', { reservation_minutes: 15 }),
  act('alerts.setSettings', { thresholds_percent: [50] }),
  act('alerts.mute', { kind: 'limit_hour', muted: true }),
  act('backups.setPassphrase', { passphrase: 'nine red kites over the harbour' }),
  act('jobs.update', { job: 'hourly', is_enabled: false }),
  act('profiles.delete', () => ({ id: ids.profile, move_users_to: 1 })),
  act('users.delete', { id: 'ann', turns: 'kept', confirm: 'ann' }),
]

/** Acts whose entry another test looks at, and those that change nothing an operator would look up. */
const ELSEWHERE: Readonly<Partial<Record<OperationName, string>>> = {
  'prices.updateCatalogue': 'prices/catalogue-update.test.ts',
  'prices.reprice': 'prices/repricing.test.ts',
  'import.start': 'below',
  'imports.undo': 'import/undo.test.ts',
  'setup.loadSample': 'below',
  'setup.removeSample': 'below',
  'reconciliation.start': 'reconciliation/reconciliation.test.ts',
  'reconciliation.repair': 'reconciliation/reconciliation.test.ts',
  'backups.create': 'backup/backup-operations.test.ts',
  'backups.delete': 'backup/backup-operations.test.ts',
  'backups.copy': 'backup/backup-copies.test.ts',
  'restore.start': 'restore/restore.test.ts',
  'restore.undo': 'restore/restore.test.ts',
  'restore.recover': 'restore/damaged.test.ts',
  'jobs.run': 'stands in the history of the job with who asked',
  'jobs.cancel': 'jobs/jobs.test.ts',
  'jobs.trustClock': 'jobs/jobs.test.ts',
  'alerts.acknowledge': 'says only that somebody has read it',
  'backups.verify': 'looks and changes nothing',
  'sessionFiles.catchUp': 'reads in what the files say anyway',
  'exports.start': 'looks and changes nothing',
  'exports.cancel': 'ends a run, which says so itself',
  'backups.cancel': 'ends a run, which says so itself',
  'imports.cancelUndo': 'ends a run, which says so itself',
  'import.cancel': 'ends a run, which says so itself',
  'prices.repriceCancel': 'ends a run, which says so itself',
  'reconciliation.cancel': 'ends a run, which says so itself',
  'restore.cancel': 'ends a run, which says so itself',
}

let open: TestWeir
beforeAll(async () => {
  open = await openWeir(SYSTEM_CLOCK)
})
afterAll(() => open.close())

const entries = async () => (await value(open.weir, 'audit.list', { limit: 1000 })).entries

/** Numbers that later acts name. */
function remember(name: OperationName, answer: unknown): void {
  const { id, price } = answer as { id?: number; price?: { id: number } }
  if (name === 'profiles.create') ids.profile = id ?? 0
  if (name === 'grants.create') ids.grant = id ?? 0
  if (name === 'tokens.create') ids.token = id ?? 0
  if (name === 'prices.set') ids.price = price?.id ?? 0
}

describe('the audit log', () => {
  test.each(DAY.map((one) => [one.name, one] as const))(
    'has %s once, by whom, and how it was before and after',
    async (name, { input, before, after }) => {
      const known = new Set((await entries()).map(({ id }) => id))
      const answer = await call(open.weir, name, input() as OperationInput<typeof name>)
      if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
      remember(name, answer.value)
      const added = (await entries()).filter(({ id }) => !known.has(id))
      expect(added.length).toBeGreaterThan(0)
      // A rotation is a new token and the end of the old one: two objects, two entries.
      expect(added.length).toBe(name === 'tokens.rotate' ? 2 : 1)
      const [entry] = added
      expect(entry).toMatchObject({ actor: 'Olga', via: 'window' })
      expect(auditText.action(entry?.action ?? ''), 'words on the screen').not.toBe(entry?.action)
      expect([entry?.before !== null, entry?.after !== null], JSON.stringify(entry)).toEqual([before, after])
      // What differs is what can be shown: an entry without a difference says nothing.
      expect(JSON.stringify(entry?.before)).not.toBe(JSON.stringify(entry?.after))
    },
  )

  test('has an import and a sample, by whom', async () => {
    const other = await openWeir(SYSTEM_CLOCK)
    const files = temporaryFolder()
    try {
      const { weir } = other
      await value(weir, 'setup.loadSample', {})
      const { run_id } = await value(weir, 'import.start', { sessions_dir: files.path })
      await weir.imports.finished(run_id)
      const { entries: all } = await value(weir, 'audit.list', {})
      for (const action of ['sample.load', 'import.run'])
        expect(all.filter((entry) => entry.action === action)).toMatchObject([{ actor: 'Olga' }])
      await value(weir, 'setup.removeSample', {})
      const { entries: after } = await value(weir, 'audit.list', {})
      const ended = after.filter((entry) => entry.action === 'users.delete')
      expect(ended).toHaveLength(6)
      for (const entry of ended) expect(entry.actor).toBe('Olga')
    } finally {
      files.remove()
      await other.close()
    }
  })

  test('knows every act there is: those above, and those that are looked at elsewhere or change nothing', () => {
    const acts = Object.entries(OPERATIONS)
      .filter(
        ([, { effect, scopes }]) => effect === 'write' && (scopes as readonly string[]).includes('admin'),
      )
      .map(([name]) => name)
    expect([...DAY.map(({ name }) => name), ...Object.keys(ELSEWHERE)].sort()).toEqual(acts.sort())
  })
})
