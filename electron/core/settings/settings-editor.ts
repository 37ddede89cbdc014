import { statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Actor, SettingsApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Database } from '../database/database.ts'
import type { Clock, Logger, LoginItem, LogKeeper } from '../kernel/ports.ts'
import { changeSettingsFile, readSettingsFile } from '../kernel/settings-file.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { refuseUnfitCopyDir } from './backup-copy-dir.ts'
import { countBeyond, eraseBeyond, keepsLess } from './prompt-eraser.ts'
import {
  EDITABLE,
  type EditableName,
  type FileSettingName,
  IN_FILE,
  OPEN_AT_LOGIN,
  type SettingEntry,
} from './settings-catalogue.ts'
import type { SettingsManager } from './settings-manager.ts'
import { validSetting } from './settings-store.ts'

type State = OperationOutput<'settings.get'>
type Value = State['settings'][number]['value']
type Update = ParsedInput<'settings.update'>

/** Bytes of a megabyte as disks are sold. */
const MEGABYTE = 1_000_000

const NO_WINDOW = 'This Weir was started without a window; the window of the same data can set it.'

/** What the editor works with. */
export interface SettingsEditorParts {
  readonly dataDir: string
  readonly database: Database
  readonly settings: SettingsManager
  readonly clock: Clock
  readonly log: Logger
  readonly keeper: LogKeeper | undefined
  /** Absent where there is no window that could be opened. */
  readonly loginItem?: LoginItem | undefined
  /** What this process was started with; null where nothing is in force. */
  readonly inForce: () => { readonly port: number | null; readonly sessions_dir: string | null }
}

/** The settings as the operator sees and changes them: those of the database and those of `settings.json`. */
export class SettingsEditor implements SettingsApi {
  readonly #parts: SettingsEditorParts
  #erasing: Promise<void> | undefined
  #isClosing = false

  constructor(parts: SettingsEditorParts) {
    this.#parts = parts
    this.#applyLogCap()
    // A crash or an end came between the change of `prompt_text` and the last erased prompt.
    if (parts.settings.current().prompt_erasure_pending) this.#erase()
  }

