import { formatCount, formatPercent, formatUntil } from '../format.ts'
import { STATUS_WORDS } from './components.ts'
import { bytes, counted, dateTime, span, time } from './figures.ts'

/** Words that belong to no screen. */
export const appText = {
  name: 'Weir',
  tagline: 'Meters what your users consume and holds them to their limits',
  requestId: (id: string) => `Request ${id}.`,
  retry: 'Try again',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  copiedThing: (thing: string) => `${thing} is on the clipboard.`,
  copyFailed: 'The clipboard cannot be used here. Select the text and copy it by hand.',
  copyDetails: 'Copy details',
  reload: 'Reload Weir',
  screenBroke: 'This screen ran into an error',
  screenBrokeHint:
    'Your data is not touched, and the other screens still work. Try the screen again, or copy the details for a report.',
  appBroke: 'Weir’s window ran into an error',
  appBrokeHint: 'The core keeps metering and your data is not touched. Reload to go on.',
  notFound: 'There is nothing at this address',
  notFoundHint: 'The link may be from another version of Weir.',
  toDashboard: 'Open the dashboard',
} as const

/** The shell: navigation, top bar, status bar, banners, palette, list of shortcuts. */
export const shellText = {
  navigation: 'Screens',
  fold: 'Fold the navigation',
  unfold: 'Unfold the navigation',
  skip: 'Skip to the screen',
  palette: 'Search or run a command',
  paletteShort: 'Search',
  help: 'Keyboard shortcuts',
  screens: {
    dashboard: 'Dashboard',
    users: 'User consumption',
    costs: 'Costs & prices',
    sessions: 'Sessions & turns',
    intelligence: 'Intelligence',
    profiles: 'Profiles',
    access: 'Users & tokens',
    connect: 'Connect',
    enforcement: 'Enforcement',
    audit: 'Audit log',
    import: 'Import sessions',
    logs: 'Logs',
    readiness: 'Readiness',
    settings: 'Settings',
    reconciliation: 'Reconciliation',
    jobs: 'Jobs',
    backups: 'Backups & rollback',
  },
  /** The headings of the navigation. */
  screenGroups: {
    consumption: 'Consumption',
    limits: 'Limits',
    books: 'Books',
    system: 'System',
  },
  navigationLabels: {
    dashboard: 'Dashboard',
    users: 'Users',
    sessions: 'Sessions',
    costs: 'Costs',
    enforcement: 'Enforcement',
    audit: 'Audit log',
    intelligence: 'Intelligence',
    profiles: 'Profiles',
    access: 'Access',
    connect: 'Connect',
    import: 'Import',
    reconciliation: 'Reconciliation',
    jobs: 'Jobs',
    backups: 'Backups',
    logs: 'Logs',
    readiness: 'Readiness',
    settings: 'Settings',
  },
  goTo: (screen: string) => `Go to ${screen}`,
  theme: {
    label: 'Theme',
    light: 'Light theme',
    dark: 'Dark theme',
    auto: 'Theme of the system',
    toggle: 'Switch to the next theme (light, dark, system)',
    now: (name: string) => `${name}. Click for the next one.`,
  },
  state: {
    running: 'Running',
    importing: 'Importing',
    restoring: 'Restoring',
    stopping: 'Stopping',
    unreachable: 'No answer',
    unknown: 'Asking …',
  },
  notLive: 'Not live',
  notLiveHint:
    'Weir does not tell this page of changes at the moment. Figures are asked for now and then until it does.',
  stateHint: (version: string, folder: string, turns: number, size: number) =>
    `Weir ${version}, data in ${folder}: ${counted(turns, 'turn')}, ${bytes(size)}`,
  api: (address: string) => `API ${address}`,
  apiCopy: 'Copy the API address',
  apiName: 'The API address',
  apiOff: 'API off',
  turns: (turns: number) => counted(turns, 'turn'),
  turnsHint: (users: number) => `${counted(users, 'user')} known`,
  size: (size: number) => bytes(size),
  sizeHint: (size: number, schema: number) => `Database: ${formatCount(size)} bytes, schema ${schema}`,
  period: (period: string, zone: string) => `${period} · ${zone}`,
  periodHint: (zone: string) =>
    `The billing month now running and the time zone its days and months are counted in: ${zone}`,
  importChip: (done: number, total: number) => `Import ${formatCount(done)} of ${formatCount(total)}`,
  importChipLabel: 'An import is running. Show it.',
  damage: {
    says: (foundAt: string | null, detail: string | null) =>
      `The database is damaged${foundAt === null ? '' : `, found ${dateTime(foundAt)}`}${detail === null ? '' : ` (${detail})`}. Nothing is written to it any more, and checks get the answer set for that.`,
    hint: (madeAt: string) => `The newest verified backup is of ${dateTime(madeAt)}.`,
    noBackup: 'There is no verified backup: import the session files into an empty data folder.',
    recover: 'Recover …',
    title: 'Recover the database?',
    means: (madeAt: string) =>
      `The newest backup that is still whole is put in its place, if nothing is wrong with it that of ${dateTime(madeAt)}. What can be read of the damaged database and the turns of the session files are added. Checks and records wait for some seconds.`,
    lost: 'What was administered since and cannot be read is gone: the report says which parts. The damaged files are kept.',
    yes: 'Recover',
  },
  sample: {
    title: 'Remove the sample?',
    says:
      'The users of the sample are deleted with everything recorded for them. Other users, profiles, prices and ' +
      'settings stay. The sample can be loaded again where no users are left.',
    action: 'Remove the sample',
    done: (users: number, turns: number) =>
      `The sample is gone: ${counted(users, 'user')} with ${counted(turns, 'turn')}.`,
  },
  restoreChip: (done: number, total: number) => `Restore, step ${Math.min(done + 1, total)} of ${total}`,
  restoreChipLabel: 'A backup is being restored. Show it.',
  repriceChip: (done: number, total: number | null) =>
    total === null ? 'Pricing again' : `Pricing again, ${formatCount(done)} of ${counted(total, 'turn')}`,
  repriceChipLabel: 'Turns are being priced again. Show it.',
  banner: {
    unreachable: (since: number) =>
      `Weir has not answered since ${time(since)}. What you see is what it said last.`,
    unreachableFromStart: 'Weir does not answer. Is it still running?',
    enforcementOff: (reason: string | null, until: string | null, now: number) =>
      `Limits are not enforced: every check says yes${because(reason)}. ${back(until, now)}`,
    enforcementObserve: (reason: string | null, until: string | null, now: number) =>
      `Limits are only observed: what would be blocked is counted, nothing is blocked${because(reason)}. ${back(until, now)}`,
    resume: 'Resume now',
    showOverride: 'Show',
    override: (until: string) => `An emergency override of the limits is in force until ${dateTime(until)}.`,
    sample: 'You are looking at sample data.',
    removeSample: 'Remove the sample …',
    importing: (done: number, total: number) =>
      `Sessions are being imported: ${formatCount(done)} of ${counted(total, 'file')}. Figures grow while it runs.`,
    showImport: 'Show the import',
    databaseDown: (since: string) => `The database cannot be read since ${dateTime(since)}.`,
    filesChosen:
      'Dashboards show the session files, as you have chosen. Recording and limits go on as usual.',
    filesShown: (at: string) => `Figures are those of the files, read ${dateTime(at)}.`,
    filesBeingRead: 'The session files are being read; until then figures are those of the database.',
    filesFailed: (reason: string) => `The session files cannot be shown: ${reason}`,
    showDatabase: 'Show the database',
    databaseAgain: 'Dashboards show the database again.',
    stopping: 'Weir is shutting down. Running work is being finished.',
    restoring:
      'A backup is being restored. Checks and records wait for some seconds; this page goes on by itself.',
  },
  paletteText: {
    placeholder: 'A screen, a user, an action …',
    nothing: 'Nothing matches. Try a shorter word.',
    screens: 'Screens',
    actions: 'Actions',
    users: 'Users',
    views: 'Saved views',
    searching: 'Looking for users …',
    importSessions: 'Import sessions',
    toggleTheme: 'Change the theme',
    refresh: 'Refresh the figures',
    copyApi: 'Copy the API address',
    shortcuts: 'Show the keyboard shortcuts',
    userHint: (percent: number | null, status: keyof typeof STATUS_WORDS) =>
      percent === null
        ? STATUS_WORDS[status]
        : `${STATUS_WORDS[status]}, fullest limit at ${formatPercent(percent)}`,
  },
  shortcutHelp: {
    title: 'Keyboard shortcuts',
    singleKeys: 'Shortcuts of a single key',
    singleKeysHint:
      'Off: only combinations with Ctrl or Cmd and function keys work. Useful with speech input.',
    between: 'then',
  },
  groups: { general: 'Everywhere', go: 'Go to' },
} as const

