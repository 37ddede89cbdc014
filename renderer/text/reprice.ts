import { formatCount, formatMoney, formatMoneyExact, formatPercent, formatPeriod } from '../format.ts'
import { counted } from './figures.ts'

/** An amount with its sign: `+$1.20`, `-$0.05`. */
function signed(usd: number): string {
  return usd > 0 ? `+${formatMoneyExact(usd)}` : formatMoneyExact(usd)
}

/** Texts of pricing a month again. */
export const repriceText = {
  title: 'Price this month again',
  unit: 'turns recorded already',
  hint: 'Turns keep the price of the moment they were recorded. If a price was missing or wrong then, set the right one above, in force from the start of the month, and price the recorded turns again here. Costs the agent reported and closed months never change.',
  scope: 'Which turns',
  scopes: { fallback: 'Priced by fallback', all: 'All without a reported cost' },
  look: 'See what would change',
  dialogTitle: (period: string) => `Price ${formatPeriod(period)} again?`,
  loadingTitle: 'Price this month again',
  nothing: 'Nothing would change',
  nothingWhy: (period: string, turns: number) =>
    turns === 0
      ? `${formatPeriod(period)} has no turns of this kind.`
      : `${counted(turns, 'turn')} of ${formatPeriod(period)} cost what today’s prices say. Set another price, in force from the start of the month, and look again.`,
  summary: (changed: number, before: number, after: number) =>
    `${counted(changed, 'turn')} would get another cost. The month would go from ${formatMoney(before)} to ${formatMoney(after)}.`,
  change: (usd: number) => `Change ${signed(usd)}`,
  reported: (turns: number) =>
    `${counted(turns, 'turn')} with a cost the agent reported ${turns === 1 ? 'stays' : 'stay'} as ${turns === 1 ? 'it is' : 'they are'}.`,
  overBudget: (users: number) =>
    `${counted(users, 'user')} would reach the monthly cost budget by it and be refused from then on.`,
  tabs: { models: 'By model', users: 'By user', closed: 'Closed months' },
  tab: 'What would change',
  columns: {
    model: 'Model',
    user: 'User',
    month: 'Month',
    turns: 'Turns',
    before: 'Before (est.)',
    after: 'After (est.)',
    change: 'Change',
    source: 'Priced by',
  },
  signed,
  percent: (before: number, after: number) =>
    before === 0 ? 'new' : `${after >= before ? '+' : ''}${formatPercent((100 * (after - before)) / before)}`,
  closedHint: 'Closed months stay as they were billed. This is only what they would cost by today’s prices.',
  noClosed: 'No closed month would cost anything else.',
  more: (shown: number, all: number) =>
    `The ${formatCount(shown)} with the greatest change, of ${formatCount(all)}.`,
  backupFirst:
    'A verified backup is made first: restoring it is the way back. Setting the old price and pricing again is another.',
  typeLabel: (word: string) => `Type ${word} to confirm`,
  typeHint: 'The month whose costs change',
  action: (turns: number) => `Price ${counted(turns, 'turn')} again`,
  phases: {
    counting: 'Counting what changes',
    backup: 'Making a verified backup',
    writing: 'Pricing the turns',
    finished: 'Done',
  },
  progress: (done: number, all: number) => `${formatCount(done)} of ${counted(all, 'turn')}`,
  cancel: 'Cancel',
  cancelling: 'Stopping …',
  cancelHint: 'Stopping keeps what is priced by then; the books are right at every moment.',
  ended: {
    done: (turns: number, usd: number) =>
      turns === 0
        ? 'Nothing had to change.'
        : `${counted(turns, 'turn')} priced again: ${signed(usd)} in the month.`,
    cancelled: (turns: number, usd: number) =>
      `Stopped after ${counted(turns, 'turn')} (${signed(usd)}). Look again to do the rest.`,
    failed: (detail: string) => `It did not work: ${detail}`,
  },
  backup: (id: string) => `The way back: backup ${id}.`,
  close: 'Close this note',
} as const
