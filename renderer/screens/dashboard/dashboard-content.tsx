import { IconCpu, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ModelBars, type ModelMetric } from '../../components/model-bars.tsx'
import { Notice } from '../../components/notice.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import type { TimeMetric } from '../../components/time-bars.tsx'
import { ActivityChart, VelocityChart } from '../../components/velocity-chart.tsx'
import { clipText, formatPeriod } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'
import { AttentionPanel } from './attention-panel.tsx'
import styles from './dashboard.module.css'
import { NoTurns } from './no-turns.tsx'
import { SummaryCards } from './summary-cards.tsx'
import { TopLists } from './top-lists.tsx'
import { type DashboardData, hasNoTurns } from './use-dashboard.ts'
import { UserLimits } from './user-limits.tsx'

/** A name longer than this does not fit the sentence it stands in. */
const NAME_MAX = 60

/** What `DashboardContent` takes. */
export interface DashboardContentProps {
  readonly data: DashboardData
  /** Billing time zone. */
  readonly zone: string
  readonly apiUrl: string | null
  readonly hasSwitchedToAll: boolean
  readonly chart: TimeMetric
  readonly models: ModelMetric
  readonly onChart: (metric: TimeMetric) => void
  readonly onModels: (metric: ModelMetric) => void
  readonly onShowNearLimit: () => void
}

/** The dashboard once its figures are there. */
export function DashboardContent(props: DashboardContentProps): ReactNode {
  const { data, zone } = props
  const { summary } = data
  const username = data.kind === 'user' ? data.summary.username : undefined
  const range = formatPeriod(summary.range)
  return (
    <div className={styles.stack}>
      <div className={styles.heading}>
        <span className={styles.who}>
          <PlainText text={username ?? dashboardText.scope.all} />
        </span>
        <span>{dashboardText.heading(range, zone)}</span>
        {props.hasSwitchedToAll ? (
          <span className={styles.switched}>
            <IconInfoCircle size={15} aria-hidden />
            {switchedSentence(username, formatPeriod(summary.current_period))}
          </span>
        ) : null}
      </div>
      {data.kind === 'user' ? <UserLimits summary={data.summary} zone={zone} /> : null}
      {hasNoTurns(data) ? (
        <NoTurns username={username} apiUrl={props.apiUrl} />
      ) : (
        <Figures {...props} range={range} />
      )}
    </div>
  )
}

function switchedSentence(username: string | undefined, month: string): string {
  return username === undefined
    ? dashboardText.range.switched(month)
    : dashboardText.range.switchedUser(clipText(username, NAME_MAX), month)
}

function Figures(props: DashboardContentProps & { readonly range: string }): ReactNode {
  const { data, zone, chart, onChart } = props
  const { summary } = data
  return (
    <>
      <SummaryCards data={data} onShowNearLimit={props.onShowNearLimit} />
      {data.kind === 'all' ? <AttentionPanel summary={data.summary} /> : null}
      <div className={styles.pair}>
        <VelocityChart
          hours={summary.velocity_data}
          zone={zone}
          metric={chart}
          onMetric={onChart}
          limit={data.kind === 'user' ? data.summary.prompts_per_hour_limit : null}
        />
        <ActivityChart
          activity={summary.activity}
          range={summary.range}
          zone={zone}
          metric={chart}
          onMetric={onChart}
        />
      </div>
      <ModelBars
        title={dashboardText.charts.models}
        range={props.range}
        models={summary.model_distribution}
        metric={props.models}
        onMetric={props.onModels}
        empty={<Notice icon={<IconCpu size={28} />} title={dashboardText.charts.noModels} />}
      />
      <TopLists data={data} zone={zone} />
    </>
  )
}
