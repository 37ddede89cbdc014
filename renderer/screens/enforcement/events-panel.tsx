import { Anchor, Badge, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconCircleCheck, IconFilterOff } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageLinks } from '../../components/page-links.tsx'
import { QueryPanel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { formatAgo, formatCount, formatInstant } from '../../format.ts'
import { enforcementScreenText, reasonOf } from '../../text/enforcement.ts'
import styles from './enforcement.module.css'
import {
  type EnforcementSearch,
  type EnforcementView,
  EVENTS_A_PAGE,
  eventsInput,
  isNarrowed,
} from './enforcement-search.ts'
import { EventFilters } from './event-filters.tsx'

type Page = OperationOutput<'enforcement.events'>
type Event = Page['events'][number]

const text = enforcementScreenText.events

/** Everything that was refused, would have been, or was let through unasked, with what its caller was told. */
export function EventsPanel({ view, onView }: EnforcementView): ReactNode {
  const now = useNow()
  const input = eventsInput(view, now)
  const query = useSettledQuery(useWeirQuery('enforcement.events', input))
  const { limit: _limit, offset: _offset, ...filter } = input
  return (
    <QueryPanel
      title={text.title}
      unit={text.rangeUnits[view.range ?? 'day']}
      query={query}
      skeleton={<Skeleton height={300} />}
      actions={
        <ExportMenu
          isMain
          name="enforcement"
          label={text.export}
          rows={{ table: 'decisions', filter }}
          all={isNarrowed(view) ? { table: 'decisions', filter: {} } : undefined}
        />
      }
    >
      {(page) => (
        <Stack gap="sm">
          <EventFilters view={view} onView={onView} />
          <Counts page={page} view={view} onView={onView} />
          {page.events.length === 0 ? (
            <Nothing view={view} />
          ) : (
            <Events page={page} view={view} onView={onView} />
          )}
        </Stack>
      )}
    </QueryPanel>
  )
}

function Nothing({ view }: { readonly view: EnforcementSearch }): ReactNode {
  return isNarrowed(view) ? (
    <Notice icon={<IconFilterOff size={32} />} title={text.noMatch} />
  ) : (
    <Notice kind="good" icon={<IconCircleCheck size={32} />} title={text.none}>
      {text.noneWhy}
    </Notice>
  )
}

/** How often each reason occurred; a click shows only those. */
function Counts({ page, view, onView }: EnforcementView & { readonly page: Page }): ReactNode {
  if (page.counts.length === 0) return null
  return (
    <ul className={styles.counts} aria-label={text.reasons}>
      {page.counts.map(({ kind, code, count }) => {
        const isChosen = view.kind === kind && view.code === code
        return (
          <li key={`${kind} ${code}`}>
            <button
              type="button"
              className={styles.count}
              aria-pressed={isChosen}
              onClick={() => onView(isChosen ? { kind: undefined, code: undefined } : { kind, code })}
            >
              <strong>{formatCount(count)}</strong> {text.kinds[kind]}: {reasonOf(code)}
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function Events({ page, view, onView }: EnforcementView & { readonly page: Page }): ReactNode {
  const zone = useStatus().data?.time_zone ?? 'UTC'
  const pages = Math.ceil(page.total_count / EVENTS_A_PAGE)
  const { columns } = text
  return (
    <>
      <Table.ScrollContainer minWidth={820} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={6} aria-label={text.title}>
          <Table.Thead>
            <Table.Tr>
              {Object.entries(columns).map(([key, label]) => (
                <Table.Th key={key} scope="col">
                  {label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {page.events.map((event) => (
              <EventRow key={event.id} event={event} zone={zone} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {text.count(page.events.length, page.total_count)}
        </Text>
        <PageLinks
          label={text.pages}
          pages={pages}
          page={view.page ?? 1}
          onPage={(to) => onView({ page: to === 1 ? undefined : to })}
        />
      </Group>
    </>
  )
}

const COLOURS = { blocked: 'red', would_have_blocked: 'yellow', bypassed: 'gray' } as const

function EventRow({ event, zone }: { readonly event: Event; readonly zone: string }): ReactNode {
  const navigate = useNavigate()
  const now = useNow()
  const name = event.username ?? event.user_id
  return (
    <Table.Tr>
      <Table.Td className="nowrap" title={formatInstant(event.at, zone)}>
        {formatAgo(Date.parse(event.at), now)}
      </Table.Td>
      <Table.Td className={styles.who}>
        <Anchor
          component="button"
          type="button"
          size="sm"
          aria-label={text.open(name)}
          onClick={() => void navigate({ to: '/user', search: { id: event.user_id } })}
        >
          <PlainText text={name} title={event.user_id} />
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Badge variant="outline" color={COLOURS[event.kind]} tt="none" className={styles.badge}>
          {text.kinds[event.kind]}
        </Badge>
      </Table.Td>
      <Table.Td>{reasonOf(event.code)}</Table.Td>
      <Table.Td className={styles.told}>{event.told}</Table.Td>
    </Table.Tr>
  )
}
