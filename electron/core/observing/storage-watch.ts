import type { OperationOutput } from '../../../shared/contract/index.ts'
import { type EpochMs, toIso } from '../../../shared/units.ts'
import type { AlertsApi, BackupsApi } from '../api.ts'
import type { Database } from '../database/database.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import type { SystemPorts } from '../kernel/ports.ts'

type Storage = OperationOutput<'status.get'>['storage']

/** What watching the database is made of. */
export interface StorageWatchParts {
  readonly database: Database
  readonly ports: Pick<SystemPorts, 'clock' | 'log'>
  readonly alerts: Pick<AlertsApi, 'raise'>
  readonly backups: Pick<BackupsApi, 'newestVerified'>
  /** SQLite's own look at all of it, in the worker. */
  readonly look: () => Promise<{ readonly pages: readonly string[]; readonly references: readonly string[] }>
  /** Tells whoever looks that the status is another one. */
  readonly changed: () => void
}

/** Knows whether the database is damaged: a statement came upon it, or a look at all pages found it. */
export class StorageWatch {
  readonly #parts: StorageWatchParts
  #found: { readonly at: EpochMs; readonly detail: string } | null = null

  constructor(parts: StorageWatchParts) {
    this.#parts = parts
    parts.database.whenDamaged((detail) => this.#note(detail))
  }

  /** For the status: whether it is damaged, and what a recovery would put in its place. */
  state(): Storage {
    if (this.#found === null) return { state: 'ok', found_at: null, detail: null, backup: null }
    const backup = this.#parts.backups.newestVerified()
    return {
      state: 'damaged',
      found_at: toIso(this.#found.at),
      detail: this.#found.detail,
      backup: backup === null ? null : { id: backup.id, created_at: backup.created_at },
    }
  }

  /** Looks at every page and every reference now; what is wrong, in words. Damaged pages end writing (RELIABILITY, F9). */
  async check(): Promise<readonly string[]> {
    const { pages, references } = await this.#parts.look()
    const [first] = pages
    if (first !== undefined) this.#parts.database.noteDamage(first)
    return [...pages, ...references]
  }

  #note(detail: string): void {
    const { ports, alerts, changed } = this.#parts
    const at = ports.clock.now()
    this.#found = { at, detail }
    ports.log.error('the database is damaged; nothing is written to it any more', {
      event: LOG_EVENTS.databaseError,
      area: 'database',
      detail,
    })
    changed()
    const raised = alerts.raise({
      kind: 'backup',
      onceKey: `damaged-${at}`,
      severity: 'critical',
      title: 'The database is damaged',
      detail: `${detail} Nothing is written to it any more. Recover it on the screen of the backups.`,
      link: '/backups',
    })
    // The alert itself would be written to it: the banner and the log say the same.
    raised.catch((error: unknown) =>
      ports.log.warn('the alert of the damage could not be kept', { area: 'database', error: String(error) }),
    )
  }
}