  async get(): Promise<State> {
    const current = this.#parts.settings.current()
    const file = readSettingsFile(this.#parts.dataDir)
    const inForce = this.#parts.inForce()
    const zoneFixed = await this.#whyZoneIsFixed()
    const stored = (Object.keys(EDITABLE) as EditableName[]).map((name) =>
      stateOf(name, EDITABLE[name], current[name], current[name], name === 'time_zone' ? zoneFixed : null),
    )
    return {
      settings: [
        ...stored,
        stateOf('port', IN_FILE.port, file.port ?? IN_FILE.port.initial, inForce.port, null),
        stateOf('sessions_dir', IN_FILE.sessions_dir, file.sessionsDir, inForce.sessions_dir, null),
        this.#loginState(),
      ],
      is_erasing: current.prompt_erasure_pending,
    }
  }

  async update(input: Update, actor: Actor): Promise<OperationOutput<'settings.update'>> {
    const { port, sessions_dir, confirm_erase, open_at_login, ...named } = input
    const stored = changesOf(named)
    // Everything is looked at before anything is written: a change is made as a whole or not at all.
    for (const name of Object.keys(stored) as EditableName[]) validSetting(name, stored[name] as never)
    const { time_zone, prompt_text } = this.#parts.settings.current()
    if (stored.time_zone !== undefined && stored.time_zone !== time_zone) await this.#refuseFixedZone()
    const isLess = stored.prompt_text !== undefined && keepsLess(prompt_text, stored.prompt_text)
    const beyond = isLess ? await this.#refuseUnconfirmed(stored.prompt_text, confirm_erase === true) : 0
    const file = {
      ...(port === undefined ? {} : { port }),
      ...(sessions_dir === undefined ? {} : { sessions_dir }),
    }
    if (sessions_dir) refuseUnreadable(sessions_dir)
    if (open_at_login !== undefined) this.#refuseFixedLogin(open_at_login)
    if (stored.backup_copy_dir) await refuseUnfitCopyDir(stored.backup_copy_dir, this.#parts.dataDir)
    // The mark MUST be stored together with the change: from here on a start finishes what a crash left undone.
    await this.#parts.settings.change(isLess ? { ...stored, prompt_erasure_pending: true } : stored, actor)
    if (Object.keys(file).length > 0) await this.#changeFile(file, actor)
    if (open_at_login !== undefined) await this.#changeLogin(open_at_login, actor)
    this.#applyLogCap()
    if (isLess) {
      this.#erase()
      await this.#erasing
    }
    return { ...(await this.get()), restart_needed: Object.keys(file), erased_prompts: beyond }
  }

  /** Stops erasing between two slices; the next start goes on. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#erasing
  }

  async #changeFile(
    changes: { port?: number | null; sessions_dir?: string | null },
    actor: Actor,
  ): Promise<void> {
    const { dataDir, database, clock } = this.#parts
    const before = readSettingsFile(dataDir)
    await changeSettingsFile(dataDir, changes)
    await database.write(async (trx) => {
      for (const name of Object.keys(changes) as FileSettingName[]) {
        const old = name === 'port' ? before.port : before.sessionsDir
        await audit(trx, {
          at: clock.now(),
          actor,
          action: 'settings.change',
          objectKind: 'setting',
          objectId: name,
          before: { value: old },
          after: { value: changes[name] ?? null },
        })
      }
    })
  }

  #loginState(): State['settings'][number] {
    const { loginItem } = this.#parts
    const isSet = loginItem?.isSet() ?? false
    const whyNot = loginItem === undefined ? NO_WINDOW : loginItem.whyNot
    return stateOf('open_at_login', OPEN_AT_LOGIN, isSet, isSet, whyNot)
  }

  #refuseFixedLogin(isOn: boolean): void {
    const { value, fixed_because } = this.#loginState()
    if (fixed_because !== null && value !== isOn)
      throw new WeirError('setting_fixed', fixed_because, { details: { setting: 'open_at_login' } })
  }

  async #changeLogin(isOn: boolean, actor: Actor): Promise<void> {
    const { loginItem, database, clock } = this.#parts
    const before = loginItem?.isSet() ?? false
    if (loginItem === undefined || before === isOn) return
    try {
      loginItem.set(isOn)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new WeirError('storage_unavailable', `Opening at login could not be changed: ${reason}`, {
        cause: error,
      })
    }
    await database.write((trx) =>
      audit(trx, {
        at: clock.now(),
        actor,
        action: 'settings.change',
        objectKind: 'setting',
        objectId: 'open_at_login',
        before: { value: before },
        after: { value: isOn },
      }),
    )
  }

  async #refuseFixedZone(): Promise<void> {
    const reason = await this.#whyZoneIsFixed()
    if (reason !== null) throw new WeirError('setting_fixed', reason, { details: { setting: 'time_zone' } })
  }

  /** Anything counted was counted in windows of the zone of its day; closed months are immutable. */
  async #whyZoneIsFixed(): Promise<string | null> {
    const { reader } = this.#parts.database
    for (const table of ['consumption_turns', 'admissions', 'consumption_periods_archive'] as const) {
      const found = await reader.selectFrom(table).select('user_key').limit(1).executeTakeFirst()
      if (found !== undefined)
        return 'Something was counted already, in hours, days and months of this time zone, and closed months never change. Start with an empty data folder to count in another zone.'
    }
    return null
  }

  async #refuseUnconfirmed(mode: Update['prompt_text'], isConfirmed: boolean): Promise<number> {
    if (mode === undefined) return 0
    if (this.#erasing !== undefined)
      throw new WeirError(
        'busy',
        'Prompt text is still being erased after the last change; try again in a moment.',
      )
    const count = await countBeyond(this.#parts.database, mode)
    if (count === 0 || isConfirmed) return count
    throw new WeirError(
      'confirmation_needed',
      `Keeping less erases the prompt text of ${count} turns for good; send confirm_erase to do it.`,
      { details: { would_erase: count } },
    )
  }

  #erase(): void {
    this.#erasing ??= this.#eraseAll().finally(() => {
      this.#erasing = undefined
    })
  }

  async #eraseAll(): Promise<void> {
    const { database, settings, log } = this.#parts
    const { prompt_text } = settings.current()
    try {
      const erased = await eraseBeyond(database, prompt_text, () => !this.#isClosing)
      if (this.#isClosing) return
      await settings.change(
        { prompt_erasure_pending: false },
        { name: 'weir', via: 'start' },
        'settings.erase',
      )
      log.info('prompt text was erased', { prompt_text, turns: erased })
    } catch (error) {
      // The mark stays, so the next start tries again; until then the screen says that it is not done.
      log.error('prompt text could not be erased', { error })
    }
  }

  #applyLogCap(): void {
    this.#parts.keeper?.limitTo(this.#parts.settings.current().log_cap_mb * MEGABYTE)
  }
}

function changesOf(named: Omit<Update, 'port' | 'sessions_dir' | 'confirm_erase'>) {
  const entries = Object.entries(named).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as {
    -readonly [Name in keyof typeof named]?: NonNullable<(typeof named)[Name]>
  }
}

function stateOf(
  name: string,
  entry: SettingEntry,
  value: Value,
  inForce: Value,
  fixedBecause: string | null,
): State['settings'][number] {
  const { choices, ...rest } = entry
  return {
    name,
    ...rest,
    choices: choices === null ? null : [...choices],
    value,
    in_force: inForce,
    fixed_because: fixedBecause,
  }
}

function refuseUnreadable(folder: string): void {
  const isFolder =
    isAbsolute(folder) && statSync(join(folder), { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder)
    throw new WeirError(
      'folder_unreadable',
      `${folder} is not a folder on this machine; give its whole path.`,
    )
}
