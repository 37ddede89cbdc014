import type { z } from 'zod'
import type { limitName, usageStatus } from '../../shared/contract/fields.ts'
import { counted } from './figures.ts'

type Status = z.output<typeof usageStatus>
type LimitName = z.output<typeof limitName>

/** The word for each status, as DESIGN and UX name them. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  unlimited: 'Unlimited',
  good: 'Good',
  moderate: 'Moderate',
  warning: 'Warning',
  critical: 'Critical',
  blocked: 'Blocked',
  inactive: 'Inactive',
}

/** Limits as a table row names them, where space is short. */
export const LIMIT_SHORT: Readonly<Record<LimitName, string>> = {
  prompts_per_hour: 'hour',
  prompts_per_day: 'day',
  input_tokens_per_month: 'tokens in',
  output_tokens_per_month: 'tokens out',
  cost_per_month_usd: 'cost',
  config_changes_per_hour: 'config changes',
}

/** Limits as a heading names them, with unit and window. */
export const LIMIT_NAMES: Readonly<Record<LimitName, string>> = {
  prompts_per_hour: 'Prompts this hour',
  prompts_per_day: 'Prompts today',
  input_tokens_per_month: 'Input tokens this month',
  output_tokens_per_month: 'Output tokens this month',
  cost_per_month_usd: 'Cost this month (est.)',
  config_changes_per_hour: 'Configuration changes this hour',
}

/** A limit's short name, also for one this version does not know. */
export function limitShort(policy: string): string {
  return policy in LIMIT_SHORT ? LIMIT_SHORT[policy as LimitName] : policy.replaceAll('_', ' ')
}

/** Texts of the shared parts of the screens. */
export const componentsText = {
  export: {
    button: 'Export',
    shortcut: 'Export what is shown',
    filtered: 'What is filtered',
    all: 'All of it',
    csv: 'CSV, for a spreadsheet',
    xlsx: 'Excel',
    json: 'JSON, exact',
    copy: 'Copy, to paste into a spreadsheet',
    copied: (count: number) => `A table of ${counted(count, 'row')}`,
    done: (count: number) => `${counted(count, 'row')} exported.`,
    cut: (count: string, all: string) =>
      `Only the first ${count} of ${all} rows were exported. Narrow the filters for the rest.`,
    started: (file: string) => `Writing ${file}`,
    progress: (done: string, all: string) => `${done} of ${all} rows`,
    counting: 'Counting the rows',
    failed: 'The export failed',
    cancel: 'Cancel',
    cancelled: (file: string) => `${file} was not written: the export was cancelled.`,
  },
  undo: 'Undo',
  undoLast: 'Undo the last change',
  file: { chooseJson: 'Choose a JSON file', clear: 'Choose no file' },
  panel: {
    loading: 'Loading',
    refreshing: 'Refreshing',
    failedTitle: 'This could not be loaded',
    failedSince: (since: string) => `Not working since ${since}.`,
    failedStale: (age: string) => `What you see below is from ${age}.`,
    retry: 'Retry',
    copyDetails: 'Copy details',
    copied: 'Copied',
    brokenTitle: 'This part of the screen has a fault',
    brokenDetail: 'The rest of the screen goes on working. Draw it again, or copy the details for a report.',
    drawAgain: 'Draw again',
  },
  table: {
    columns: 'Columns',
    density: 'Density',
    comfortable: 'Comfortable',
    compact: 'Compact',
    defaultColumns: 'Default columns',
    rowsPerPage: 'Rows per page',
    sortBy: (label: string) => `Sort by ${label}`,
    next: 'Next row',
    previous: 'Previous row',
    pages: 'Pages of the table',
    range: (from: string, to: string, total: string) => `${from} to ${to} of ${total}`,
  },
  usage: {
    noLimit: 'no limit',
    of: (used: string, limit: string) => `${used} of ${limit}`,
  },
  chart: {
    showTable: 'Show as table',
    showChart: 'Show as chart',
    zoomOut: 'Show all',
    hourLimit: 'Limit, prompts an hour',
    export: (title: string) => `Save ${title}`,
    png: 'Picture (PNG)',
    saved: (file: string) => `${file} was saved.`,
    loading: 'Loading the chart',
    turns: 'Turns',
    tokens: 'Tokens',
    cost: 'Cost (est.)',
    succeeded: 'Succeeded',
    failed: 'Failed',
    tokensIn: 'Tokens in',
    tokensOut: 'Tokens out',
    metric: 'What the chart counts',
    summary: (title: string, total: string, unit: string, peak: string, peakAt: string) =>
      `${title}: ${total} ${unit} in all; most at ${peakAt}, ${peak}.`,
    summaryZero: (title: string) => `${title}: nothing in this time.`,
  },
  models: {
    turns: 'turns',
    tokens: 'tokens',
    cost: 'cost',
    by: 'Compare models by',
    others: (count: number) => (count === 1 ? '1 other model' : `${count} other models`),
  },
} as const
