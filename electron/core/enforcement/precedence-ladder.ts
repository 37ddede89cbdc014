import type { OperationOutput } from '../../../shared/contract/index.ts'
import { LADDER_RUNGS } from '../../../shared/contract/oversight.ts'
import { allUserStates, type UserAccount } from '../consumption/consumption-store.ts'
import type { Moment } from '../consumption/context.ts'
import { type Profiles, profileOf, readAllGrants, readProfiles } from '../consumption/limit-rules-store.ts'
import type { Reader } from '../database/database.ts'
import { overrideInForce } from '../settings/settings.ts'

type Ladder = OperationOutput<'limits.ladder'>
type Rung = Ladder['rungs'][number]['rung']

/** Which rung of the order of precedence limits whom at that moment. */
export async function readLadder(db: Reader, moment: Moment): Promise<Ladder> {
  const profiles = await readProfiles(db)
  const grants = await readAllGrants(db, moment.now)
  const isOverridden = overrideInForce(moment.settings, moment.now) !== null
  const counts = new Map<Rung, Map<string, number>>(LADDER_RUNGS.map((rung) => [rung, new Map()]))
  // Who was deleted is in the books only.
  const states = (await allUserStates(db)).filter(({ account }) => !account.isDeleted)
  for (const { account } of states) {
    for (const [rung, name] of rungsOf(account, profiles, isOverridden, grants.has(account.key))) {
      const names = counts.get(rung)
      names?.set(name, (names.get(name) ?? 0) + 1)
    }
  }
  return {
    total_users: states.length,
    rungs: [...counts].map(([rung, names]) => ({
      rung,
      users: [...names.values()].reduce((sum, users) => sum + users, 0),
      names: [...names]
        .filter(([name]) => name !== '')
        .map(([name, users]) => ({ name, users }))
        .sort((a, b) => b.users - a.users || (a.name < b.name ? -1 : 1)),
    })),
  }
}

/** The rungs that decide something for a user, each with the profile it names, or with nothing. Pure. */
export function rungsOf(
  account: Pick<UserAccount, 'isActive' | 'profileId'>,
  profiles: Profiles,
  isOverridden: boolean,
  hasGrant: boolean,
): readonly (readonly [Rung, string])[] {
  if (!account.isActive) return [['user_inactive', '']]
  const own = account.profileId === null ? null : profileOf(profiles, account.profileId)
  // An override lets users of a profile that is switched off run, within its limits.
  if (own !== null && !own.isActive && !isOverridden) return [['profile_inactive', own.name]]
  const rungs: (readonly [Rung, string])[] = []
  if (isOverridden) rungs.push(['override', ''])
  if (own !== null) rungs.push(['profile', own.name])
  else if (profiles.default !== null) rungs.push(['default_profile', profiles.default.name])
  else rungs.push(['built_in', ''])
  if (hasGrant) rungs.push(['grants', ''])
  return rungs
}
