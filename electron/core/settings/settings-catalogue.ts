import type { OperationOutput } from '../../../shared/contract/index.ts'
import {
  LOG_CAP_MB_MAX,
  LOG_CAP_MB_MIN,
  RETENTION_DAYS_MAX,
  RETENTION_DAYS_MIN,
} from '../../../shared/contract/settings.ts'
import { TOKENS_MAX } from '../../../shared/units.ts'
import { DEFAULT_PORT } from '../kernel/start-settings.ts'
import { SETTINGS, type SettingName } from './settings.ts'

type State = OperationOutput<'settings.get'>['settings'][number]

/** What is said of a setting besides its value. */
export type SettingEntry = Pick<
  State,
  'section' | 'kind' | 'choices' | 'minimum' | 'maximum' | 'effect' | 'restart_needed' | 'initial'
>

const number = (minimum: number, maximum: number) =>
  ({ kind: 'whole_number', choices: null, minimum, maximum }) as const
const plain = (kind: 'text' | 'switch') => ({ kind, choices: null, minimum: null, maximum: null }) as const
const choice = (...choices: string[]) => ({ kind: 'choice', choices, minimum: null, maximum: null }) as const

/** A setting of the database: it holds at once. */
const stored = (
  name: SettingName,
  entry: Omit<SettingEntry, 'initial' | 'restart_needed'>,
): SettingEntry => ({
  ...entry,
  initial: SETTINGS[name].initial as SettingEntry['initial'],
  restart_needed: false,
})

/** The settings of the database the operator edits here, in the order they are shown. */
export const EDITABLE = {
  time_zone: stored('time_zone', {
    section: 'general',
    ...plain('text'),
    effect:
      'Where hours, days and billing months begin. It can be chosen until something was counted; after that it stays, because closed months cannot be closed again by another clock.',
  }),
  reservation_minutes: stored('reservation_minutes', {
    section: 'limits',
    ...number(1, 1440),
    effect:
      'How many minutes the tokens of a check stay reserved for a turn that is never recorded. Holds for the next check.',
  }),
  max_reservation_tokens: stored('max_reservation_tokens', {
    section: 'limits',
    ...number(0, TOKENS_MAX),
    effect: 'The most tokens one check may reserve in each direction; a larger estimate is cut to it.',
  }),
  auto_provision_users: stored('auto_provision_users', {
    section: 'limits',
    ...plain('switch'),
    effect:
      'On: a user nobody made is made at their first check, with the default profile. Off: an unknown user is refused.',
  }),
  watch_sessions: stored('watch_sessions', {
    section: 'data',
    ...plain('switch'),
    effect:
      'On: session files that change are read in within seconds, and what changed while Weir was away at its start. Off: only an import or a reconciliation looks at them.',
  }),
  sessions_writer: stored('sessions_writer', {
    section: 'data',
    ...choice('agent', 'weir'),
    effect:
      'The agent: it keeps its session files, and Weir reads them. Weir: a turn that is recorded goes into a session file in the data folder first and then into the database, so nothing is lost while the database is away.',
  }),
  dashboards_source: stored('dashboards_source', {
    section: 'data',
    ...choice('database', 'files'),
    effect:
      'Where the dashboards get their figures from. The session files are the way back when the figures of the database are in doubt: both give the same, recording goes on, and you can return at any time. When the database cannot be read, the files are used by themselves.',
  }),
  retention_days: stored('retention_days', {
    section: 'data',
    ...number(RETENTION_DAYS_MIN, RETENTION_DAYS_MAX),
    effect:
      'How many days a turn stays in the ledger at least. The daily job removes older ones of closed months; their sums stay in the archive.',
  }),
  backup_copy_dir: stored('backup_copy_dir', {
    section: 'backup',
    ...plain('text'),
    effect:
      'A folder on another disk, where every new backup is copied and read back. Empty: backups stay on this disk only, and do not survive it.',
  }),
  prompt_text: stored('prompt_text', {
    section: 'privacy',
    ...choice('full', 'preview', 'none'),
    effect:
      'How much of a question is kept with its turn: all of it, its first 120 characters, or nothing. Keeping less erases what is stored beyond it, for good.',
  }),
  log_cap_mb: stored('log_cap_mb', {
    section: 'logs',
    ...number(LOG_CAP_MB_MIN, LOG_CAP_MB_MAX),
    effect:
      'How many megabytes the logs may take together. The oldest lines go first; a smaller cap removes some at once.',
  }),
  close_window: stored('close_window', {
    section: 'window',
    ...choice('ask', 'tray', 'quit'),
    effect:
      'Limits are held and turns counted only while Weir runs. In the tray it goes on without its window. Where the desktop has no tray, closing asks until quitting is chosen here. On a Mac Weir stays open without a window anyway.',
  }),
} as const satisfies Partial<Record<SettingName, SettingEntry>>

/** The settings of `settings.json`: needed before the database opens, so they hold after the next start. */
export const IN_FILE = {
  port: {
    section: 'api',
    ...number(0, 65_535),
    initial: DEFAULT_PORT,
    effect:
      'The port of the local interface, on 127.0.0.1 only. Agents must be told the new one; --port and WEIR_PORT go before it.',
    restart_needed: true,
  },
  sessions_dir: {
    section: 'data',
    ...plain('text'),
    initial: null,
    effect: 'The folder where the agent keeps its session files. --sessions-dir goes before it.',
    restart_needed: true,
  },
} as const satisfies Record<string, SettingEntry>

/** Kept by the operating system and not by Weir: what is there is what holds. */
export const OPEN_AT_LOGIN = {
  section: 'window',
  ...plain('switch'),
  initial: false,
  effect:
    'On: Weir is started when you sign in to this machine, without its window: in the tray, or minimised where there is none.',
  restart_needed: false,
} as const satisfies SettingEntry

export type EditableName = keyof typeof EDITABLE
export type FileSettingName = keyof typeof IN_FILE
