import { formatCount, formatMoney, formatPercent } from '../format.ts'
import { bytes, counted, span } from './figures.ts'

/** The platform's tables in the operator's words. */
const TABLES: Readonly<Record<string, string>> = {
  consumption_profiles: 'Profiles',
  users: 'Users',
  access_tokens: 'Tokens',
  llm_model_costs: 'Prices',
  consumption_turns: 'Turns',
  consumption_periods_archive: 'Closed months',
}

/** The first-run screen. */
export const firstRunText = {
  title: 'Welcome to Weir',
  intro:
    'Weir meters what every user of your agent consumes and holds them to their limits. How do you want to start?',
  choices: 'How to start',
  import: {
    title: 'Import existing sessions',
    hint: 'Read the session files your agent has written. They are not changed.',
  },
  sample: {
    title: 'Look around with a sample',
    hint: 'Made-up users and turns, marked as such, to see what the screens show.',
  },
  empty: { title: 'Start empty', hint: 'Connect the agent and let the figures come in.' },
  samplePanel:
    'The sample fills this empty data folder. It is taken away again with one click, to meter your own users.',
  sampleButton: 'Load the sample',
  sampleDone: (users: number, sessions: number, turns: number) =>
    `The sample is in: ${counted(users, 'user')}, ${counted(sessions, 'session')}, ${counted(turns, 'turn')}.`,
  emptyPanel:
    'Nothing is loaded. The next screen makes the token your agent needs and shows the two calls it makes. You can import sessions at any time.',
  emptyButton: 'Start empty',
  folder: (path: string) => `Data is kept in ${path}`,
  zone: (zone: string) => `Months are counted in ${zone}`,
} as const

