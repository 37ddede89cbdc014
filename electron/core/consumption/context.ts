import type { EpochMs } from '../../../shared/units.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import type { Clock, Logger, RandomBytes } from '../kernel/ports.ts'
import type { PriceBook } from '../pricing/price-book.ts'
import { enforcementInForce, overrideInForce, type Settings } from '../settings/settings.ts'
import { limitSourcesOf, type UserRules } from './consumption-store.ts'
import { decideLimits, type LimitDecision } from './limits.ts'
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
export async function limitsOf(db: Reader | Writer, state: UserRules, moment: Moment): Promise<LimitDecision> {
  const override = overrideInForce(moment.settings, moment.now)
  return decideLimits(await limitSourcesOf(db, state, override, moment.now))
}

/** The enforcement mode in force at that moment; an `off` whose time is over is `on` again. */
export function modeOf(moment: Moment): 'on' | 'observe' | 'off' {
  return enforcementInForce(moment.settings, moment.now).mode
}
