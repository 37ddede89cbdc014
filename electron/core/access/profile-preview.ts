import type { OperationOutput } from '../../../shared/contract/index.ts'
import { limitStates } from '../consumption/admission.ts'
import { allUserStates, type UserAccount } from '../consumption/consumption-store.ts'
import { decideFor, type Moment } from '../consumption/context.ts'
import { type Profiles, profileOf, readAllGrants, readProfiles } from '../consumption/limit-rules-store.ts'
import type { Grant } from '../consumption/limits.ts'
import { judgedBy } from '../consumption/observation.ts'
import { allObservations } from '../consumption/observation-store.ts'
import { asOf } from '../consumption/rollover.ts'
import type { Usage } from '../consumption/usage.ts'
import { isStopped, statusOf, type UserStatus } from '../consumption/user-status.ts'
import type { Reader } from '../database/database.ts'
import type { ProfileFields } from './profile-fields.ts'

type Preview = OperationOutput<'profiles.preview'>

/**
 * Whom the profile, changed like that, would stop or set free now. Decided by the functions that enforce, once with
 * the profiles as they are and once as they would be.
 */
export async function previewProfile(
  db: Reader,
  id: number,
  fields: ProfileFields,
  moment: Moment,
): Promise<Preview> {
  const before = await readProfiles(db)
  const after = withProfile(before, id, fields)
  const grants = await readAllGrants(db, moment.now)
  const observations = await allObservations(db, moment)
  const preview: Preview = { affected_users: 0, would_block: [], would_unblock: [] }
  for (const { account, usage } of await allUserStates(db)) {
    if (account.isDeleted) continue
    if (profileOf(before, account.profileId) === profileOf(after, account.profileId)) continue
    preview.affected_users += 1
    const used = await asOf(db, usage, moment.windows)
    const current = judgedBy(used, observations.get(account.key) ?? null)
    const held = grants.get(account.key) ?? []
    const was = statusWith(account, current, before, held, moment)
    const would = statusWith(account, current, after, held, moment)
    const user = { user_id: account.id, username: account.username }
    if (!isStopped(was) && isStopped(would)) preview.would_block.push({ ...user, reason: would.reason })
    if (isStopped(was) && !isStopped(would)) preview.would_unblock.push({ ...user, reason: was.reason })
  }
  return preview
}

/** The profiles as they would be; untouched ones are the same objects, so that users of theirs are recognised. */
function withProfile(profiles: Profiles, id: number, fields: ProfileFields): Profiles {
  const isDefault = fields.isDefault || profiles.default === profiles.byId.get(id)
  return {
    byId: new Map(profiles.byId).set(id, fields),
    default: isDefault ? fields : profiles.default,
  }
}

function statusWith(
  account: UserAccount,
  usage: Usage,
  profiles: Profiles,
  grants: readonly Grant[],
  moment: Moment,
): UserStatus {
  const decision = decideFor(account, profiles, grants, moment)
  return statusOf(decision, limitStates(usage, decision.limits, moment.windows))
}
