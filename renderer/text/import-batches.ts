import type { OperationOutput } from '../../shared/contract/index.ts'
import { formatCount, formatMoney } from '../format.ts'
import { counted } from './figures.ts'

type Batch = OperationOutput<'imports.list'>['imports'][number]
type Totals = OperationOutput<'imports.undo'>['totals']

const STATES: Readonly<Record<Batch['state'], string>> = {
  running: 'Running',
  done: 'Done',
  cancelled: 'Cancelled',
  failed: 'Failed',
  interrupted: 'Interrupted',
  undoing: 'Being undone',
  undone: 'Undone',
}

const PHASES: Readonly<Record<NonNullable<Batch['undo']>['phase'], string>> = {
  counting: 'Counting what goes …',
  backing_up: 'Making a backup …',
  removing: 'Taking out what was imported …',
}

/** The list of imports, and undoing one. */
export const importBatchesText = {
  title: 'Imports so far',
  empty:
    'No import is known. Imports that were made before Weir began to keep this list are not in it and cannot be undone one by one.',
  started: 'Started',
  source: 'From',
  by: 'By',
  turns: 'Rows added',
  state: 'State',
  stateOf: (batch: Batch) => (batch.undo === null ? STATES[batch.state] : PHASES[batch.undo.phase]),
  act: 'Undo',
  actOn: (started: string) => `Undo the import of ${started}`,
  stop: 'Cancel',
  ask: 'Undo this import?',
  confirm: 'Undo import',
  counting: 'Counting what would go …',
  backup: 'A backup is made first. What was recorded or imported otherwise stays.',
  goes: (totals: Totals) =>
    `${counted(totals.turns, 'turn')} in ${counted(totals.sessions, 'session')} go: ${formatCount(totals.input_tokens)} input and ${formatCount(totals.output_tokens)} output tokens, ${formatMoney(totals.cost_usd)}.`,
  rows: (totals: Totals) =>
    `With them go ${counted(totals.users, 'user')}, ${counted(totals.profiles, 'profile')}, ${counted(totals.tokens, 'access token')} and ${counted(totals.prices, 'price')}; those used or changed since stay.`,
  stays: (totals: Totals): readonly string[] => [...staying(totals), ...reckoned(totals)],
}

const staying = ({ staying }: Totals): readonly string[] =>
  [
    [staying.other_imports, 'because another import brings them too'] as const,
    [staying.corrected, 'because a reconciliation has corrected them'] as const,
    [staying.added_to, 'because the agent has added to them since'] as const,
    [
      staying.told_outside,
      'because something else has told what their session spent outside its turns',
    ] as const,
    [staying.in_month_sums, 'because retention has put them into the sums of their month'] as const,
  ]
    .filter(([count]) => count > 0)
    .map(([count, why]) => `${counted(count, 'turn')} stay ${why}.`)

const reckoned = ({ sessions_reckoned: sessions }: Totals): readonly string[] =>
  sessions === 0
    ? []
    : [
        `In ${counted(sessions, 'session')} that stay, the tokens outside turns may come out otherwise than without this import, but not below what any other import has told.`,
      ]
