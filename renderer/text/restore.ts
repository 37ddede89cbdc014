import type { RESTORE_STEPS, RESTORE_SUBJECTS } from '../../shared/contract/restore.ts'
import { RESTORE_STEP_NAMES } from '../../shared/restore-step-names.ts'
import { formatCount, formatDuration } from '../format.ts'
import { ago, bytes, counted, dateTime } from './figures.ts'

type Step = (typeof RESTORE_STEPS)[number]
type Subject = (typeof RESTORE_SUBJECTS)[number]

const steps: Readonly<Record<Step, string>> = RESTORE_STEP_NAMES

const subjects: Readonly<Record<Subject, string>> = {
  turns: 'Turns',
  sessions: 'Sessions',
  users: 'Users',
  profiles: 'Profiles',
  tokens: 'Usable tokens',
  grants: 'Grants',
  closed_months: 'Closed months',
}

/** Going back to a backup: comparing, confirming, following, and taking it back. */
export const restoreText = {
  open: 'Restore …',
  openOf: (at: string) => `Restore the backup of ${at}`,
  title: (at: string) => `Restore the backup of ${at}?`,
  comparing: 'Proving the backup and comparing it with what is there now. Nothing is changed.',
  takeInstead: (id: string) => `Compare with ${id} instead`,
  encrypted:
    'This backup is encrypted with a passphrase Weir does not have here. Enter the one it was made with; without it nobody can open it.',
  passphrase: 'Passphrase of the backup',
  unlock: 'Open the backup',
  means:
    'Limits, profiles, prices and settings become those of the backup. What was consumed since stays counted, users and sessions that came since stay, and nothing that was revoked works again. A backup of now is made first, checks and records wait for some seconds, and it can be undone.',
  unreadable: 'The database of now cannot be read',
  unreadableHint: (why: string) => `${why} Its files are kept beside the restored ones.`,
  age: (iso: string, now: number) => `made ${ago(iso, now)}`,
  size: (value: number) => bytes(value),
  counts: 'What is there',
  columns: { subject: '', now: 'Now', backup: 'In the backup', after: 'Afterwards', what: '' },
  subjects,
  count: (value: number | null) => (value === null ? 'unreadable' : formatCount(value)),
  kept: (count: number) => `${formatCount(count)} newer stay`,
  comesBack: (count: number) => `${formatCount(count)} come${count === 1 ? 's' : ''} back`,
  files: (turns: number, missing: number, unreadable: number) =>
    `The session files hold ${counted(turns, 'turn')}; ${
      missing === 0 ? 'none of them is missing' : `${formatCount(missing)} that no database has are added`
    }${unreadable === 0 ? '' : `. ${counted(unreadable, 'file')} cannot be read`}.`,
  changes: (total: number) =>
    total === 0
      ? 'No limit, user, price or setting changes.'
      : `${counted(total, 'limit, user, price or setting changes', 'limits, users, prices and settings change')}`,
  changeColumns: { subject: 'What', now: 'Now', after: 'Afterwards' },
  change: (kind: string, subject: string, field: string) =>
    `${kind} ${subject}: ${field.replaceAll('_', ' ')}`,
  kinds: { profile: 'Profile', user: 'User', setting: 'Setting', price: 'Price', token: 'Token' },
  none: 'none',
  more: (count: number) => `and ${formatCount(count)} more`,
  typed: (word: string) => `Type ${word}, the end of the backup's name`,
  typedHint: (id: string) => `Its name is ${id}.`,
  yes: 'Restore backup',
  running: (at: string) => `Restoring the backup of ${at}`,
  runningUndo: 'Undoing the restore',
  stay: 'What happens until it is decided can be cancelled without a trace. You can leave this screen.',
  cancel: 'Cancel the restore',
  cancelling: 'Stopping …',
  tooLate: 'It can no longer be cancelled; it can be undone afterwards.',
  stepState: {
    waiting: 'waiting',
    running: 'running',
    done: 'done',
    skipped: 'not needed',
    failed: 'failed',
    not_reached: 'not reached',
  },
  steps,
  took: (startedAt: string, finishedAt: string) =>
    formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)),
  list: 'Restores',
  kind: { restore: 'Restore', undo: 'Undo of a restore' },
  of: (at: string) => `to the backup of ${at}`,
  status: {
    running: 'Running',
    done: 'Restored',
    failed: 'Not restored',
    cancelled: 'Cancelled',
    rolled_back: 'Taken back',
  },
  by: (name: string, at: string) => `by ${name}, ${dateTime(at)}`,
  fenced: (ms: number) => `Checks and records waited for ${formatDuration(ms)}.`,
  safety: (id: string) => `What was there before is backup ${id}.`,
  keptIn: (path: string) => `The database of before is kept in ${path}.`,
  undone: 'It was undone.',
  details: 'Show the steps',
  hideDetails: 'Hide the steps',
  done: 'The backup is restored. What was consumed since is counted.',
  undoneDone: 'The restore is undone: limits, profiles and settings are those of before it.',
  cancelled: 'The restore was cancelled; nothing has changed.',
  failed: 'The restore did not go through; what was there before is served, unchanged.',
  undo: 'Undo restore …',
  undoTitle: (at: string) => `Undo the restore of ${at}?`,
  undoMeans:
    'Limits, profiles, prices and settings become those of before the restore. What was consumed since stays counted, and nothing that was revoked works again. Checks and records wait for some seconds.',
  undoYes: 'Undo restore',
  at: (iso: string) => dateTime(iso),
  step: {
    title: 'Go back: restore a backup',
    why: 'Limits, profiles, prices and settings become those of the backup. What was consumed since stays counted, and you see what would change before anything does.',
    none: 'No backup to go back to',
    ready: (iso: string, now: number) => `Newest backup ${ago(iso, now)}`,
    restored: 'Restored',
    restoredTo: (at: string) => `Restored to the backup of ${at}.`,
    go: 'Restore the newest …',
    choose: 'Choose another one',
    busy: 'A restore is running',
  },
  first: {
    title: 'Restore a backup',
    hint: (count: number) =>
      `There ${count === 1 ? 'is' : 'are'} ${counted(count, 'backup')} in this data folder.`,
    says: 'This folder has backups but no data. Going back to one of them brings its users, limits and turns; newer turns come from the session files.',
    choose: 'Backup',
    option: (at: string, size: string, state: string) => `${at}, ${size}, ${state}`,
    button: 'Compare and restore …',
  },
} as const
