import { formatCount } from '../format.ts'
import { ago, counted, dateTime } from './figures.ts'

/** The rollback plan: what to do when Weir is in the way, each step with its state and its way back. */
export const rollbackText = {
  intro:
    'For the day something is wrong with limits or figures. Take only the steps you need, from the top; each says how things stand now, each can be taken back, and each is in the audit log.',
  step: (number: number) => `Step ${number}`,
  enforcement: {
    title: 'Let everybody work: stop enforcing limits',
    why: 'A request is never refused while it lasts. It ends by itself, so that it cannot be forgotten.',
    on: 'Limits are enforced',
    observe: 'Limits are only observed',
    off: 'Limits are not enforced',
    reason: (reason: string) => `Reason: ${reason}`,
    until: (at: string, wait: string) => `Enforced again by itself ${wait}, at ${at}.`,
    forever: 'It stays so until you change it.',
    go: 'Stop enforcing …',
    back: 'Enforce again now',
    backDone: 'Limits are enforced again, from the next check on.',
    more: 'Open Enforcement',
  },
  files: {
    title: 'Look at the session files: dashboards without the database',
    why: 'All figures are then worked out from what the agent has written. Recording and limits go on in the database.',
    database: 'Dashboards show the database',
    down: 'The database cannot be read',
    shown: 'Dashboards show the files',
    go: 'Show the files',
    goDone: 'Dashboards show the session files as soon as they are read.',
    back: 'Show the database again',
  },
  collection: {
    title: 'Keep collecting: recording goes on',
    why: 'Turns are counted in every mode, also while limits are off. Nothing is to be done here; this is the proof.',
    growing: 'Recording',
    waiting: 'Waiting for the next turn',
    total: (turns: number) => (turns === 1 ? 'turn in the ledger.' : 'turns in the ledger.'),
    since: (turns: number) =>
      turns === 0
        ? 'None more since you opened this page.'
        : `${counted(turns, 'turn')} more since you opened this page.`,
    newest: (iso: string, now: number) => `The newest is of ${ago(iso, now)}.`,
    none: 'No turn was recorded yet. Connect the agent first.',
    more: 'Open Sessions & turns',
  },
  count: (value: number) => formatCount(value),
  at: (iso: string) => dateTime(iso),
} as const
