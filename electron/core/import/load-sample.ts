import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Actor } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { addUser } from '../consumption/consumption-store.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { LedgerAdapter } from './ledger-adapter.ts'
import { SAMPLE_USERS, sampleSessions } from './sample-sessions.ts'

// A slice of about a hundred turns keeps limit checks fast meanwhile.
const SESSIONS_PER_SLICE = 25

/** Fills an empty Weir with the sample, through the same path an import takes. Errors: `not_empty`. */
export async function loadSample(
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
