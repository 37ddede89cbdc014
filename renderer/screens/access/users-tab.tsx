import { Button, Group, Select, Skeleton } from '@mantine/core'
import { IconDownload, IconFileImport, IconFilterOff, IconPlus, IconUsers } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useWeirClient } from '../../app/client-context.tsx'
import { downloadText } from '../../app/download.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { parseColumns } from '../../components/data-table-columns.ts'
import { TableMenu } from '../../components/data-table-menu.tsx'
import { Notice } from '../../components/notice.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { tableAddress } from '../../components/table-address.ts'
import { useNow } from '../../components/use-now.ts'
import { accessText } from '../../text/access.ts'
import { SearchBox } from '../consumption/search-box.tsx'
import { type AccessCells, accessColumns } from './access-columns.tsx'
import { type AccessSearch, type ChangeView, DEFAULT_PAGE_SIZE, PAGE_SIZES } from './access-search.ts'
import { BulkBar } from './bulk-bar.tsx'
import { DeleteUser } from './delete-user.tsx'
import { DEFAULT_PROFILE, useProfileChoices } from './profile-select.ts'
import { useTicked } from './use-ticked.ts'
import { filterOf, listInput, livingFilterOf, tableOf, type UserPage, type UserRow } from './use-user-list.ts'
import { UserActions, useSetActive } from './user-actions.tsx'

const text = accessText.users

/** What the tab takes. */
export interface UsersTabProps {
  readonly view: AccessSearch
  readonly onView: ChangeView
}

/** Everybody Weir knows, and what can be done with one or many of them. */
export function UsersTab({ view, onView }: UsersTabProps): ReactNode {
  const page = useSettledQuery(useWeirQuery('users.list', listInput(view), { keepPrevious: false }))
  return (
    <>
      <Group gap="xs" justify="space-between" align="flex-end">
        <Filters view={view} onView={onView} />
        <Group gap="xs">
          <ExportButton view={view} />
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFileImport size={15} aria-hidden />}
            onClick={() => onView({ add: 'import' })}
          >
            {text.import}
          </Button>
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => onView({ add: 'user' })}
          >
            {text.add}
          </Button>
        </Group>
      </Group>
      <QueryStates query={page} skeleton={<Skeleton height={360} radius="md" />}>
        {(data) => <Users page={data} view={view} onView={onView} />}
      </QueryStates>
    </>
  )
}

function Filters({ view, onView }: UsersTabProps): ReactNode {
  const [none, ...profiles] = useProfileChoices()
  return (
    <Group gap="xs">
      <SearchBox
        value={view.search ?? ''}
        onSearch={(words) => onView({ search: words === '' ? undefined : words, page: undefined })}
      />
      <Select
        size="xs"
        w={170}
        aria-label={text.profile}
        placeholder={text.anyProfile}
        clearable
        data={[{ value: none?.value ?? DEFAULT_PROFILE, label: text.ownNone }, ...profiles]}
        value={view.profile ?? null}
        onChange={(profile) => onView({ profile: profile ?? undefined, page: undefined })}
      />
      <Select
        size="xs"
        w={130}
        aria-label={text.status}
        placeholder={text.anyStatus}
        clearable
        data={Object.entries(text.statuses).map(([value, label]) => ({ value, label }))}
        value={view.status ?? null}
        onChange={(status) => onView({ status: statusOf(status), page: undefined })}
      />
    </Group>
  )
}

function statusOf(value: string | null): AccessSearch['status'] {
  return value === 'active' || value === 'inactive' || value === 'deleted' ? value : undefined
}

function ExportButton({ view }: { readonly view: AccessSearch }): ReactNode {
  const client = useWeirClient()
  const filter = livingFilterOf(view)
  const go = async (): Promise<void> => {
    const answer = await client.call('users.export', filter ?? {})
    if (!answer.ok) return showProblem(answer.problem)
    downloadText('weir-users.csv', answer.value.csv, 'text/csv;charset=utf-8')
    showDone(text.exported(answer.value.users))
  }
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} aria-hidden />}
      disabled={filter === null}
      onClick={() => void go()}
    >
      {text.export}
    </Button>
  )
}

function Users({ page, view, onView }: UsersTabProps & { readonly page: UserPage }): ReactNode {
  const navigate = useNavigate()
  const now = useNow()
  const filter = livingFilterOf(view)
  const ticked = useTicked(JSON.stringify(filterOf(view)))
  const [doomed, setDoomed] = useState<UserRow | null>(null)
  const setActive = useSetActive()
  const isDeleted = view.status === 'deleted'
  useShortcut('x', () => ticked.toggleFocused(), text.tickKey, { enabled: !isDeleted })
  const cells: AccessCells = {
    now,
    isDeleted,
    canTick: !isDeleted,
    isTicked: ticked.isTicked,
    onTick: ticked.toggle,
    actions: (row) => (
      <UserActions
        user={row}
        isDeleted={isDeleted}
        onEdit={({ id }) => onView({ edit: id })}
        onConsumption={({ id }) => void navigate({ to: '/dashboard', search: { user: id } })}
        onToken={({ id }) => onView({ tab: 'tokens', add: 'token', owner: id })}
        onActive={setActive}
        onDelete={setDoomed}
      />
    ),
  }
  const columns = accessColumns(cells)
  const shown = tableOf(view, parseColumns(columns, view.columns))
  const chosen = ticked.chosen(filter, page.total_count)
  return (
    <>
      <Group justify="space-between" mih={30} mb={8}>
        {chosen === null ? (
          <Button
            size="compact-sm"
            variant="subtle"
            disabled={isDeleted || page.users.length === 0}
            onClick={() => ticked.tick(page.users.map(({ id }) => id))}
          >
            {accessText.bulk.tickPage}
          </Button>
        ) : (
          <BulkBar
            chosen={chosen}
            total={page.total_count}
            onTakeAll={filter === null ? undefined : ticked.takeAll}
            onClear={ticked.clear}
          />
        )}
        <TableMenu
          columns={columns}
          view={shown}
          onView={(part) => onView(tableAddress(part, PAGE_SIZES, DEFAULT_PAGE_SIZE))}
        />
      </Group>
      <DataTable
        caption={text.caption}
        columns={columns}
        rows={page.users}
        rowId={({ id }) => id}
        totalCount={page.total_count}
        countText={text.count(page.total_count)}
        view={shown}
        pageSizes={PAGE_SIZES}
        onView={(part) => onView(tableAddress(part, PAGE_SIZES, DEFAULT_PAGE_SIZE))}
        onOpen={({ id }) => (isDeleted ? undefined : onView({ edit: id }))}
        empty={<NoUsers view={view} onView={onView} />}
      />
      {doomed !== null && <DeleteUser user={doomed} isDeleted={isDeleted} onClose={() => setDoomed(null)} />}
    </>
  )
}

function NoUsers({ view, onView }: UsersTabProps): ReactNode {
  if (Object.keys(filterOf(view)).length > 0) {
    return (
      <Notice
        icon={<IconFilterOff size={36} />}
        title={text.noMatch}
        actions={
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              onView({ search: undefined, status: undefined, profile: undefined, page: undefined })
            }
          >
            {text.clear}
          </Button>
        }
      >
        {text.noMatchWhy}
      </Notice>
    )
  }
  return (
    <Notice
      icon={<IconUsers size={36} />}
      title={text.none}
      actions={
        <Button size="xs" onClick={() => onView({ add: 'user' })}>
          {text.add}
        </Button>
      }
    >
      {text.noneWhy}
    </Notice>
  )
}
