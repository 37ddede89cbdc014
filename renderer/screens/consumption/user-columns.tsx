import type { ReactNode } from 'react'
import type { USER_SORT_KEYS } from '../../../shared/contract/consumption-shapes.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Column } from '../../components/data-table-columns.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { StatusWord, UsageBar } from '../../components/usage-bar.tsx'
import {
  clipText,
  formatAgo,
  formatCount,
  formatInstant,
  formatMoney,
  formatMoneyExact,
  formatPercent,
  formatTokens,
  NOT_KNOWN,
} from '../../format.ts'
import { limitShort } from '../../text/components.ts'
import { consumptionText } from '../../text/consumption.ts'
import styles from './consumption.module.css'

/** A user with what they used, as the table shows it. */
export type UserRow = OperationOutput<'consumption.users'>['users'][number]
export type UserSortKey = (typeof USER_SORT_KEYS)[number]
type UserColumn = Column<UserRow, UserSortKey>

const text = consumptionText.columns

/** What cells need besides their row. */
export interface CellContext {
  /** Billing time zone. */
  readonly zone: string
  /** Epoch milliseconds, for ages. */
  readonly now: number
}

/**
 * The columns of the users table; every key the server sorts by has one. The nine default ones answer who is close
 * to which limit; the others are a click away.
 */
export function userColumns({ zone, now }: CellContext): readonly UserColumn[] {
  return [
    {
      key: 'user',
      label: text.user,
      sortKey: 'username',
      isDefault: true,
      cell: (row) => <PlainText text={row.username} title={nameInFull(row)} />,
    },
    {
      key: 'profile',
      label: text.profile,
      sortKey: 'profile_name',
      isDefault: true,
      cell: (row) => <ProfileOf row={row} />,
    },
    {
      key: 'usage',
      label: text.usage,
      hint: text.usageHint,
      sortKey: 'usage_percent',
      firstOrder: 'desc',
      isDefault: true,
      cell: (row) => (
        <UsageBar
          status={row.status}
          percent={row.usage_percent}
          {...(row.usage_limit === null ? {} : { limit: limitShort(row.usage_limit) })}
        />
      ),
    },
    ...tokenColumns,
    ...requestColumns,
    ...costColumns,
    ...qualityColumns,
    {
      key: 'last-use',
      label: text.lastUse,
      hint: text.lastUseHint,
      sortKey: 'last_usage_at',
      firstOrder: 'desc',
      isDefault: true,
      cell: (row) =>
        row.last_usage_at === null ? (
          <Dimmed>{consumptionText.never}</Dimmed>
        ) : (
          <span title={formatInstant(row.last_usage_at, zone)}>
            {formatAgo(Date.parse(row.last_usage_at), now)}
          </span>
        ),
    },
    ...identityColumns,
  ]
}

const tokenColumns: readonly UserColumn[] = [
  figure('tokens-in', text.tokensIn, text.tokensInHint, 'total_input_tokens', true, (row) => (
    <OfLimit
      used={row.total_input_tokens}
      limit={row.input_tokens_limit}
      source={row.input_tokens_limit_source}
      kind="tokens"
    />
  )),
  figure('tokens-out', text.tokensOut, text.tokensOutHint, 'total_output_tokens', true, (row) => (
    <OfLimit
      used={row.total_output_tokens}
      limit={row.output_tokens_limit}
      source={row.output_tokens_limit_source}
      kind="tokens"
    />
  )),
  figure('tokens', text.tokens, text.tokensHint, 'total_tokens', false, (row) => (
    <Tokens tokens={row.total_tokens} />
  )),
  figure('in-percent', text.inPercent, text.inPercentHint, 'input_percent', false, (row) =>
    formatPercent(row.input_percent),
  ),
  figure('out-percent', text.outPercent, text.outPercentHint, 'output_percent', false, (row) =>
    formatPercent(row.output_percent),
  ),
]

const requestColumns: readonly UserColumn[] = [
  figure('hour', text.hour, text.hourHint, 'requests_this_hour', true, (row) => (
    <OfLimit
      used={row.requests_this_hour}
      limit={row.prompts_per_hour_limit}
      source={row.prompts_per_hour_limit_source}
      kind="prompts"
    />
  )),
  figure('day', text.day, text.dayHint, 'requests_today', true, (row) => (
    <OfLimit
      used={row.requests_today}
      limit={row.prompts_per_day_limit}
      source={row.prompts_per_day_limit_source}
      kind="prompts"
    />
  )),
  figure('hour-percent', text.hourPercent, text.hourPercentHint, 'hour_percent', false, (row) =>
    formatPercent(row.hour_percent),
  ),
  figure('day-percent', text.dayPercent, text.dayPercentHint, 'day_percent', false, (row) =>
    formatPercent(row.day_percent),
  ),
]

const costColumns: readonly UserColumn[] = [
  figure('cost', text.cost, text.costHint, 'estimated_cost_usd', true, (row) => <CostOfLimit row={row} />),
  figure('cost-percent', text.costPercent, text.costPercentHint, 'cost_percent', false, (row) =>
    formatPercent(row.cost_percent),
  ),
]

