import { DAY_MS, toIso } from '../../../shared/units.ts'
import type { CheckFinding, ReadinessCheck } from '../api.ts'
import { decideAdmission, type LimitState } from '../consumption/admission.ts'
import { LIMIT_NAMES, type LimitDecision } from '../consumption/limits.ts'
import type { Reader } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { CATALOGUE_VERSION } from '../pricing/bundled-catalogue.ts'
import { storedCatalogueVersion } from '../pricing/price-store.ts'
import { enforcementInForce, type Settings } from '../settings/settings.ts'
import { fine, needsPerson, notKnown, some } from './findings.ts'

/** Checks of what the operator has set up: profiles, users, the agent's token, prices, and that limits hold. */

/** What these checks look at. */
export interface PeopleChecksParts {
  readonly reader: Reader
  readonly clock: Clock
  readonly settings: () => Settings
}

/** An agent that did not ask for a day is not running, or not asking. */
const TOKEN_IDLE_MS_MAX = DAY_MS
/** A block longer ago proves little about today's limits. */
const PROOF_AGE_MS_MAX = 30 * DAY_MS

export function peopleChecks(parts: PeopleChecksParts): readonly ReadinessCheck[] {
  return [
    { id: 'profiles', title: 'There are profiles, and one is the default', run: () => profiles(parts) },
    { id: 'assigned', title: 'Every user has a profile', run: () => assigned(parts) },
    { id: 'token', title: 'The agent uses its token', run: () => tokenUsed(parts) },
    { id: 'limits', title: 'Users at a limit are blocked', run: () => limitsHold(parts) },
    { id: 'prices', title: 'Turns are priced by the newest catalogue there is', run: () => prices(parts) },
  ]
}

async function profiles({ reader }: PeopleChecksParts): Promise<CheckFinding> {
  const rows = await reader
    .selectFrom('consumption_profiles')
    .select(['name', 'is_default', 'is_active'])
    .execute()
  const active = rows.filter((row) => row.is_active === 1)
  const standard = active.find((row) => row.is_default === 1)
  if (active.length === 0)
    return needsPerson('There is no active profile.', 'Make a profile, or activate one.', '/profiles')
  if (standard === undefined)
    return needsPerson(
      `${some(active.length, 'active profile')}, but none is the default: new users get the built-in limits.`,
      'Make one of the profiles the default.',
      '/profiles',
    )
  return fine(`${some(active.length, 'active profile')}; the default is ${standard.name}.`)
}

async function assigned({ reader }: PeopleChecksParts): Promise<CheckFinding> {
  const { users, without } = await reader
    .selectFrom('users')
    .select((eb) => [
      eb.fn.countAll<number>().as('users'),
      eb.fn
        .coalesce(
          eb.fn.sum<number>(eb.case().when('consumption_profile_id', 'is', null).then(1).else(0).end()),
          eb.lit(0),
        )
        .as('without'),
    ])
    .where('is_active', '=', 1)
    .executeTakeFirstOrThrow()
  if (users === 0)
    return notKnown(
      'There is no active user yet.',
      'Import what was consumed so far, or make users.',
      '/import',
    )
  if (without === 0) return fine(`All ${some(users, 'active user')} have a profile of their own.`)
  const standard = await reader
    .selectFrom('consumption_profiles')
    .select('name')
    .where('is_default', '=', 1)
    .where('is_active', '=', 1)
    .executeTakeFirst()
  if (standard !== undefined)
    return fine(
      `${users - without} of ${some(users, 'active user')} have a profile of their own; ${without} go by the default, ${standard.name}.`,
    )
  return needsPerson(
    `${without} of ${some(users, 'active user')} have no profile, and no profile is the default.`,
    'Give them a profile, or make one the default.',
    '/access?tab=users',
  )
}