/** Import of session files. */
export const importText = {
  title: 'Import sessions',
  intro:
    'Reads the session files of your agent into the ledger. The files are not changed, and what is in the ledger already is left alone, so it can be run again at any time.',
  folder: 'Folder with the session files',
  folderHint: 'One folder per user, in it one JSON file per session.',
  placeholder: '/path/to/sessions',
  auth: {
    ask: 'Also take over users, tokens and prices from an auth database …',
    field: 'Auth database of the platform',
    fieldHint:
      'A SQLite file. It is only read; users, profiles, tokens, prices, closed months and turns come of it.',
    placeholder: '/path/to/auth.db',
    holds: (tables: readonly { readonly table: string; readonly rows: number }[]) =>
      tables.map(({ table, rows }) => `${TABLES[table] ?? table}: ${formatCount(rows)}`).join(', '),
    progress: (done: number, total: number) =>
      `${formatCount(done)} of ${counted(total, 'row')} of the auth database`,
    title: 'From the auth database',
    accuracy: (value: number | null) =>
      value === null
        ? 'Nothing was written.'
        : `${formatPercent(value)} of what could be taken is in Weir exactly.`,
    tables: TABLES,
    what: 'What',
    found: 'Rows',
    imported: 'New',
    there: 'There before',
    conflicting: 'Otherwise in Weir',
    rejected: 'Not taken',
    row: 'Row',
    rejects: (rows: number) => `${counted(rows, 'row')} cannot be taken`,
    rejectsHint: 'Everything else is taken all the same.',
    conflicts: (rows: number) => `${counted(rows, 'row')} ${rows === 1 ? 'is' : 'are'} otherwise in Weir`,
    conflictsHint: 'What Weir has is left as it is. Change it there if the platform is right.',
    behind: (table: string, rows: number, reason: string) =>
      `${table}${rows === 0 ? '' : ` (${counted(rows, 'row')})`} stays behind. ${reason}`,
  },
  zone: 'Time zone of months and days',
  zoneHint: 'It cannot be changed once the first turn is in.',
  people: {
    title: 'Users of this import',
    save: 'Save the report',
    hint: (added: number) =>
      added === 0 ? 'Weir knows all of them.' : `${counted(added, 'user')} unknown to Weir before.`,
    folder: 'Id',
    user: 'In Weir',
    isNew: 'new',
    turns: 'Turns',
    input: 'Input tokens',
    output: 'Output tokens',
    readBack: 'Read back',
    exact: (value: boolean | null) => (value === null ? 'not looked at' : value ? 'exact' : 'differs'),
  },
  looking: 'Looking into the folder …',
  found: (users: number, files: number, size: number) =>
    `${counted(users, 'user')}, ${counted(files, 'session file')}, ${bytes(size)}`,
  missing: 'There is no folder at this path.',
  unreadable: 'The folder is there but cannot be read. Check its permissions.',
  nothing:
    'There are no session files in this folder. Weir expects one folder per user, in it one JSON file per session.',
  dryRun: 'Dry run',
  dryRunHint: 'Reads everything and writes nothing',
  start: (files: number) => (files > 0 ? `Import ${counted(files, 'session')}` : 'Import sessions'),
  phases: {
    listing: 'Listing the files',
    taking: 'Taking over users and prices',
    reading: 'Reading the files',
    writing: 'Writing to the ledger',
    archiving: 'Closing past months',
    validating: 'Comparing the ledger with the files',
    finished: 'Finished',
  },
  progress: (done: number, total: number) => `${formatCount(done)} of ${counted(total, 'file')}`,
  rate: (perSecond: number) => `${formatCount(perSecond)} files/s`,
  left: (seconds: number) => `about ${span(seconds)} left`,
  written: (turns: number) => `${counted(turns, 'turn')} written`,
  from: (path: string) => `From ${path}`,
  leave: 'You can leave this screen; the import goes on and shows in the status bar.',
  cancel: 'Cancel the import',
  cancelling: 'Stopping …',
  cancelled: 'The import was stopped',
  cancelledHint: (turns: number) =>
    `${counted(turns, 'turn')} of whole sessions are in the ledger. Import again to go on from there.`,
  failed: 'The import did not finish',
  again: 'Import again',
  dryTitle: 'Dry run: nothing was written',
  drySummary: (users: number, sessions: number, turns: number) =>
    `The files hold ${counted(turns, 'turn')} in ${counted(sessions, 'session')} of ${counted(users, 'user')}.`,
  /** An entry is a turn, or what a session spent outside its turns. */
  dryNew: (imported: number, there: number) =>
    there === 0
      ? `${counted(imported, 'ledger entry', 'ledger entries')} would be new.`
      : `${counted(imported, 'ledger entry', 'ledger entries')} would be new, ${formatCount(there)} are there already.`,
  months: {
    caption: 'Totals per month',
    month: 'Month',
    users: 'Users',
    turns: 'Turns',
    input: 'Input tokens',
    output: 'Output tokens',
    cost: 'Est. cost',
    all: 'All months',
  },
  cost: (value: number) => formatMoney(value),
  doneTitle: 'The sessions are imported',
  doneAttention: 'The sessions are imported; something needs a look',
  doneNothing: 'Everything was in the ledger already',
  sourceLine: (users: number, sessions: number, turns: number) =>
    `Read ${counted(turns, 'turn')} in ${counted(sessions, 'session')} of ${counted(users, 'user')}.`,
  figures: {
    imported: 'New in the ledger',
    there: 'There already',
    conflicting: 'Kept as recorded',
    unreadable: 'Unreadable files',
    accuracy: 'Accuracy',
    outside: 'Tokens outside turns',
  },
  figureHints: {
    imported: 'entries: turns, and what sessions spent outside them',
    there: 'entries left alone',
    conflicting: 'turns the agent recorded with other figures',
    unreadable: 'files left out, listed below',
    accuracy: 'of the monthly totals in the files are what the ledger gives back',
    outside: 'spent in sessions but in none of their turns',
  },
  accuracy: (value: number | null) => (value === null ? 'not measured' : formatPercent(value)),
  unreadableTitle: (files: number) => `${counted(files, 'file')} could not be read`,
  unreadableHint:
    'Nothing of these files is in the ledger. Repair them and import again; the rest is left alone.',
  file: 'File',
  reason: 'Reason',
  mismatchTitle: (rows: number) =>
    `${counted(rows, 'total')} of the ledger ${rows === 1 ? 'differs' : 'differ'} from the files`,
  mismatchHint: 'Turns the agent recorded itself are kept as they are, which is the usual cause.',
  mismatch: { user: 'User', month: 'Month', field: 'Figure', file: 'In the files', ledger: 'In the ledger' },
  more: (rows: number) => `and ${formatCount(rows)} more`,
  toDashboard: 'Open the dashboard',
  toConnect: 'Connect the agent',
  another: 'Import another folder',
  cancelDone: 'The import is being stopped; sessions already written stay.',
} as const
