import { formatCount, formatDuration, formatInstant, formatNoun, formatUntil } from '../format.ts'
import { ago } from './figures.ts'

/** The jobs: what each does, when it runs, how its runs went. */
export const jobsText = {
  intro:
    'Limits never wait for a job: they keep themselves up to date. Jobs tidy up what nobody touches, close months, make backups, and compare the session files with the ledger. What was missed while Weir was off or the machine asleep is caught up once.',
  table: 'Jobs',
  columns: {
    job: 'Job',
    schedule: 'Schedule',
    next: 'Next run',
    last: 'Last run',
    recent: 'Last 20 runs',
    took: 'Took',
    enabled: 'On',
  },
  names: {
    hourly: 'Hourly',
    daily: 'Daily',
    monthly: 'Monthly',
    reconcile: 'Reconcile',
    backup: 'Backup',
  },
  does: {
    hourly: 'Keeps peaks, gives expired reservations back, notes ended grants, starts idle hours again.',
    daily: 'Keeps peaks, starts idle days again, removes old turns of archived months.',
    monthly: 'Closes the month of users who were idle since, with the limits in force.',
    reconcile: 'Compares the session files with the ledger and repairs small differences.',
    backup: 'Makes a backup, opens it once to prove it, and removes those no longer needed.',
  },
  offEffect: {
    hourly:
      'Limits go on as they should. Expired reservations and ended grants of users who are not active stay in the figures until they are.',
    daily: 'Limits go on as they should. Old turns are no longer removed, so the database grows.',
    monthly:
      'Users who are active close their month themselves. The month of idle users stays open, and is missing in their history, until they come back.',
    reconcile: 'Differences between the session files and the ledger are no longer found by themselves.',
    backup:
      'No backup is made by itself. After a damage to the disk, what was recorded since the last one is lost.',
  },
  runEffect: {
    daily:
      'Besides tidying up, it removes turns of archived months that are older than the retention time. Their sums stay; the single turns do not come back.',
    reconcile: 'It repairs differences within the threshold, after a copy of the database was made.',
  },
  open: (name: string) => `Show the runs of ${name}`,
  inZone: (zone: string) => `Times are in the billing zone, ${zone}.`,
  next: (iso: string, now: number) => formatUntil(Date.parse(iso), now),
  at: (iso: string, zone: string) => formatInstant(iso, zone),
  ago: (iso: string, now: number) => ago(iso, now),
  off: 'switched off',
  never: 'No run yet',
  firstAt: (iso: string, zone: string) => `No run yet, the first at ${formatInstant(iso, zone)}`,
  neverOff: 'No run yet. Switch it on, or run it now.',
  took: (ms: number) => formatDuration(ms),
  status: {
    running: 'Running',
    done: 'Done',
    partial: 'Something undone',
    failed: 'Failed',
    cancelled: 'Cancelled',
    interrupted: 'Interrupted',
  },
  trigger: { schedule: 'schedule', 'catch-up': 'catch-up', manual: 'by hand' },
  dryRun: 'dry run',
  bars: (runs: number, bad: number) =>
    runs === 0
      ? 'No run yet'
      : `The last ${formatNoun(runs, 'run', 'runs')}, ${formatCount(bad)} of them not done`,
  bar: (status: string, at: string, took: string) => `${status}, ${at}${took === '' ? '' : `, ${took}`}`,
  switch: (name: string) => `${name} runs on its schedule`,
  run: 'Run now',
  dry: 'Dry run',
  cancel: 'Cancel the run',
  retry: 'Retry',
  edit: 'Edit schedule',
  runs: (name: string) => `Runs of ${name}`,
  started: (name: string) => `${name} is running.`,
  startedDry: (name: string) => `${name} looks what it would change, and changes nothing.`,
  cancelling: (name: string) => `${name} stops at the next safe place.`,
  runTitle: (name: string) => `Run ${name} now?`,
  offTitle: (name: string) => `Switch ${name} off?`,
  offYes: 'Switch off',
  switchedOff: (name: string) => `${name} is switched off.`,
  switchedOn: (name: string) => `${name} runs on its schedule again.`,
  scheduleTitle: (name: string) => `When ${name} runs`,
  schedule: 'Schedule',
  scheduleHint:
    'Minute, hour, day of the month, month, day of the week; * is every one. 30 1 * * * is 01:30 every day.',
  nextFive: 'It would run next',
  toDefault: (schedule: string) => `Use the default, ${schedule}`,
  save: 'Save',
  saved: (name: string, words: string) => `${name} runs from now on: ${words}.`,
  noRuns: 'No run of this kind',
  noRunsHint: 'Choose another result, or run the job now.',
  result: 'Result',
  anyResult: 'Any result',
  runColumns: { started: 'Started', trigger: 'Why', took: 'Took', result: 'Result', counts: 'What it did' },
  details: (at: string) => `Show the log of the run of ${at}`,
  log: 'Log',
  noLog: 'The run has not written a line yet.',
  logFile: (job: string) => `The whole log is logs/consumption_${job}.log in the data folder.`,
  caughtUp: (missed: string, at: string, instants: number) =>
    instants > 1
      ? `Missed ${formatCount(instants)} times since ${missed} while Weir was off or asleep, caught up at ${at}`
      : `Missed at ${missed} while Weir was off or asleep, caught up at ${at}`,
  attempts: (attempts: number) => `Begun ${formatCount(attempts)} times: Weir ended in the middle of it`,
  count: (name: string, value: number) => `${name.replaceAll('_', ' ')} ${formatCount(value)}`,
  nothing: 'nothing to do',
  failures: (failures: number) => `not done for ${formatCount(failures)}`,
  by: (name: string) => `by ${name}`,
  more: (shown: number, total: number) => `${formatCount(shown)} of ${formatNoun(total, 'run', 'runs')}`,
  showMore: 'Show more',
  exportName: (job: string) => `weir-job-${job}`,
  clockTitle: 'Nothing is removed for now',
  clock: (reason: string) =>
    `${reason}. Jobs run as usual, but old turns stay until time has passed evenly for a day, or you say that the clock is right.`,
  trust: 'The clock is right',
  trusted: 'Weir believes the clock again.',
  nextJob: (name: string, until: string) => `Next job: ${name} ${until}`,
  jobRunning: (name: string) => `${name} is running`,
  nextJobHint: 'The jobs, their schedules and runs',
} as const
