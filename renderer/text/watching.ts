import { bytes, counted, dateTime } from './figures.ts'

/** The log. */
export const logsText = {
  title: 'Lines',
  unit: 'newest first, on your clock',
  levels: { debug: 'Debug', info: 'Info', warn: 'Warning', error: 'Error' },
  level: 'Level',
  from: (level: string) => `${level} and above`,
  area: 'Area',
  user: 'User id',
  request: 'Request id',
  text: 'Text',
  textHint: 'anywhere in the line',
  range: 'Range',
  ranges: { all: 'All there is', hour: 'Last hour', day: 'Last 24 hours', week: 'Last 7 days' },
  clear: 'Clear filters',
  live: 'Live',
  paused: 'Paused',
  pause: 'Pause',
  follow: 'Follow',
  pauseHint: 'Pause or follow the log',
  counters: 'Watched for, last 24 hours',
  events: {
    database_error: 'Database errors',
    drift_warning: 'Drift warnings',
  } as Readonly<Record<string, string>>,
  lastAt: (at: string | null) => (at === null ? 'none' : `last ${dateTime(at)}`),
  shortLog: (at: string | null) =>
    at === null
      ? 'The log has no line yet.'
      : `The log begins ${dateTime(at)}; what came before is not counted.`,
  showOnly: (event: string) => `Show only: ${event}`,
  none: 'No line matches',
  noneHint: (lowest: string) => `Lowest level kept: ${lowest}. Clear the filters to see every line.`,
  empty: 'The log is empty',
  emptyHint: 'Lines appear here as soon as something happens.',
  more: 'Show more lines',
  incomplete: 'There are older lines that are not shown. Narrow the filters or the range to reach them.',
  size: (size: number, cap: number) => `${bytes(size)} of ${bytes(cap)} kept; the oldest lines go first.`,
  shown: (count: number) => counted(count, 'line'),
  copy: 'Copy the line',
  line: 'The line',
  next: 'Next line',
  previous: 'Previous line',
  exportLines: 'Export lines',
  asJson: 'As NDJSON',
  asText: 'As text',
} as const

/** Readiness. */
export const readinessText = {
  title: 'Checks',
  success: 'After a week of use',
  run: 'Run all checks',
  verdict: {
    ready: (ok: number, total: number) => `Ready: ${ok} of ${total} checks are fine`,
    attention: (ok: number, total: number) => `Something needs you: ${ok} of ${total} checks are fine`,
    unknown: (ok: number, total: number) =>
      `Not everything can be judged yet: ${ok} of ${total} checks are fine`,
  },
  at: (at: string) => `Checked ${dateTime(at)}.`,
  states: { ok: 'Fine', attention: 'Needs you', unknown: 'Unknown' },
  since: (at: string) => `since ${dateTime(at)}`,
  fix: 'Fix',
  fixThis: (title: string) => `Fix: ${title}`,
  columns: {
    metric: 'Figure',
    target: 'Target',
    measured: 'Measured',
    state: 'Result',
    trend: 'Week before',
  },
  results: { met: 'Met', missed: 'Missed', cannot_judge: 'Cannot be judged yet' },
  trends: { better: '↓ better', same: '= same', worse: '↑ worse' },
  notMeasured: 'not measured',
  copyReport: 'Copy report',
  report: 'The report',
  saveJson: 'Save as JSON',
} as const

/** Settings. */
export const settingsText = {
  sections: {
    general: 'General',
    limits: 'Limits',
    data: 'Data',
    backup: 'Backups',
    privacy: 'Privacy',
    api: 'Local interface',
    logs: 'Logs',
  },
  names: {
    time_zone: 'Time zone of billing',
    reservation_minutes: 'Reservation, minutes',
    max_reservation_tokens: 'Largest reservation, tokens',
    auto_provision_users: 'Make unknown users at their first check',
    retention_days: 'Keep turns, days',
    backup_copy_dir: 'Second folder for backups',
    prompt_text: 'Prompt text that is kept',
    log_cap_mb: 'Size of all logs, MB',
    port: 'Port',
    sessions_dir: 'Folder of the session files',
  } as Readonly<Record<string, string>>,
  choices: { full: 'All of it', preview: 'First 120 characters', none: 'Nothing' } as Readonly<
    Record<string, string>
  >,
  initial: (value: string) => `Default: ${value}.`,
  restart: 'Holds after the next start.',
  pending: (now: string) => `In force until the next start: ${now}.`,
  nothing: 'none',
  dirty: 'Not saved',
  save: 'Save',
  saveSection: (section: string) => `Save ${section}`,
  discard: 'Discard',
  saved: (section: string) => `${section} saved.`,
  savedRestart: (section: string) => `${section} saved. Restart Weir to use it.`,
  eraseTitle: 'Erase stored prompt text?',
  erase: (turns: number) =>
    `Keeping less erases the prompt text of ${counted(turns, 'turn')} for good. Tokens and cost stay as they are.`,
  eraseYes: 'Erase prompt text',
  erasing: 'Prompt text is being erased.',
  diagnostics: 'Diagnostics',
  diagnosticsHint:
    'Versions, settings, checks, figures and the last log lines in one file, without secrets and prompt text. Nothing is sent anywhere.',
  saveBundle: 'Save diagnostics bundle',
  bundleSaved: 'The diagnostics bundle is on its way to your downloads.',
} as const
