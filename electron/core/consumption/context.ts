import type { EpochMs } from '../../../shared/units.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import type { Clock, Logger, RandomBytes } from '../kernel/ports.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { enforcementInForce, overrideInForce, type Settings } from '../settings/settings.ts'
import type { UserAccount } from './consumption-store.ts'
import { type Profiles, readGrants } from './limit-rules-store.ts'
import { decideLimits, type Grant, type LimitDecision } from './limits.ts'
import { type Windows, windowsAt } from './windows.ts'

/** What the consumption feature works with. */
export interface ConsumptionContext {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly randomBytes: RandomBytes
  readonly settings: () => Settings
  readonly prices: () => PriceBook
}

/** The rules of one moment: settings are read once, so that one decision is never made by two of them. */
export interface Moment {
  readonly now: EpochMs
  readonly windows: Windows
  readonly settings: Settings
}

export function momentOf(context: ConsumptionContext): Moment {
  const now = context.clock.now()
  const settings = context.settings()
  return { now, windows: windowsAt(settings.time_zone, now), settings }
}

/** The limits that hold for a user at that moment, and whether they may run anything at all. */
export async function limitsOf(
  db: Reader | Writer,
  account: UserAccount,
  profiles: Profiles,
  moment: Moment,
): Promise<LimitDecision> {
  return decideFor(account, profiles, await readGrants(db, account.key, moment.now), moment)
}

/** The same for somebody whose grants are known. */
export function decideFor(
  account: UserAccount,
  profiles: Profiles,
  grants: readonly Grant[],
  moment: Moment,
): LimitDecision {
  return decideLimits({
    isUserActive: account.isActive,
    profile: account.profileId === null ? null : (profiles.byId.get(account.profileId) ?? null),
    defaultProfile: profiles.default,
    override: overrideInForce(moment.settings, moment.now),
    grants,
  })
}

/** The enforcement mode in force at that moment; an `off` whose time is over is `on` again. */
export function modeOf(moment: Moment): 'on' | 'observe' | 'off' {
  return enforcementInForce(moment.settings, moment.now).mode
}

/** When the observing began that is in force, 0 where nobody kept it; null when enforcement does not observe. */
export function observedSince(moment: Moment): EpochMs | null {
  const { mode, since } = enforcementInForce(moment.settings, moment.now)
  return mode === 'observe' ? (since ?? 0) : null
}