function because(reason: string | null): string {
  return reason === null || reason === '' ? '' : ` (${reason})`
}

function back(until: string | null, now: number): string {
  return until === null
    ? 'It stays so until you change it.'
    : `Enforcement resumes by itself ${formatUntil(Date.parse(until), now)}, at ${dateTime(until)}.`
}

/** Enforcement in a word. */
export const enforcementText = {
  on: 'Enforcement on',
  observe: 'Observing only',
  off: 'Enforcement off',
} as const

/** Months. */
export const periodText = {
  zone: (zone: string) => `Months are counted in ${zone}.`,
} as const

/** The refresh control. */
export const refreshText = {
  now: 'Refresh the figures now',
  menu: 'Refresh by itself',
  choose: (choice: 'live' | number) =>
    choice === 'live'
      ? 'Refresh by itself: live, as figures change'
      : choice === 0
        ? 'Refresh by itself: off'
        : `Refresh by itself every ${span(choice)} at most`,
  short: (choice: 'live' | number) => (choice === 'live' ? 'Live' : choice === 0 ? 'Off' : span(choice)),
  every: (choice: 'live' | number) =>
    choice === 'live' ? 'Live, as figures change' : choice === 0 ? 'Off' : `Every ${span(choice)} at most`,
  updated: (seconds: number) => (seconds < 5 ? 'updated just now' : `updated ${span(seconds)} ago`),
} as const
