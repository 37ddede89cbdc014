import type { ReconciliationReport } from './contract/reconciliation.ts'

/** The report of a reconciliation as a text to keep: the same figures in every form. Pure. */

/** A report to be saved under a name. */
export interface RenderedReport {
  readonly file_name: string
  readonly media_type: string
  readonly content: string
}

type User = ReconciliationReport['users'][number]
type Finding = User['findings'][number]

/** What is behind a finding, in words. */
export const CAUSE_WORDS: Readonly<Record<Finding['cause'], string>> = {
  missing_in_database: 'missing in the database',
  missing_in_file: 'missing in the file',
  values_differ: 'values differ',
  outside_turns_differ: 'spent outside turns differs',
  file_unreadable: 'file cannot be read',
  file_shrank: 'file has become shorter',
  pruned_by_retention: 'removed by retention',
  changed_while_reading: 'changed while it was read',
  duplicate_session: 'two files claim one session',
}

/** What can be done about a finding, in words. */
export const REPAIR_WORDS: Readonly<Record<Finding['repair'], string>> = {
  add: 'add the row',
  correct: 'correct the row',
  confirm: 'needs your confirmation',
  restore_file: 'bring the file back',
  wait: 'check again',
}

/** The statuses in words, worst last. */
export const STATUS_WORDS: Readonly<Record<User['status'], string>> = {
  ok: 'OK',
  drift: 'drift within the threshold',
  corrected: 'corrected',
  manual_review: 'needs review',
  missing_db_record: 'missing in the database',
  missing_files: 'files are missing',
}

/** Whether a person should look: anything is neither fine nor corrected. */
export function needsPerson(report: ReconciliationReport): boolean {
  return (
    report.unreadable.length > 0 ||
    report.users.some(({ status }) => status !== 'ok' && status !== 'corrected')
  )
}

/** The result in one sentence. */
export function resultSentence({ summary }: ReconciliationReport): string {
  const parts = [`${number(summary.ok)} of ${number(summary.total_users)} OK`]
  const add = (count: number, words: string) => {
    if (count > 0) parts.push(`${number(count)} ${words}`)
  }
  add(summary.corrected, 'corrected')
  add(summary.drift, 'with drift within the threshold')
  add(summary.manual_review, summary.manual_review === 1 ? 'needs review' : 'need review')
  add(summary.missing_db_record, 'missing in the database')
  add(summary.missing_files, 'without files')
  return parts.join(', ')
}

/** Renders the report. */
export function renderReport(
  report: ReconciliationReport,
  format: 'text' | 'csv' | 'markdown',
): RenderedReport {
  const name = `reconciliation-${report.started_at.slice(0, 16).replaceAll(':', '-')}`
  switch (format) {
    case 'text':
      return { file_name: `${name}.txt`, media_type: 'text/plain', content: asText(report) }
    case 'csv':
      return { file_name: `${name}.csv`, media_type: 'text/csv', content: asCsv(report) }
    case 'markdown':
      return { file_name: `${name}.md`, media_type: 'text/markdown', content: asMarkdown(report) }
  }
}

const number = (value: number) => value.toLocaleString('en-US')

/** A value of a finding as people read it; nothing stands for no such row. */
export function shownValue(value: Finding['file_value']): string {
  if (value === null) return '–'
  return typeof value === 'number' ? number(value) : String(value)
}

/** Where a finding is: `turn 3`, `outside turns`, `the file`. */
export function placeOf({ turn_number }: Pick<Finding, 'turn_number'>): string {
  if (turn_number === null) return 'the file'
  return turn_number === 0 ? 'outside turns' : `turn ${turn_number}`
}

// Control characters could move a terminal's cursor; a text from a file may hold any.
const plain = (text: string) => text.replace(/\p{Cc}/gu, '\uFFFD')

