import type { EpochMs } from '../../../shared/units.ts'
import type { Reader, Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { SETTINGS, type SettingName, type Settings } from './settings.ts'

const NAMES = Object.keys(SETTINGS) as SettingName[]

/**
 * All settings; what was never set has its initial value, rows of unknown name (of another version) are left alone.
 * Errors: `internal` when a stored value is not one Weir could have written: going on with a guess, say another
 * time zone, would book turns to the wrong month.
 */
export async function readSettings(db: Reader | Writer): Promise<Settings> {
  const rows = await db.selectFrom('system_settings').select(['name', 'value']).execute()
  const stored = new Map(rows.map((row) => [row.name, row.value]))
  const entries = NAMES.map((name) => {
    const text = stored.get(name)
    return [name, text === undefined ? SETTINGS[name].initial : parseStored(name, text)]
  })
  return Object.fromEntries(entries) as Settings
}

function parseStored(name: SettingName, text: string): unknown {
  const parsed = SETTINGS[name].schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new WeirError(
    'internal',
    `The stored setting "${name}" cannot be used: ${firstIssue(parsed.error)}. Restore a backup, or delete its row from system_settings to get the initial value.`,
    { details: { setting: name }, cause: parsed.error },
  )
}

/**
 * Stores a setting after validating it and gives back what is stored (texts are trimmed).
 * The copy in memory is `SettingsManager`'s: call `reload()` there after the commit, or use its `change`.
 * Errors: `invalid_request`.
 */
export async function writeSetting<Name extends SettingName>(
  trx: Writer,
  name: Name,
  value: Settings[Name],
  now: EpochMs,
): Promise<Settings[Name]> {
  const parsed = validSetting(name, value)
  const row = { name, value: JSON.stringify(parsed), updated_at: now }
  await trx
    .insertInto('system_settings')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: row.value, updated_at: now }))
    .execute()
  return parsed
}

/** The value as it may be stored. Errors: `invalid_request`. */
export function validSetting<Name extends SettingName>(name: Name, value: Settings[Name]): Settings[Name] {
  const parsed = SETTINGS[name].schema.safeParse(value)
  if (parsed.success) return parsed.data as Settings[Name]
  throw new WeirError(
    'invalid_request',
    `The setting "${name}" cannot be this: ${firstIssue(parsed.error)}.`,
    {
      details: { setting: name },
      cause: parsed.error,
    },
  )
}

function firstIssue(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]
}): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'not valid'
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`
}