const qualityColumns: readonly UserColumn[] = [
  figure('turns', text.turns, text.turnsHint, 'total_turns', false, (row) => formatCount(row.total_turns)),
  figure('success', text.success, text.successHint, 'success_rate_percent', false, (row) =>
    row.total_turns === 0 ? NOT_KNOWN : formatPercent(row.success_rate_percent),
  ),
  figure('failed', text.failed, text.failedHint, 'failed_turns', false, (row) =>
    formatCount(row.failed_turns),
  ),
  figure('sessions', text.sessions, text.sessionsHint, 'total_sessions', false, (row) =>
    formatCount(row.total_sessions),
  ),
  figure('rag', text.rag, text.ragHint, 'rag_guided_turns', false, (row) =>
    formatCount(row.rag_guided_turns),
  ),
  figure('blocked', text.blocked, text.blockedHint, 'blocked_requests', false, (row) =>
    formatCount(row.blocked_requests),
  ),
]

const identityColumns: readonly UserColumn[] = [
  {
    key: 'status',
    label: text.status,
    hint: text.statusHint,
    sortKey: 'status',
    firstOrder: 'desc',
    isDefault: false,
    cell: (row) => <StatusWord status={row.status} />,
  },
  {
    key: 'email',
    label: text.email,
    sortKey: 'email',
    isDefault: false,
    cell: (row) => (row.email === null ? <Dimmed>{NOT_KNOWN}</Dimmed> : <Narrow text={row.email} />),
  },
  {
    key: 'id',
    label: text.id,
    sortKey: 'user_id',
    isDefault: false,
    cell: (row) => <Narrow text={row.user_id} />,
  },
  figure('lifetime-tokens', text.lifetimeTokens, text.lifetimeTokensHint, 'lifetime_tokens', false, (row) => (
    <Tokens tokens={row.lifetime_tokens} />
  )),
  figure('lifetime-cost', text.lifetimeCost, text.lifetimeCostHint, 'lifetime_cost_usd', false, (row) => (
    <Money usd={row.lifetime_cost_usd} />
  )),
]

function figure(
  key: string,
  label: string,
  hint: string,
  sortKey: UserSortKey,
  isDefault: boolean,
  cell: (row: UserRow) => ReactNode,
): UserColumn {
  return { key, label, hint, sortKey, kind: 'figure', isDefault, cell }
}

function nameInFull({ username, display_name: name, user_id: id }: UserRow): string {
  return clipText([...new Set([username, name ?? username, id])].join(' · '), 300)
}

function OfLimit(props: {
  readonly used: number
  readonly limit: number | null
  readonly source: string
  readonly kind: 'tokens' | 'prompts'
}): ReactNode {
  const { used, limit, source, kind } = props
  const short = kind === 'tokens' ? formatTokens : formatCount
  const say = kind === 'tokens' ? consumptionText.tokensExact : consumptionText.promptsExact
  const all = limit === null ? consumptionText.noLimit : formatCount(limit)
  const exact = say(formatCount(used), all, source)
  return (
    <span title={exact}>
      {short(used)} <span className={styles.limit}>/ {limit === null ? '∞' : short(limit)}</span>
    </span>
  )
}

/** The profile that holds, and what else has a say in the limits beside it. */
function ProfileOf({ row }: { readonly row: UserRow }): ReactNode {
  const besides = row.limits_from.flatMap((kind) =>
    kind === 'profile' ? [] : [consumptionText.limitsFrom[kind]],
  )
  return (
    <span className={styles.profile}>
      {row.profile_name === null ? (
        <Dimmed>{consumptionText.noProfile}</Dimmed>
      ) : (
        <Narrow text={row.profile_name} />
      )}
      {besides.length > 0 && <span className={styles.besides}>{besides.join(', ')}</span>}
    </span>
  )
}

/** The cost, and the budget where there is one. */
function CostOfLimit({ row }: { readonly row: UserRow }): ReactNode {
  const { estimated_cost_usd: usd, cost_limit_usd: limit } = row
  if (limit === null) return <Money usd={usd} />
  const exact = consumptionText.costOf(formatMoneyExact(usd), formatMoneyExact(limit), row.cost_limit_source)
  return (
    <span title={exact}>
      {formatMoney(usd)} <span className={styles.limit}>/ {formatMoney(limit)}</span>
    </span>
  )
}

function Tokens({ tokens }: { readonly tokens: number }): ReactNode {
  return <span title={formatCount(tokens)}>{formatTokens(tokens)}</span>
}

function Money({ usd }: { readonly usd: number }): ReactNode {
  return <span title={formatMoneyExact(usd)}>{formatMoney(usd)}</span>
}

function Narrow({ text: shown }: { readonly text: string }): ReactNode {
  return (
    <span className={styles.narrow}>
      <PlainText text={shown} />
    </span>
  )
}

function Dimmed({ children }: { readonly children: ReactNode }): ReactNode {
  return <span className={styles.dimmed}>{children}</span>
}
