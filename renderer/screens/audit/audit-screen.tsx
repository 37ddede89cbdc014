import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconFilterOff, IconHistory } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { unwrap, useWeirQuery } from '../../app/queries.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { collect } from '../../components/export-rows.ts'
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
/** The most the server gives at a time. */
const ENTRIES_A_CALL = 1000

/** Who changed what, with how it was before and after. */
export function AuditScreen(): ReactNode {
  const navigate = useNavigate()
  const client = useWeirClient()
  const now = useNow()
  const view = route.useSearch()
  const onView = (change: Partial<AuditSearch>): void =>
    void navigate({ to: '/audit', search: { ...view, page: undefined, ...change }, replace: true })
  const input = auditInput(view, now)
  const query = useSettledQuery(useWeirQuery('audit.list', input))
  const all = () =>
    collect(async (offset) => {
      const page = await unwrap(client.call('audit.list', { ...input, limit: ENTRIES_A_CALL, offset }))
      return { rows: page.entries.map(flatEntry), totalCount: page.total_count }
    })
  return (
    <Panel
      title={text.shell.screens.audit}
      actions={<ExportMenu name="audit" label={auditText.export} collect={all} />}
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

/** Before and after as JSON: a cell of a spreadsheet holds one text. */
function flatEntry(entry: Page['entries'][number]) {
  return {
    ...entry,
    before: entry.before === null ? '' : JSON.stringify(entry.before),
    after: entry.after === null ? '' : JSON.stringify(entry.after),
  }
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