/** The checklist: what was compared, the counts, and everything that is not as it should be. */
export function asText(report: ReconciliationReport): string {
  const { summary } = report
  const lines = [
    'RECONCILIATION REPORT',
    '=====================',
    `Run        ${report.run_id}`,
    `Started    ${report.started_at}`,
    `Finished   ${report.finished_at ?? '–'}`,
    `Period     ${report.period}`,
    `Threshold  ${report.threshold_percent} %`,
    '',
    `[${summary.ok === summary.total_users ? 'x' : ' '}] Users OK              ${number(summary.ok)} of ${number(summary.total_users)}`,
    checked(summary.drift, 'Drift within threshold'),
    `[x] Corrected             ${number(summary.corrected)}`,
    checked(summary.manual_review, 'Manual review'),
    checked(summary.missing_db_record, 'Missing in database'),
    checked(summary.missing_files, 'Missing files'),
    checked(report.unreadable.length, 'Unreadable files'),
    `Files read ${number(summary.files_read)}, unchanged ${number(summary.files_unchanged)}`,
  ]
  for (const user of report.users) {
    if (user.findings.length === 0 && user.status === 'ok') continue
    lines.push('', `${user.user_id}: ${STATUS_WORDS[user.status]}, drift ${user.drift_percent} %`)
    for (const finding of user.findings) lines.push(`  ${sentenceOf(finding)}`)
  }
  if (report.unreadable.length > 0) lines.push('', 'Files that could not be read:')
  for (const file of report.unreadable) lines.push(`  ${plain(file.path)}: ${file.reason}`)
  lines.push('', `Result: ${resultSentence(report)}.`)
  return `${lines.join('\n')}\n`
}

function checked(count: number, words: string): string {
  return `[${count === 0 ? 'x' : ' '}] ${words.padEnd(22)}${number(count)}`
}

function sentenceOf(finding: Finding): string {
  const values = `files ${shownValue(finding.file_value)}, database ${shownValue(finding.database_value)}`
  const done = finding.state === 'corrected' ? 'corrected' : REPAIR_WORDS[finding.repair]
  return plain(
    `${finding.session_id} ${placeOf(finding)}, ${finding.field}: ${values} (${CAUSE_WORDS[finding.cause]}; ${done})`,
  )
}

const COLUMNS = [
  'user_id',
  'period',
  'status',
  'drift_percent',
  'session_id',
  'turn_number',
  'field',
  'file_value',
  'database_value',
  'cause',
  'repair',
  'state',
]

/** One line per finding, one for a user without. With a byte order mark, which spreadsheets ask for. */
function asCsv(report: ReconciliationReport): string {
  const rows = report.users.flatMap((user) => {
    const who = [user.user_id, user.period, user.status, user.drift_percent]
    if (user.findings.length === 0) return [[...who, ...COLUMNS.slice(who.length).map(() => null)]]
    return user.findings.map((one) => [
      ...who,
      one.session_id,
      one.turn_number,
      one.field,
      one.file_value,
      one.database_value,
      one.cause,
      one.repair,
      one.state,
    ])
  })
  return `\uFEFF${[COLUMNS, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`
}

function csvCell(value: unknown): string {
  if (value === null) return ''
  // A text that begins like a formula would be run by a spreadsheet.
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function asMarkdown(report: ReconciliationReport): string {
  const cell = (text: string) => plain(text).replaceAll('|', '\\|').replaceAll('<', '&lt;')
  const lines = [
    `# Reconciliation of ${report.started_at}`,
    '',
    `${resultSentence(report)}. Period ${report.period}, threshold ${report.threshold_percent} %.`,
    '',
    '| User | Status | Drift | Session | Where | Field | Files | Database | Cause | Repair |',
    '|---|---|---|---|---|---|---|---|---|---|',
  ]
  for (const user of report.users) {
    for (const one of user.findings) {
      const cells = [
        user.user_id,
        STATUS_WORDS[user.status],
        `${user.drift_percent} %`,
        one.session_id,
        placeOf(one),
        one.field,
        shownValue(one.file_value),
        shownValue(one.database_value),
        CAUSE_WORDS[one.cause],
        one.state === 'corrected' ? 'corrected' : REPAIR_WORDS[one.repair],
      ]
      lines.push(`| ${cells.map(cell).join(' | ')} |`)
    }
  }
  if (report.unreadable.length > 0) lines.push('', '## Files that could not be read', '')
  for (const file of report.unreadable) lines.push(`- ${cell(file.path)}: ${cell(file.reason)}`)
  return `${lines.join('\n')}\n`
}
