import { z } from 'zod'
import { ALERT_KINDS } from '../../../shared/contract/alerts.ts'
import { enforcementMode, limitValue } from '../../../shared/contract/fields.ts'
import {
  LOG_CAP_MB_MAX,
  LOG_CAP_MB_MIN,
  RETENTION_DAYS_MAX,
  RETENTION_DAYS_MIN,
} from '../../../shared/contract/settings.ts'
import { isTimeZone } from '../../../shared/time-window.ts'
import { type EpochMs, TOKENS_MAX } from '../../../shared/units.ts'

/** The settings that live in the database: what each is, what it starts as, and which rule is in force at an instant. */

const reason = z.string().trim().min(1).max(500)
const instant = z.int().min(0)
const minuteOfDay = z.int().min(0).max(1439)

// A price above a million dollars for a million tokens is a typing error, and sums stay exact below it.
const perMillion = z.int().min(0).max(1_000_000_000_000)

const fallbackPrice = z.strictObject({
  input_micro_usd_per_million: perMillion,
  output_micro_usd_per_million: perMillion,
  cached_input_micro_usd_per_million: perMillion.nullable(),
})

const enforcement = z.strictObject({
  mode: enforcementMode,
  /** Why it is not simply on, in the operator's words. */
  reason: reason.nullable(),
  /** When it is `on` again by itself; null for until further notice. */
  until: instant.nullable(),
  /** When it became so; null or absent in what was stored before Weir kept it. */
  since: instant.nullable().optional(),
})

const override = z.strictObject({
  prompts_per_hour: limitValue,
  prompts_per_day: limitValue,
  reason,
  until: instant,
})

/** Limits for everybody in an emergency, with a reason and an end. */
export type LimitOverride = Readonly<z.output<typeof override>>

/** What a no does, why, and until when. */
export type EnforcementSetting = Readonly<z.output<typeof enforcement>>

/**
 * Every setting: `schema` is what may be stored, `initial` is what holds until somebody decides otherwise. `restored`
 * says which value holds after a backup is restored: the backup's where it is a rule; that of `now` where it says how
 * things are (docs/decisions/0007), or files would be looked for in the wrong place, turns booked to other months, copies
 * of backups stopped, or enforcement switched without anybody having said so.
 */
