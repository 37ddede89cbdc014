import type { ReactNode } from 'react'
import { BarsPanel } from '../../components/bars-panel.tsx'
import { formatCount, formatPeriod } from '../../format.ts'
import { intelligenceText } from '../../text/intelligence.ts'
import type { Intelligence } from './intelligence-search.ts'

const text = intelligenceText.trend

/** Guided turns among all, by day within a month and by month over all time. */
export function TrendPanel({
  data,
  zone,
}: {
  readonly data: Intelligence
  readonly zone: string
}): ReactNode {
  const { bucket, points } = data.trend
  return (
    <BarsPanel
      title={text.title}
      unit={text.unit(formatPeriod(data.range), zone)}
      stepName={text[bucket]}
      points={points.map(({ label }) => ({
        // A day is `2026-11-03`: its axis needs the 3 only, the month is in the heading.
        label: bucket === 'month' ? label : String(Number(label.slice(8))),
        fullLabel: bucket === 'month' ? formatPeriod(label) : label,
      }))}
      series={[
        { label: text.guided, color: 'success', values: points.map((point) => point.rag_guided_turns) },
        {
          label: text.other,
          color: 'output',
          values: points.map((point) => Math.max(0, point.turns - point.rag_guided_turns)),
        },
      ]}
      format={(turns) => text.turns(formatCount(turns))}
      summary={text.summary(formatCount(data.rag_guided_turns), formatCount(data.total_turns))}
    />
  )
}
