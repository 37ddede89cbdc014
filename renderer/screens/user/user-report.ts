import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Row } from '../../components/export-rows.ts'
import { formatCount, formatMoneyExact, formatPercent } from '../../format.ts'
import { LIMIT_NAMES } from '../../text/components.ts'

type Summary = OperationOutput<'consumption.summary'>
type Month = OperationOutput<'consumption.history'>['periods'][number]

/** A user as a report that leaves the console. Pure. */

/** One row per month for a spreadsheet, the running one first. */
export function monthRows(summary: Summary, months: readonly Month[]): readonly Row[] {
  const figures = (of: Summary | Month) => ({
    total_turns: of.total_turns,
    failed_turns: of.failed_turns,
    total_input_tokens: of.total_input_tokens,
    total_output_tokens: of.total_output_tokens,
    estimated_cost_usd: of.estimated_cost_usd,
    rag_guided_turns: of.rag_guided_turns,
    total_sessions: of.total_sessions,
    blocked_requests: of.blocked_requests,
  })
  const of = { user_id: summary.user_id, username: summary.username }
  return [
    { ...of, period: summary.range, closed: false, ...figures(summary) },
    ...months.map((month) => ({ ...of, period: month.period, closed: true, ...figures(month) })),
  ]
}

/** The report as a page of Markdown. */
export function reportMarkdown(summary: Summary, months: readonly Month[]): string {
  const rows = monthRows(summary, months)
  return [
    `# ${escaped(summary.username)}`,
    '',
    `User \`${summary.user_id}\`, as of ${summary.generated_at}. ${escaped(summary.status_reason)}`,
    '',
    '## Limits',
    '',
    '| limit | used | reserved | of | percent | resets at | from |',
    '|---|---|---|---|---|---|---|',
    ...summary.limits.map((limit) =>
      cells([
        LIMIT_NAMES[limit.policy],
        amount(limit.policy, limit.used),
        amount(limit.policy, limit.reserved),
        limit.limit === null ? 'no limit' : amount(limit.policy, limit.limit),
        formatPercent(limit.percent),
        limit.resets_at,
        limit.source,
      ]),
    ),
    '',
    '## Months',
    '',
    '| month | turns | failed | tokens in | tokens out | cost (est.) | RAG turns | sessions | blocked |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) =>
      cells([
        `${row['period']}${row['closed'] === true ? '' : ' (running)'}`,
        ...['total_turns', 'failed_turns', 'total_input_tokens', 'total_output_tokens'].map((name) =>
          formatCount(Number(row[name])),
        ),
        formatMoneyExact(Number(row['estimated_cost_usd'])),
        ...['rag_guided_turns', 'total_sessions', 'blocked_requests'].map((name) =>
          formatCount(Number(row[name])),
        ),
      ]),
    ),
    '',
    '## Models',
    '',
    '| provider | model | turns | tokens | cost (est.) |',
    '|---|---|---|---|---|',
    ...summary.model_distribution.map((model) =>
      cells([
        model.provider,
        model.model,
        formatCount(model.turns),
        formatCount(model.total_tokens),
        formatMoneyExact(model.cost_usd),
      ]),
    ),
    '',
  ].join('\n')
}

function amount(policy: Summary['limits'][number]['policy'], value: number): string {
  return policy === 'cost_per_month_usd' ? formatMoneyExact(value) : formatCount(value)
}

function cells(values: readonly string[]): string {
  return `| ${values.map(escaped).join(' | ')} |`
}

/** Text from outside as nothing but text: Markdown, HTML and line breaks in it mean nothing. */
function escaped(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, '\\$&')
}
