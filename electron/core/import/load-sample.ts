import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Actor, UserDirectoryApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { addUser } from '../consumption/consumption-store.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import type { Database } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { LedgerAdapter } from './ledger-adapter.ts'
import { SAMPLE_USERS, sampleSessions } from './sample-sessions.ts'

// A slice of about a hundred turns keeps limit checks fast meanwhile.
const SESSIONS_PER_SLICE = 25

/** The sample as an operator loads it to look around, and takes it away to begin. */
export interface Sample {
  readonly loadSample: (actor: Actor) => Promise<OperationOutput<'setup.loadSample'>>
  readonly removeSample: (actor: Actor) => Promise<OperationOutput<'setup.removeSample'>>
}

/** What ends the users of the sample is what ends any other: `directory`. */
export function sampleOf(
  context: ConsumptionContext,
  settings: Pick<SettingsManager, 'change' | 'current'>,
  directory: Pick<UserDirectoryApi, 'delete'>,
): Sample {
  return {
    loadSample: async (actor) => {
      const loaded = await loadSample(context, actor)
      await settings.change({ first_run_done: true, is_sample: true }, actor)
      return loaded
    },
    removeSample: async (actor) => {
      if (!settings.current().is_sample) return { users: 0, turns: 0, first_run: false }
      const removed = await removeUsers(context.database, directory, actor)
      const others = await context.database.reader
        .selectFrom('users')
        .select('key')
        .limit(1)
        .executeTakeFirst()
      const isFirstRun = others === undefined
      await settings.change({ first_run_done: !isFirstRun, is_sample: false }, actor)
      return { ...removed, first_run: isFirstRun }
    },
  }
}

/** One after the other, with everything recorded of them; one that was interrupted is finished by asking again. */
async function removeUsers(
  database: Database,
  directory: Pick<UserDirectoryApi, 'delete'>,
  actor: Actor,
): Promise<{ users: number; turns: number }> {
  const found = await database.reader
    .selectFrom('users')
    .select('id')
    .where(
      'id',
      'in',
      SAMPLE_USERS.map(({ id }) => id),
    )
    .where('source', '=', 'demo')
    .execute()
  let turns = 0
  for (const { id } of found)
    turns += (await directory.delete({ id, turns: 'removed', confirm: id }, actor)).books.turns
  return { users: found.length, turns }
}

/** Fills an empty Weir with the sample, through the same path an import takes. Errors: `not_empty`. */
async function loadSample(
  context: ConsumptionContext,
  actor: Actor,
): Promise<OperationOutput<'setup.loadSample'>> {
  const now = context.clock.now()
  await context.database.write(async (trx) => {
    const known = await trx.selectFrom('users').select('key').limit(1).executeTakeFirst()
    if (known !== undefined) {
      throw new WeirError(
        'not_empty',
        'There are users already. The sample goes only into an empty Weir; choose a fresh data folder.',
      )
    }
    for (const user of SAMPLE_USERS) {
      const profile = await trx
        .selectFrom('consumption_profiles')
        .select('id')
        .where('name', '=', user.profile)
        .executeTakeFirst()
      const key = await addUser(trx, { id: user.id, source: 'demo' }, now, context.settings().time_zone)
      await trx
        .updateTable('users')
        .set({ username: user.username, email: user.email, consumption_profile_id: profile?.id ?? null })
        .where('key', '=', key)
        .execute()
    }
    await audit(trx, {
      at: now,
      actor,
      action: 'sample.load',
      objectKind: 'sample',
      objectId: 'sample',
      before: null,
      after: { users: SAMPLE_USERS.length },
    })
  })
  const sessions = sampleSessions(now)
  const ledger = new LedgerAdapter(context)
  for (let from = 0; from < sessions.length; from += SESSIONS_PER_SLICE) {
    await ledger.importSessions(sessions.slice(from, from + SESSIONS_PER_SLICE))
  }
  await ledger.archiveClosedPeriods(SAMPLE_USERS.map((user) => user.id))
  return {
    users: SAMPLE_USERS.length,
    sessions: sessions.length,
    turns: sessions.reduce((sum, session) => sum + session.turns.length, 0),
  }
}
