import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconCoin } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { ScreenControls } from '../../app/screen-controls.tsx'
import { useStatus } from '../../app/status.ts'
import { Notice } from '../../components/notice.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { RangeSelect } from '../../components/range-select.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { StatCards } from '../../components/stat-card.tsx'
import { formatPeriod } from '../../format.ts'
import { consumptionText } from '../../text/consumption.ts'
import { costsText } from '../../text/costs.ts'
import { CostBreakdown } from './cost-breakdown.tsx'
import { CostCards } from './cost-cards.tsx'
import type { Costs, CostsSearch, CostsView } from './costs-search.ts'
import { FallbackPrice } from './fallback-price.tsx'
import { PricePanel } from './price-panel.tsx'
import { RepricePanel } from './reprice-panel.tsx'

const route = getRouteApi('/costs')

/** What was spent on whom and by which model, and the prices it is worked out by. */
export function CostsScreen(): ReactNode {
  const navigate = useNavigate()
  const view = route.useSearch()
  const onView = (change: Partial<CostsSearch>): void =>
    void navigate({ to: '/costs', search: { ...view, ...change }, replace: true })
  const costs = useSettledQuery(useWeirQuery('costs.summary', { period: view.range ?? 'current' }))
  const status = useStatus().data
  const zone = status?.time_zone ?? 'UTC'
  return (
    <Stack gap="md">
      <ScreenControls>
        <RangeSelect
          label={costsText.range}
          value={view.range ?? 'current'}
          current={status?.current_period}
          periods={costs.data?.periods ?? []}
          onRange={(range) => onView({ range: range === 'current' ? undefined : range })}
        />
      </ScreenControls>
      <QueryStates query={costs} skeleton={<CostsSkeleton />}>
        {(data) => <CostsContent data={data} zone={zone} view={view} onView={onView} />}
      </QueryStates>
      <PricePanel view={view} onView={onView} />
      <FallbackPrice />
      <RepricePanel view={view} onView={onView} />
    </Stack>
  )
}

function CostsContent({
  data,
  zone,
  view,
  onView,
}: CostsView & { readonly data: Costs; readonly zone: string }): ReactNode {
  const navigate = useNavigate()
  const isEmpty = data.totals.turns === 0 && data.totals.cost_usd === 0
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {costsText.period(formatPeriod(data.range), zone)}
      </Text>
      <CostCards data={data} />
      {isEmpty ? (
        <Notice
          isFramed
          icon={<IconCoin size={36} />}
          title={costsText.noCosts}
          actions={
            <Button size="xs" variant="default" onClick={() => void navigate({ to: '/connect' })}>
              {consumptionText.empty.connect}
            </Button>
          }
        >
          {costsText.noCostsWhy}
        </Notice>
      ) : (
        <CostBreakdown data={data} view={view} onView={onView} />
      )}
    </Stack>
  )
}

const CARDS = ['a', 'b', 'c', 'd', 'e'] as const

function CostsSkeleton(): ReactNode {
  return (
    <Stack gap="md">
      <StatCards columns={5}>
        {CARDS.map((card) => (
          <Skeleton key={card} height={112} radius="md" />
        ))}
      </StatCards>
      <Skeleton height={220} radius="md" />
    </Stack>
  )
}
