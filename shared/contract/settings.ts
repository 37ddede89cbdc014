import { z } from 'zod'
import { operation } from './operation.ts'

/** What the operator can set. Enforcement and overrides have operations of their own. */

/** Days a turn is kept at least: a month and the days its archive may be late. */
export const RETENTION_DAYS_MIN = 32
/** Ten years; who wants to keep turns longer turns the daily job off. */
export const RETENTION_DAYS_MAX = 3_650
/** Fewer than this would not hold a day of a busy agent. */
export const LOG_CAP_MB_MIN = 5
export const LOG_CAP_MB_MAX = 2_000

/** Sections in the order of the screen. */
export const SETTING_SECTIONS = [
  'general',
  'limits',
  'data',
  'backup',
  'privacy',
  'api',
  'logs',
  'window',
] as const

const settingValue = z.union([z.string(), z.number(), z.boolean(), z.null()])

export const settingState = z.object({
  name: z.string(),
  section: z.enum(SETTING_SECTIONS),
  value: settingValue,
  /** What holds until somebody decides otherwise. */
  initial: settingValue,
  kind: z.enum(['text', 'whole_number', 'choice', 'switch']),
  /** The values of a choice. */
  choices: z.array(z.string()).nullable(),
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
  /** What it does, for a person. */
  effect: z.string(),
  /** Whether it holds only after the next start. */
  restart_needed: z.boolean(),
  /** What this process works with; differs from `value` until the next start. */
  in_force: settingValue,
  /** Why it cannot be changed now; null when it can. */
  fixed_because: z.string().nullable(),
})

const settingsState = z.object({
  settings: z.array(settingState),
  /** Whether prompt text is still being erased after a change of `prompt_text`. */
  is_erasing: z.boolean(),
})

export const settingOperations = {
  'settings.get': operation({
    method: 'GET',
    path: '/api/v1/admin/settings',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The settings: value, default, what each does, and whether a change needs a restart',
    input: z.strictObject({}),
    output: settingsState,
    errors: [],
    example: {},
  }),
  'settings.update': operation({
    method: 'PATCH',
    path: '/api/v1/admin/settings',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Change settings together; what is not named stays',
    description:
      'Keeping less of the prompts erases what is stored beyond it: without `confirm_erase: true` the change is ' +
      'refused with `confirmation_needed`, which says how many turns it concerns. `time_zone` is fixed once anything ' +
      'was counted, because months that were closed by one clock cannot be closed again by another.',
    input: z.strictObject({
      time_zone: z.string().min(1).max(64).optional(),
      reservation_minutes: z.int().optional(),
      max_reservation_tokens: z.int().optional(),
      auto_provision_users: z.boolean().optional(),
      backup_copy_dir: z.string().min(1).max(4096).nullable().optional(),
      prompt_text: z.enum(['full', 'preview', 'none']).optional(),
      watch_sessions: z.boolean().optional(),
      sessions_writer: z.enum(['agent', 'weir']).optional(),
      dashboards_source: z.enum(['database', 'files']).optional(),
      retention_days: z.int().optional(),
      log_cap_mb: z.int().optional(),
      close_window: z.enum(['ask', 'tray', 'quit']).optional(),
      open_at_login: z.boolean().optional(),
      port: z.int().min(0).max(65_535).nullable().optional(),
      sessions_dir: z.string().min(1).max(4096).nullable().optional(),
      confirm_erase: z.boolean().optional(),
    }),
    output: settingsState.extend({
      /** Names of what was changed and holds after the next start only. */
      restart_needed: z.array(z.string()),
      /** Turns whose prompt text is erased by this change. */
      erased_prompts: z.number(),
    }),
    errors: [
      'invalid_request',
      'setting_fixed',
      'confirmation_needed',
      'folder_unreadable',
      'storage_unavailable',
      'busy',
    ],
    example: { reservation_minutes: 15 },
  }),
}
