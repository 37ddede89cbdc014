import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Actor, EnforcementApi } from '../api.ts'
import type { Moment } from '../consumption/context.ts'
import { windowsAt } from '../consumption/windows.ts'
import type { Database } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import {
  type EnforcementSetting,
  enforcementInForce,
  type LimitOverride,
  overrideInForce,
} from '../settings/settings.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { readEvents } from './enforcement-events-reader.ts'
import { ENFORCED, enforcementOf, overrideOf } from './enforcement-rules.ts'
import { explainLimits } from './explain-limits.ts'
import { readLadder } from './precedence-ladder.ts'
import { previewOverride } from './preview-override.ts'

/**
 * The switch of enforcement and the override. Both are settings that say themselves when they end: checks compare
 * with the clock, so nothing has to run for them to be over.
 */
export class EnforcementManager implements EnforcementApi {
  readonly #database: Pick<Database, 'read'>
  readonly #clock: Clock
  readonly #settings: SettingsManager
  /** The last change: what ends and what is set must not cross each other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(database: Pick<Database, 'read'>, clock: Clock, settings: SettingsManager) {
    this.#database = database
    this.#clock = clock
    this.#settings = settings
  }

  async get(): Promise<OperationOutput<'enforcement.get'>> {
    const settings = this.#settings.current()
    const now = this.#clock.now()
    const override = overrideInForce(settings, now)
    return {
      ...modeOnWire(settings.enforcement),
      when_unavailable: settings.when_unavailable,
      in_force: modeOnWire(enforcementInForce(settings, now)),
      reservations: {
        max_tokens: settings.max_reservation_tokens,
        minutes: settings.reservation_minutes,
      },
      override: override === null ? null : overrideOnWire(override),
    }
  }

  /** In force with the next check. Errors: `invalid_request` (nothing is changed then). */
  set(input: ParsedInput<'enforcement.set'>, actor: Actor): Promise<OperationOutput<'enforcement.set'>> {
    return this.#inTurn(async () => {
      const now = this.#clock.now()
      const inForce = enforcementInForce(this.#settings.current(), now)
      const enforcement = enforcementOf(input, inForce, now)
      await this.#endWhatIsOver()
      const { when_unavailable } = input
      const changes = when_unavailable === undefined ? { enforcement } : { enforcement, when_unavailable }
      await this.#settings.change(changes, actor, 'enforcement.set')
      return this.get()
    })
  }

  /** In force with the next check. Errors: `invalid_request`. */
  setOverride(input: ParsedInput<'override.set'>, actor: Actor): Promise<OperationOutput<'override.set'>> {
    return this.#inTurn(async () => {
      const override = overrideOf(input, this.#clock.now())
      await this.#endWhatIsOver()
      await this.#settings.change({ override }, actor, 'override.set')
      return overrideOnWire(override)
    })
  }

  /** Ends the override; without one nothing changes. */
  clearOverride(actor: Actor): Promise<OperationOutput<'override.clear'>> {
    return this.#inTurn(async () => {
      await this.#settings.change({ override: null }, actor, 'override.clear')
      return { override: null }
    })
  }

  /**
   * Writes down that an `off`, an `observe` or an override has ended by itself, so that the audit log has both ends
   * of it. Decisions do not wait for this.
   */
  noteEnds(): Promise<void> {
    return this.#inTurn(() => this.#endWhatIsOver())
  }

  events(query: ParsedInput<'enforcement.events'>): Promise<OperationOutput<'enforcement.events'>> {
    const zone = this.#settings.current().time_zone
    return this.#database.read((db) => readEvents(db, query, zone))
  }

  /** Errors: `user_unknown`. */
  explain(input: ParsedInput<'limits.explain'>): Promise<OperationOutput<'limits.explain'>> {
    return this.#database.read((db) => explainLimits(db, input, this.#moment()))
  }

  ladder(): Promise<OperationOutput<'limits.ladder'>> {
    return this.#database.read((db) => readLadder(db, this.#moment()))
  }

  previewOverride(input: ParsedInput<'override.preview'>): Promise<OperationOutput<'override.preview'>> {
    return this.#database.read((db) => previewOverride(db, input, this.#moment()))
  }

  #moment(): Moment {
    const now = this.#clock.now()
    const settings = this.#settings.current()
    return { now, settings, windows: windowsAt(settings.time_zone, now) }
  }

  async #endWhatIsOver(): Promise<void> {
    const settings = this.#settings.current()
    const now = this.#clock.now()
    const { until } = settings.enforcement
    if (until !== null && until <= now) {
      await this.#settings.change(
        { enforcement: { ...ENFORCED, since: until } },
        BY_ITSELF,
        'enforcement.end',
      )
    }
    if (settings.override !== null && overrideInForce(settings, now) === null) {
      await this.#settings.change({ override: null }, BY_ITSELF, 'override.end')
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    // One that failed has told its own caller; the next one starts all the same.
    const result = this.#last.then(work, work)
    this.#last = result
    return result
  }
}

/** Nobody ends it: its time is over. */
const BY_ITSELF: Actor = { name: 'Weir', via: 'job' }

function modeOnWire(setting: EnforcementSetting): OperationOutput<'enforcement.get'>['in_force'] {
  return {
    mode: setting.mode,
    reason: setting.reason,
    until: toIsoOrNull(setting.until),
    since: toIsoOrNull(setting.since ?? null),
  }
}

function overrideOnWire(override: LimitOverride): OperationOutput<'override.set'> {
  return { ...override, until: toIso(override.until) }
}
