import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { limitStates } from '../consumption/admission.ts'
import { allUserStates, type UserAccount } from '../consumption/consumption-store.ts'
import { decideFor, type Moment } from '../consumption/context.ts'
import { type Profiles, readAllGrants, readProfiles } from '../consumption/limit-rules-store.ts'
import type { Grant } from '../consumption/limits.ts'
import { judgedBy } from '../consumption/observation.ts'
import { allObservations } from '../consumption/observation-store.ts'
import { asOf } from '../consumption/rollover.ts'
import type { Usage } from '../consumption/usage.ts'
import { isStopped, statusOf } from '../consumption/user-status.ts'
import type { Reader } from '../database/database.ts'

type Preview = OperationOutput<'override.preview'>

/**
 * Whom an override would stop or set free now. Decided by the functions that enforce, once as the rules are and once
 * as they would be.
 */
export async function previewOverride(
  db: Reader,
  limits: ParsedInput<'override.preview'>,
  moment: Moment,
): Promise<Preview> {
  // Neither its reason nor its end matter to whom it stops now.
  const override = { ...limits, reason: 'preview', until: Number.MAX_SAFE_INTEGER }
  const would: Moment = { ...moment, settings: { ...moment.settings, override } }
  const profiles = await readProfiles(db)
  const grants = await readAllGrants(db, moment.now)
  const observations = await allObservations(db, moment)
  const preview: Preview = { affected_users: 0, would_block: [], would_unblock: [] }
  for (const { account, usage } of await allUserStates(db)) {
    if (!account.isActive) continue
    preview.affected_users += 1
    const used = await asOf(db, usage, moment.windows)
    const judged = judgedBy(used, observations.get(account.key) ?? null)
    const held = grants.get(account.key) ?? []
    const before = statusAt(account, judged, profiles, held, moment)
    const after = statusAt(account, judged, profiles, held, would)
    const user = { user_id: account.id, username: account.username }
    if (!isStopped(before) && isStopped(after)) preview.would_block.push({ ...user, reason: after.reason })
    if (isStopped(before) && !isStopped(after)) preview.would_unblock.push({ ...user, reason: before.reason })
  }
  return preview
}

function statusAt(
  account: UserAccount,
  usage: Usage,
  profiles: Profiles,
  grants: readonly Grant[],
  moment: Moment,
) {
  const decision = decideFor(account, profiles, grants, moment)
  return statusOf(decision, limitStates(usage, decision.limits, moment.windows))
}
