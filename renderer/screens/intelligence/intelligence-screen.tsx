import { Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconBulb, IconDownload, IconHelpCircle } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { downloadText } from '../../app/download.ts'
import { showDone } from '../../app/notify.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { ScreenControls } from '../../app/screen-controls.tsx'
import { useShortcut } from '../../app/shortcuts.tsx'
import { useStatus } from '../../app/status.ts'
import { Notice } from '../../components/notice.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { RangeSelect } from '../../components/range-select.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { StatCards } from '../../components/stat-card.tsx'
import { clipText, formatPeriod } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'
import { intelligenceText } from '../../text/intelligence.ts'
import { ScopeSelect } from '../dashboard/scope-select.tsx'
import { CasesPanel } from './cases-panel.tsx'
import { ComparisonPanel } from './comparison-panel.tsx'
import { IntelligenceCards } from './intelligence-cards.tsx'
import type { Intelligence, IntelligenceSearch } from './intelligence-search.ts'
import { MethodDialog } from './method-dialog.tsx'
import { SavingsPanel } from './savings-panel.tsx'
import { TrendPanel } from './trend-panel.tsx'

const route = getRouteApi('/intelligence')
const text = intelligenceText

/** A name longer than this does not fit the line it stands in. */
const NAME_MAX = 60

/** What retrieval brought: only what was counted or measured, and what speaks against it. */
export function IntelligenceScreen(): ReactNode {
  const navigate = useNavigate()
  const view = route.useSearch()
  const [isMethodOpen, setMethodOpen] = useState(false)
  const onView = (change: Partial<IntelligenceSearch>): void =>
    void navigate({ to: '/intelligence', search: { ...view, ...change }, replace: !('user' in change) })
  const query = useWeirQuery(
    'intelligence.summary',
    { period: view.range ?? 'current', ...(view.user === undefined ? {} : { user_id: view.user }) },
    { keepPrevious: false },
  )
  // Another user's figures must never stand under this one's name.
  const settled = useSettledQuery(query, view.user ?? '')
  const zone = useStatus().data?.time_zone ?? 'UTC'
  useShortcut('m', () => setMethodOpen(true), text.method.open)
  return (
    <Stack gap="md">
      <ScreenControls>
        <Group gap="xs" wrap="nowrap">
          <ScopeSelect
            user={view.user}
            username={settled.data?.username ?? undefined}
            onUser={(user) => onView({ user })}
          />
          <RangeSelect
            value={view.range ?? 'current'}
            current={settled.data?.current_period}
            periods={settled.data?.periods ?? []}
            onRange={(range) => onView({ range: range === 'current' ? undefined : range })}
          />
        </Group>
      </ScreenControls>
      <QueryStates query={settled} skeleton={<IntelligenceSkeleton />}>
        {(data) => (
          <Content
            data={data}
            zone={zone}
            onMethod={() => setMethodOpen(true)}
            onAll={() => onView({ range: 'all' })}
          />
        )}
      </QueryStates>
      <MethodDialog isOpen={isMethodOpen} onClose={() => setMethodOpen(false)} />
    </Stack>
  )
}

interface ContentProps {
  readonly data: Intelligence
  readonly zone: string
  readonly onMethod: () => void
  readonly onAll: () => void
}

function Content({ data, zone, onMethod, onAll }: ContentProps): ReactNode {
  const who = clipText(data.username ?? dashboardText.scope.all, NAME_MAX)
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
          {text.heading(who, formatPeriod(data.range), zone)}
        </Text>
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconHelpCircle size={15} aria-hidden />}
            onClick={onMethod}
          >
            {text.method.open}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconDownload size={15} aria-hidden />}
            onClick={() => save(data)}
          >
            {text.save}
          </Button>
        </Group>
      </Group>
      <IntelligenceCards data={data} />
      {data.rag_guided_turns === 0 ? (
        <NothingGuided data={data} onAll={onAll} />
      ) : (
        <>
          <ComparisonPanel data={data} />
          <TrendPanel data={data} zone={zone} />
          <SavingsPanel data={data} />
        </>
      )}
      <CasesPanel cases={data.champion_cases.newest} zone={zone} />
    </Stack>
  )
}

function NothingGuided({ data, onAll }: Pick<ContentProps, 'data' | 'onAll'>): ReactNode {
  const navigate = useNavigate()
  return (
    <Notice
      isFramed
      icon={<IconBulb size={36} />}
      title={text.empty.title}
      actions={
        data.range === 'all' || data.periods.length === 0 ? (
          <Button size="xs" variant="default" onClick={() => void navigate({ to: '/connect' })}>
            {text.empty.connect}
          </Button>
        ) : (
          <Button size="xs" variant="default" onClick={onAll}>
            {text.empty.all}
          </Button>
        )
      }
    >
      {data.username === null ? text.empty.why : text.empty.whyUser(clipText(data.username, NAME_MAX))}
    </Notice>
  )
}

function save(data: Intelligence): void {
  const whose = data.user_id === null ? '' : `${data.user_id}-`
  downloadText(
    `intelligence-${whose}${data.range}.json`,
    `${JSON.stringify(data, null, 2)}\n`,
    'application/json',
  )
  showDone(text.saved)
}

const CARDS = ['a', 'b', 'c', 'd'] as const

function IntelligenceSkeleton(): ReactNode {
  return (
    <Stack gap="md">
      <StatCards columns={4}>
        {CARDS.map((card) => (
          <Skeleton key={card} height={128} radius="md" />
        ))}
      </StatCards>
      <Skeleton height={260} radius="md" />
      <Skeleton height={300} radius="md" />
    </Stack>
  )
}
