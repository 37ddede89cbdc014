import { IconCircleCheck, IconCircleDot, IconCircleOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { SESSION_SORT_KEYS } from '../../../shared/contract/session-records.ts'
import type { Column } from '../../components/data-table-columns.ts'
import { PlainText } from '../../components/plain-text.tsx'
import {
  formatAgo,
  formatCount,
  formatInstant,
  formatMoney,
  formatMoneyExact,
  formatTokens,
} from '../../format.ts'
import { sessionsText } from '../../text/sessions.ts'
import styles from './sessions.module.css'
import type { SessionRow } from './use-sessions.ts'

export type SessionSortKey = (typeof SESSION_SORT_KEYS)[number]
type SessionColumn = Column<SessionRow, SessionSortKey>

const text = sessionsText.columns

/** What cells need besides their row. */
export interface CellContext {
  /** Billing time zone. */
  readonly zone: string
  /** Epoch milliseconds, for ages. */
  readonly now: number
}

/** The columns of the sessions table; every key the server sorts by has one. */
export function sessionColumns(context: CellContext): readonly SessionColumn[] {
  return [
    {
      key: 'session',
      label: text.session,
      sortKey: 'session_name',
      isDefault: true,
      cell: (row) => <SessionName row={row} />,
    },
    {
      key: 'user',
      label: text.user,
      sortKey: 'username',
      isDefault: true,
      cell: (row) => <Narrow text={row.username} />,
    },
    {
      key: 'status',
      label: text.status,
      isDefault: true,
      cell: (row) => <SessionStatus status={row.status} />,
    },
    ...FIGURES,
    {
      key: 'models',
      label: text.models,
      isDefault: false,
      cell: (row) => <Narrow text={row.models.length === 0 ? sessionsText.none : row.models.join(', ')} />,
    },
    {
      key: 'source',
      label: text.source,
      hint: text.sourceHint,
      isDefault: true,
      cell: (row) => (row.source === null ? sessionsText.none : sessionsText.source[row.source]),
    },
    instant('first', text.first, text.firstHint, 'first_used_at', false, context, (row) => row.first_used_at),
    instant('last', text.last, text.lastHint, 'last_used_at', true, context, (row) => row.last_used_at),
    { key: 'id', label: text.id, isDefault: false, cell: (row) => <Narrow text={row.session_id} /> },
  ]
}

const FIGURES: readonly SessionColumn[] = [
  {
    key: 'turns',
    label: text.turns,
    hint: text.turnsHint,
    sortKey: 'turns',
    kind: 'figure',
    isDefault: true,
    cell: (row) => (
      <>
        {formatCount(row.turns)}
        {row.failed_turns === 0 ? null : (
          <span className={styles.dimmed}> {sessionsText.failed(formatCount(row.failed_turns))}</span>
        )}
      </>
    ),
  },
  {
    key: 'tokens',
    label: text.tokens,
    hint: text.tokensHint,
    sortKey: 'total_tokens',
    kind: 'figure',
    isDefault: true,
    cell: (row) => (
      <span
        title={sessionsText.tokensExact(
          formatCount(row.total_input_tokens),
          formatCount(row.total_output_tokens),
        )}
      >
        {formatTokens(row.total_tokens)}
      </span>
    ),
  },
  {
    key: 'outside',
    label: text.outside,
    hint: text.outsideHint,
    kind: 'figure',
    isDefault: true,
    cell: (row) => (
      <span title={formatCount(row.outside_turns_tokens)}>{formatTokens(row.outside_turns_tokens)}</span>
    ),
  },
  {
    key: 'cost',
    label: text.cost,
    hint: text.costHint,
    sortKey: 'estimated_cost_usd',
    kind: 'figure',
    isDefault: true,
    cell: (row) => (
      <span title={formatMoneyExact(row.estimated_cost_usd)}>{formatMoney(row.estimated_cost_usd)}</span>
    ),
  },
]

function instant(
  key: string,
  label: string,
  hint: string,
  sortKey: SessionSortKey,
  isDefault: boolean,
  { zone, now }: CellContext,
  at: (row: SessionRow) => string,
): SessionColumn {
  return {
    key,
    label,
    hint,
    sortKey,
    firstOrder: 'desc',
    isDefault,
    cell: (row) => <span title={formatInstant(at(row), zone)}>{formatAgo(Date.parse(at(row)), now)}</span>,
  }
}

function SessionName({ row }: { readonly row: SessionRow }): ReactNode {
  return (
    <span className={styles.name}>
      <PlainText text={row.session_name ?? sessionsText.untitled} title={row.session_id} />
    </span>
  )
}

const STATUS_ICONS = { active: IconCircleDot, idle: IconCircleCheck, closed: IconCircleOff } as const

/** A session's status as icon and word, because colour alone does not reach everybody. */
export function SessionStatus({ status }: { readonly status: SessionRow['status'] }): ReactNode {
  const Icon = STATUS_ICONS[status]
  return (
    <span className={styles.word} data-status={status} title={sessionsText.statusHint[status]}>
      <Icon size={15} aria-hidden />
      {sessionsText.status[status]}
    </span>
  )
}

function Narrow({ text: shown }: { readonly text: string }): ReactNode {
  return (
    <span className={styles.narrow}>
      <PlainText text={shown} />
    </span>
  )
}
