import { Badge, Checkbox, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Column } from '../../components/data-table-columns.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { formatAgo } from '../../format.ts'
import { accessText } from '../../text/access.ts'
import { dateTime } from '../../text/figures.ts'
import type { UserRow, UserSort } from './use-user-list.ts'

const text = accessText.users
type UserColumn = Column<UserRow, UserSort>

/** What cells need besides their row. */
export interface AccessCells {
  /** Epoch milliseconds, for ages. */
  readonly now: number
  readonly isTicked: (id: string) => boolean
  readonly onTick: (id: string) => void
  /** False where rows cannot be ticked: deleted users cannot be changed together. */
  readonly canTick: boolean
  readonly isDeleted: boolean
  readonly actions: (row: UserRow) => ReactNode
}

/** The columns of the users; the last one holds what can be done with the row. */
export function accessColumns(cells: AccessCells): readonly UserColumn[] {
  return [
    {
      key: 'user',
      label: text.columns.user,
      sortKey: 'username',
      isDefault: true,
      cell: (row) => <Name row={row} cells={cells} />,
    },
    {
      key: 'id',
      label: text.columns.id,
      sortKey: 'id',
      isDefault: true,
      cell: (row) => <PlainText text={row.id} />,
    },
    {
      key: 'email',
      label: text.columns.email,
      sortKey: 'email',
      isDefault: true,
      cell: (row) => <PlainText text={row.email ?? ''} />,
    },
    {
      key: 'display-name',
      label: text.columns.displayName,
      sortKey: 'display_name',
      isDefault: false,
      cell: (row) => <PlainText text={row.display_name ?? ''} />,
    },
    {
      key: 'profile',
      label: text.columns.profile,
      sortKey: 'profile_name',
      isDefault: true,
      cell: (row) => <PlainText text={row.profile_name ?? text.default} />,
    },
    {
      key: 'active',
      label: text.columns.active,
      sortKey: 'is_active',
      isDefault: true,
      cell: (row) => <State isActive={row.is_active} isDeleted={cells.isDeleted} />,
    },
    {
      key: 'admin',
      label: text.columns.admin,
      sortKey: 'is_admin',
      firstOrder: 'desc',
      isDefault: false,
      cell: (row) => (row.is_admin ? text.yes : ''),
    },
    {
      key: 'created',
      label: text.columns.created,
      sortKey: 'created_at',
      firstOrder: 'desc',
      isDefault: true,
      cell: (row) => dateTime(row.created_at),
    },
    {
      key: 'seen',
      label: text.columns.seen,
      hint: text.columns.seenHint,
      sortKey: 'last_usage_at',
      firstOrder: 'desc',
      isDefault: true,
      cell: (row) => <Seen at={row.last_usage_at} now={cells.now} />,
    },
    { key: 'actions', label: text.columns.actions, isDefault: true, cell: cells.actions },
  ]
}

function Name({ row, cells }: { readonly row: UserRow; readonly cells: AccessCells }): ReactNode {
  return (
    <Group gap={8} wrap="nowrap">
      {cells.canTick && (
        <Checkbox
          size="xs"
          aria-label={text.tick(row.username)}
          checked={cells.isTicked(row.id)}
          onChange={() => cells.onTick(row.id)}
          onClick={(event) => event.stopPropagation()}
        />
      )}
      <PlainText text={row.username} />
    </Group>
  )
}

function State({
  isActive,
  isDeleted,
}: {
  readonly isActive: boolean
  readonly isDeleted: boolean
}): ReactNode {
  if (isActive) return text.active
  return (
    <Badge size="sm" variant="outline" color={isDeleted ? 'gray' : 'red'} tt="none" c="inherit">
      {isDeleted ? text.deleted : text.inactive}
    </Badge>
  )
}

function Seen({ at, now }: { readonly at: string | null; readonly now: number }): ReactNode {
  if (at === null) return <span className="dimmed">{text.never}</span>
  return <span title={dateTime(at)}>{formatAgo(Date.parse(at), now)}</span>
}
