import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { dayWindow } from '../../../shared/time-window.ts'
import { MINUTE_MS, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Actor, AlertsApi, NewAlert, RaisedAlert } from '../api.ts'
import type { Database, Reader } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import {
  type AlertRow,
  acknowledgeAlerts,
  alertsToNotify,
  countUnread,
  insertAlert,
  markNotified,
  pageOfAlerts,
} from './alert-store.ts'
import { isQuiet } from './quiet-hours.ts'

type Alert = OperationOutput<'alerts.list'>['alerts'][number]
type Outlooks = OperationOutput<'limits.forecast'>['limits']

// A list that fits under the bell when the caller does not say.
const PAGE_SIZE = 20

/** What the alerts need of others. */
export interface AlertPorts {
  readonly database: Pick<Database, 'reader' | 'read' | 'write'>
  readonly clock: Clock
  readonly settings: SettingsManager
  /** How a user stands to reach their limits; empty for a user that is no more. */
  readonly outlooksOf: (db: Reader, userId: string) => Promise<Outlooks>
}

/** The alerts the operator sees: those of limits, written with what crossed them, and those other parts raise here. */
export class AlertManager implements AlertsApi {
  readonly #ports: AlertPorts

  constructor(ports: AlertPorts) {
    this.#ports = ports
  }

  async raise(alert: NewAlert): Promise<{ readonly raised: boolean }> {
    const now = this.#ports.clock.now()
    const raised = await this.#ports.database.write((trx) =>
      insertAlert(trx, {
        raised_at: now,
        kind: alert.kind,
        once_key: alert.onceKey,
        severity: alert.severity,
        title: alert.title,
        detail: alert.detail,
        link: alert.link,
        user_id: alert.userId ?? null,
        limit_name: null,
        threshold_percent: null,
        resets_at: null,
        acknowledged_at: null,
        // What the operator just did they need not be told of by the desktop.
        notified_at: alert.isOperatorsOwn === true ? now : null,
      }),
    )
    return { raised }
  }

  list(query: ParsedInput<'alerts.list'>): Promise<OperationOutput<'alerts.list'>> {
    const limit = query.limit ?? PAGE_SIZE
    const offset = query.offset ?? 0
    const mutedKinds = this.#settings().alert_muted_kinds
    const now = this.#ports.clock.now()
    return this.#ports.database.read(async (db) => {
      const filter = { isUnread: query.unread === true, userId: query.user_id, mutedKinds }
      const { rows, count } = await pageOfAlerts(db, filter, limit, offset)
      const outlooks = new Map<string, Outlooks>()
      const alerts: Alert[] = []
      for (const row of rows) {
        const isCurrent = row.user_id !== null && row.resets_at !== null && row.resets_at > now
        if (isCurrent && !outlooks.has(row.user_id))
          outlooks.set(row.user_id, await this.#ports.outlooksOf(db, row.user_id))
        alerts.push(onWire(row, mutedKinds, isCurrent ? (outlooks.get(row.user_id) ?? []) : []))
      }
      return { alerts, total_count: count, unread_count: await countUnread(db, mutedKinds), limit, offset }
    })
  }

  unreadCount(): Promise<number> {
    return countUnread(this.#ports.database.reader, this.#settings().alert_muted_kinds)
  }

  acknowledge(input: ParsedInput<'alerts.acknowledge'>): Promise<OperationOutput<'alerts.acknowledge'>> {
    const now = this.#ports.clock.now()
    return this.#ports.database.write(async (trx) => {
      const which = { ids: input.ids ?? [], upToId: input.up_to_id ?? 0 }
      const acknowledged = await acknowledgeAlerts(trx, which, now)
      return { acknowledged, unread_count: await countUnread(trx, this.#settings().alert_muted_kinds) }
    })
  }

  settings(): OperationOutput<'alerts.settings'> {
    const settings = this.#settings()
    return {
      thresholds_percent: [...settings.alert_thresholds],
      muted_kinds: [...settings.alert_muted_kinds],
      quiet_hours: settings.alert_quiet_hours,
    }
  }

  /** Errors: `invalid_request`. */
  async setSettings(
    input: ParsedInput<'alerts.setSettings'>,
    actor: Actor,
  ): Promise<OperationOutput<'alerts.setSettings'>> {
    const thresholds = input.thresholds_percent
    if (thresholds?.some((one, at) => at > 0 && one <= (thresholds[at - 1] ?? 0)) === true) {
      const message = 'must go up, each once, like 75, 90, 100'
      throw new WeirError('invalid_request', `The thresholds ${message}.`, {
        details: { errors: [{ path: 'thresholds_percent', message }] },
      })
    }
    await this.#ports.settings.change(
      {
        ...(thresholds === undefined ? {} : { alert_thresholds: thresholds }),
        ...(input.quiet_hours === undefined ? {} : { alert_quiet_hours: input.quiet_hours }),
      },
      actor,
      'alerts.setSettings',
    )
    // The marks count thresholds, and those are others now. Who stands above one hears of it with the next request;
    // what was alerted already is not raised again.
    if (thresholds !== undefined)
      await this.#ports.database.write((trx) =>
        trx.updateTable('user_consumption').set({ alert_marks: 0 }).execute(),
      )
    return this.settings()
  }

  async mute(input: ParsedInput<'alerts.mute'>, actor: Actor): Promise<OperationOutput<'alerts.mute'>> {
    const others = this.#settings().alert_muted_kinds.filter((kind) => kind !== input.kind)
    const alert_muted_kinds = input.muted ? [...others, input.kind] : others
    await this.#ports.settings.change({ alert_muted_kinds }, actor, 'alerts.mute')
    return this.settings()
  }

  async takeNotifications(): Promise<readonly RaisedAlert[]> {
    const { database, clock } = this.#ports
    const settings = this.#settings()
    const now = clock.now()
    // On the day the clocks change this is an hour off until the evening: nobody is woken twice for that.
    const minute = Math.floor((now - dayWindow(settings.time_zone, now).startsAt) / MINUTE_MS)
    if (isQuiet(settings.alert_quiet_hours, minute)) return []
    const rows = await alertsToNotify(database.reader)
    const last = rows.at(-1)
    if (last === undefined) return []
    await database.write((trx) => markNotified(trx, last.id, now))
    return rows
      .filter((row) => row.acknowledged_at === null && !isMuted(row, settings.alert_muted_kinds))
      .map(({ title, detail, link }) => ({ title, detail, link }))
  }

  #settings() {
    return this.#ports.settings.current()
  }
}

function isMuted(row: AlertRow, mutedKinds: readonly string[]): boolean {
  return mutedKinds.includes(row.kind)
}

function onWire(row: AlertRow, mutedKinds: readonly string[], outlooks: Outlooks): Alert {
  const outlook = outlooks.find((one) => one.policy === row.limit_name)
  return {
    id: row.id,
    kind: row.kind as Alert['kind'],
    severity: row.severity,
    raised_at: toIso(row.raised_at),
    title: row.title,
    detail: row.detail,
    link: row.link,
    user_id: row.user_id,
    policy: row.limit_name as Alert['policy'],
    threshold_percent: row.threshold_percent,
    resets_at: toIsoOrNull(row.resets_at),
    acknowledged_at: toIsoOrNull(row.acknowledged_at),
    is_muted: isMuted(row, mutedKinds),
    outlook: outlook?.outlook ?? null,
    reaches_at: outlook?.reaches_at ?? null,
  }
}