export const SETTINGS = {
  /** Billing time zone (IANA name): where hours, days and months begin. */
  time_zone: {
    restored: 'now',
    schema: z.string().refine(isTimeZone, 'must be a time zone like Europe/Berlin'),
    initial: 'UTC',
  },
  /** What a check says when limits cannot be worked out: `open` lets pass and counts it, `closed` refuses. */
  when_unavailable: { restored: 'backup', schema: z.enum(['open', 'closed']), initial: 'open' },
  /** Whether an unknown user is created at the first check instead of refused. */
  auto_provision_users: { restored: 'backup', schema: z.boolean(), initial: false },
  /** Minutes a reservation is held for a turn that never arrives; at most a day, or a lost turn would eat a quota. */
  reservation_minutes: { restored: 'backup', schema: z.int().min(1).max(1440), initial: 10 },
  /**
   * Tokens one check may reserve in each direction; more is cut to this. Two million is the largest context
   * window on the market: no honest estimate is above it, and a mistaken one cannot lock up a whole quota.
   */
  max_reservation_tokens: { restored: 'backup', schema: z.int().min(0).max(TOKENS_MAX), initial: 2_000_000 },
  /** How much of a prompt the ledger keeps: all of it, its first 120 characters, or nothing. */
  prompt_text: { restored: 'now', schema: z.enum(['full', 'preview', 'none']), initial: 'preview' },
  /** Who writes the session files: the platform's agent, or Weir when a turn is recorded. */
  sessions_writer: { restored: 'now', schema: z.enum(['agent', 'weir']), initial: 'agent' },
  /** Days a turn is kept in the ledger once its month is archived. */
  retention_days: {
    restored: 'now',
    schema: z.int().min(RETENTION_DAYS_MIN).max(RETENTION_DAYS_MAX),
    initial: 90,
  },
  /** Megabytes all logs together may take. Fifty hold weeks of an ordinary agent and fit any disk. */
  log_cap_mb: { restored: 'now', schema: z.int().min(LOG_CAP_MB_MIN).max(LOG_CAP_MB_MAX), initial: 50 },
  /** Whether prompt text that may no longer be kept is still being erased; a start goes on with it. */
  prompt_erasure_pending: { restored: 'now', schema: z.boolean(), initial: false },
  /** Where the platform's session files are, as last imported or reconciled; null before the first time. */
  sessions_dir: { restored: 'now', schema: z.string().min(1).max(4096).nullable(), initial: null },
  /** Whether session files are read in as they change. */
  watch_sessions: { restored: 'now', schema: z.boolean(), initial: true },
  /** Where dashboards get their figures from: the database, or the session files as in the old way. */
  dashboards_source: { restored: 'now', schema: z.enum(['database', 'files']), initial: 'database' },
  /** What closing the window does: asks, hides it in the tray, or quits. A Mac hides it anyway. */
  close_window: { restored: 'now', schema: z.enum(['ask', 'tray', 'quit']), initial: 'ask' },
  /** Where every backup is copied to once it is made; null for nowhere. */
  backup_copy_dir: { restored: 'now', schema: z.string().min(1).max(4096).nullable(), initial: null },
  /** Since when backups are to be encrypted; null: they are not. Kept beside the key, which somebody may remove. */
  backup_encryption: { restored: 'now', schema: z.iso.datetime().nullable(), initial: null },
  enforcement: { restored: 'now', schema: enforcement, initial: { mode: 'on', reason: null, until: null } },
  /** The global override; null when there is none. */
  override: { restored: 'now', schema: override.nullable(), initial: null },
  /** What a model without a price is taken to cost; null for the price Weir comes with. */
  fallback_price: { restored: 'backup', schema: fallbackPrice.nullable(), initial: null },
  /** Percent of a limit at which an alert is raised, ascending; three at most, for that is what a user's row can mark. */
  alert_thresholds: {
    restored: 'backup',
    schema: z.array(z.int().min(1).max(100)).min(1).max(3),
    initial: [75, 90, 100],
  },
  /** Kinds of alerts that are kept, but neither counted as unread nor told by the desktop. */
  alert_muted_kinds: { restored: 'backup', schema: z.array(z.enum(ALERT_KINDS)), initial: [] },
  /** When the desktop tells nothing, as minutes of the day in the billing zone; null for never. */
  alert_quiet_hours: {
    restored: 'backup',
    schema: z.strictObject({ from_minute: minuteOfDay, until_minute: minuteOfDay }).nullable(),
    initial: null,
  },
  /** Whether the first-run screen was left: something imported, the sample loaded, or started empty. */
  first_run_done: { restored: 'now', schema: z.boolean(), initial: false },
  /** Whether the data is the sample. */
  is_sample: { restored: 'now', schema: z.boolean(), initial: false },
} as const satisfies Record<
  string,
  { readonly restored: 'now' | 'backup'; readonly schema: z.ZodType; readonly initial: unknown }
>

export type SettingName = keyof typeof SETTINGS

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

/** All settings with their values. */
export type Settings = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> }

/** What `prompt_text: preview` keeps of a question: enough to recognise it in a list. */
export const PROMPT_PREVIEW_CHARACTERS = 120

/**
 * The enforcement that holds at `now`: a setting whose `until` has come is over and the mode is `on` again,
 * whether or not a job has tidied it up. `until` itself belongs to the time after.
 */
export function enforcementInForce(
  settings: Pick<Settings, 'enforcement'>,
  now: EpochMs,
): EnforcementSetting {
  const { until } = settings.enforcement
  if (until === null || until > now) return settings.enforcement
  return { mode: 'on', reason: null, until: null, since: until }
}

/** The global override that holds at `now`, or null when there is none or its end has come. */
export function overrideInForce(settings: Pick<Settings, 'override'>, now: EpochMs): LimitOverride | null {
  return settings.override !== null && settings.override.until > now ? settings.override : null
}
