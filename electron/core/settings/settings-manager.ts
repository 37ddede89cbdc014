import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import type { SettingName, Settings } from './settings.ts'
import { readSettings, validSetting, writeSetting } from './settings-store.ts'

/**
 * The settings in memory, for the hot path. They change only after the change is on disk, so that nothing is
 * decided by a setting that a crash would take back.
 */
export class SettingsManager {
  readonly #database: Pick<Database, 'reader' | 'write'>
  readonly #clock: Clock
  #current: Settings

  private constructor(database: Pick<Database, 'reader' | 'write'>, clock: Clock, current: Settings) {
    this.#database = database
    this.#clock = clock
    this.#current = current
  }

  /** Reads the settings. Errors: `internal` for a stored value that cannot be used. */
  static async open(database: Pick<Database, 'reader' | 'write'>, clock: Clock): Promise<SettingsManager> {
    return new SettingsManager(database, clock, await readSettings(database.reader))
  }

  /** The settings as of the last commit; a value, never changed in place. */
  current(): Settings {
    return this.#current
  }

  /**
   * Changes settings together, audited one by one as `action`; a value that is the same already is not written.
   * Errors: `invalid_request` (nothing is changed then), `storage_full`, `storage_unavailable`.
   */
  async change(changes: Partial<Settings>, actor: Actor, action = 'settings.change'): Promise<Settings> {
    const now = this.#clock.now()
    const names = Object.keys(changes) as SettingName[]
    const wanted = names.map(
      (name) => [name, validSetting(name, changes[name] as Settings[SettingName])] as const,
    )
    await this.#database.write(async (trx) => {
      // Read inside the transaction: the copy in memory may be one commit behind, and the log must not be.
      const before = await readSettings(trx)
      for (const [name, value] of wanted) {
        if (isDeepStrictEqual(before[name], value)) continue
        await writeSetting(trx, name, value, now)
        await audit(trx, {
          at: now,
          actor,
          action,
          objectKind: 'setting',
          objectId: name,
          before: { value: before[name] },
          after: { value },
        })
      }
    })
    this.#current = { ...this.#current, ...Object.fromEntries(wanted) }
    return this.#current
  }

  /** Reads them again: after a transaction that wrote settings along with other things has committed. */
  async reload(): Promise<Settings> {
    this.#current = await readSettings(this.#database.reader)
    return this.#current
  }
}