async function tokenUsed({ reader, clock }: PeopleChecksParts): Promise<CheckFinding> {
  const now = clock.now()
  const tokens = await reader
    .selectFrom('access_tokens')
    .select(['name', 'last_used_at'])
    .where('scope', '=', 'executor')
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .execute()
  if (tokens.length === 0)
    return needsPerson(
      'No agent can connect: there is no executor token.',
      'Make a token for the agent.',
      '/connect',
    )
  const last = tokens.reduce((newest, token) =>
    (token.last_used_at ?? 0) > (newest.last_used_at ?? 0) ? token : newest,
  )
  if (last.last_used_at === null)
    return notKnown(
      `${some(tokens.length, 'executor token')}, none of them used yet.`,
      'Give the agent its token and let it run a turn.',
      '/connect',
    )
  const at = toIso(last.last_used_at)
  if (now - last.last_used_at <= TOKEN_IDLE_MS_MAX)
    return fine(`The token "${last.name}" was used last at ${at}.`, at)
  return needsPerson(
    `No executor token was used since ${at}: the agent is not running, or it does not ask.`,
    'Look whether the agent runs and has its token.',
    '/connect',
    at,
  )
}

async function limitsHold({ reader, clock, settings }: PeopleChecksParts): Promise<CheckFinding> {
  const now = clock.now()
  const { mode, reason } = enforcementInForce(settings(), now)
  if (mode !== 'on')
    return needsPerson(
      mode === 'off'
        ? `Enforcement is off (${reason ?? 'no reason given'}).`
        : `Limits are only observed (${reason ?? 'no reason given'}).`,
      'Turn enforcement on: weir enforcement on --reason …',
      null,
    )
  const blocked = await reader
    .selectFrom('enforcement_events')
    .select(['at', 'user_id', 'code'])
    .where('kind', '=', 'blocked')
    .where('at', '>', now - PROOF_AGE_MS_MAX)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (blocked !== undefined) {
    const at = toIso(blocked.at)
    return fine(`${blocked.user_id} was blocked at ${at} (${blocked.code}).`, at)
  }
  return await dryProof(reader)
}

/** Nothing is fetched from outside: the newest there is comes with this Weir, and waits to be looked at. */
async function prices({ reader }: PeopleChecksParts): Promise<CheckFinding> {
  const held = await storedCatalogueVersion(reader)
  if (held === CATALOGUE_VERSION) return fine(`The catalogue in force is ${held}.`)
  return needsPerson(
    `The catalogue in force is ${held ?? 'none'}; this Weir comes with ${CATALOGUE_VERSION}.`,
    'Look at what it would change, and update it.',
    '/costs',
  )
}

/** Nobody reached a limit: the deciding function is asked about a user who has used up each limit of each profile. */
async function dryProof(reader: Reader): Promise<CheckFinding> {
  const rows = await reader
    .selectFrom('consumption_profiles')
    .selectAll()
    .where('is_active', '=', 1)
    .execute()
  const limits = rows.flatMap((row) => [
    { name: LIMIT_NAMES[0], limit: row.prompts_per_hour },
    { name: LIMIT_NAMES[1], limit: row.prompts_per_day },
    { name: LIMIT_NAMES[2], limit: row.input_tokens_per_month },
    { name: LIMIT_NAMES[3], limit: row.output_tokens_per_month },
    { name: 'cost_per_month_usd' as const, limit: row.cost_per_month_micro_usd },
  ])
  const bounded = limits.filter(({ limit }) => limit !== null)
  if (bounded.length === 0)
    return notKnown(
      'No active profile has a limit, so nobody can be blocked.',
      'Set limits in a profile.',
      '/profiles',
    )
  const open = { limits: {} as LimitDecision['limits'], refusal: null }
  const passing = bounded.filter(({ name, limit }) => {
    const state: LimitState = {
      name,
      limit,
      source: 'dry decision',
      used: limit ?? 0,
      reserved: 0,
      resetsAt: 0,
    }
    return decideAdmission(open, [state], { inputTokens: 0, outputTokens: 0 }).kind !== 'no'
  })
  if (passing.length > 0)
    return needsPerson(
      `${some(passing.length, 'limit')} would not hold when used up: ${passing.map(({ name }) => name).join(', ')}.`,
      'This is a fault in Weir: make a diagnostics bundle and report it.',
      '/settings',
    )
  return fine(
    `Nobody reached a limit in 30 days; asked without counting, each of the ${some(bounded.length, 'limit')} of the active profiles refuses a user who has used it up.`,
  )
}
