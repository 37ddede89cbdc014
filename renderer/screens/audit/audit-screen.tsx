import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconFilterOff, IconHistory } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageLinks } from '../../components/page-links.tsx'
import { Panel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { auditText } from '../../text/audit.ts'
import { text } from '../../text.ts'
import { AuditEntries } from './audit-entries.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { type AuditSearch, auditInput, ENTRIES_A_PAGE, NO_FILTERS } from './audit-search.ts'

type Page = OperationOutput<'audit.list'>

const route = getRouteApi('/audit')

/** Who changed what, with how it was before and after. */
export function AuditScreen(): ReactNode {
  const navigate = useNavigate()
  const now = useNow()
  const view = route.useSearch()
  const onView = (change: Partial<AuditSearch>): void =>
    void navigate({ to: '/audit', search: { ...view, page: undefined, ...change }, replace: true })
  const input = auditInput(view, now)
  const query = useSettledQuery(useWeirQuery('audit.list', input))
  const { limit: _limit, offset: _offset, ...filter } = input
  return (
    <Panel
      title={text.shell.screens.audit}
      actions={
        <ExportMenu
          isMain
          name="audit"
          label={auditText.export}
          rows={{ table: 'audit', filter }}
          all={Object.keys(filter).length > 0 ? { table: 'audit', filter: {} } : undefined}
        />
      }
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {auditText.intro}
        </Text>
        <AuditFilters view={view} choices={query.data?.choices} onView={onView} />
        <QueryStates query={query} skeleton={<Skeleton height={320} />}>
          {(page) =>
            page.entries.length === 0 ? (
              <NoEntries
                isFiltered={Object.values(view).some((value) => value !== undefined)}
                onView={onView}
              />
            ) : (
              <>
                <AuditEntries entries={page.entries} />
                <Pages page={page} view={view} onView={onView} />
              </>
            )
          }
        </QueryStates>
      </Stack>
    </Panel>
  )
}

interface ViewProps {
  readonly onView: (change: Partial<AuditSearch>) => void
}

function NoEntries({ isFiltered, onView }: ViewProps & { readonly isFiltered: boolean }): ReactNode {
  if (!isFiltered) {
    return (
      <Notice icon={<IconHistory size={32} />} title={auditText.none}>
        {auditText.noneWhy}
      </Notice>
    )
  }
  return (
    <Notice
      icon={<IconFilterOff size={32} />}
      title={auditText.noMatch}
      actions={
        <Button size="xs" variant="default" onClick={() => onView(NO_FILTERS)}>
          {auditText.filters.clear}
        </Button>
      }
    />
  )
}

function Pages({
  page,
  view,
  onView,
}: ViewProps & { readonly page: Page; readonly view: AuditSearch }): ReactNode {
  const pages = Math.ceil(page.total_count / ENTRIES_A_PAGE)
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" c="dimmed">
        {auditText.count(page.entries.length, page.total_count)}
      </Text>
      <PageLinks
        label={auditText.pages}
        pages={pages}
        page={view.page ?? 1}
        onPage={(to) => onView({ page: to === 1 ? undefined : to })}
      />
    </Group>
  )
}
