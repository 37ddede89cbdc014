import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import type { z } from 'zod'
import type { systemSummary } from '../../shared/contract/consumption-shapes.ts'
import { formatCount, formatMoney, formatMoneyExact, formatPercent, formatTokens } from '../format.ts'
import { componentsText } from '../text/components.ts'
import styles from './model-bars.module.css'
import { Panel } from './panel.tsx'
import { PlainText } from './plain-text.tsx'

type ModelShare = z.output<typeof systemSummary>['model_distribution'][number]

/** By what models are compared. */
export type ModelMetric = 'turns' | 'tokens' | 'cost'

/** Models shown one by one; the rest is one line, or a long tail would push everything else off the screen. */
const SHOWN_MAX = 7

/** What `ModelBars` takes. */
export interface ModelBarsProps {
  readonly title: string
  /** The range the figures are of: `November 2026`. */
  readonly range: string
  readonly models: readonly ModelShare[]
  readonly metric: ModelMetric
  readonly onMetric: (metric: ModelMetric) => void
  /** Stands in place of the bars when no model was used. */
  readonly empty: ReactNode
}

/** How turns, tokens or cost are spread over models, largest first. */
export function ModelBars({ title, range, models, metric, onMetric, empty }: ModelBarsProps): ReactNode {
  const text = componentsText.models
  return (
    <Panel
      title={title}
      unit={`${metric === 'cost' ? 'cost (est.)' : metric}, ${range}`}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={text.by}
          value={metric}
          onChange={onMetric}
          data={[
            { value: 'turns', label: componentsText.chart.turns },
            { value: 'tokens', label: componentsText.chart.tokens },
            { value: 'cost', label: componentsText.chart.cost },
          ]}
        />
      }
    >
      {models.length === 0 ? empty : <Bars models={models} metric={metric} />}
    </Panel>
  )
}

interface BarLine {
  readonly key: string
  readonly name: string
  readonly provider: string
  readonly value: number
  /** Share of the whole in percent. */
  readonly percent: number
}

function Bars({
  models,
  metric,
}: {
  readonly models: readonly ModelShare[]
  readonly metric: ModelMetric
}): ReactNode {
  const { short, exact } = FORMATS[metric]
  const lines = barLines(models, metric)
  const longest = Math.max(...lines.map((line) => line.percent), Number.MIN_VALUE)
  return (
    <ul className={styles.list}>
      {lines.map((line) => (
        <li key={line.key} className={styles.item}>
          <div className={styles.line}>
            <span className={styles.name}>
              <PlainText text={line.name} />
              {line.provider === '' ? null : (
                <span className={styles.provider}>
                  <PlainText text={line.provider} />
                </span>
              )}
            </span>
            <span className={styles.value} title={exact(line.value)}>
              {short(line.value)}
              <span className={styles.percent}>{formatPercent(line.percent)}</span>
            </span>
          </div>
          <div className={styles.track} aria-hidden>
            <div className={styles.fill} style={{ width: `${(line.percent / longest) * 100}%` }} />
          </div>
        </li>
      ))}
    </ul>
  )
}

const FORMATS = {
  turns: { short: formatCount, exact: (turns: number) => `${formatCount(turns)} turns` },
  tokens: { short: formatTokens, exact: (tokens: number) => `${formatCount(tokens)} tokens` },
  cost: { short: formatMoney, exact: (usd: number) => `${formatMoneyExact(usd)}, estimated` },
} as const satisfies Record<
  ModelMetric,
  { short: (value: number) => string; exact: (value: number) => string }
>

/** The bars to draw: the largest models, and the rest as one. */
export function barLines(models: readonly ModelShare[], metric: ModelMetric): readonly BarLine[] {
  const whole = models.reduce((sum, model) => sum + amountOf(model, metric), 0)
  const share = (value: number): number => (whole === 0 ? 0 : (value / whole) * 100)
  const sorted = models.toSorted((a, b) => amountOf(b, metric) - amountOf(a, metric))
  // One more model takes no more room than the line that would stand for it.
  const shownCount = sorted.length === SHOWN_MAX + 1 ? sorted.length : SHOWN_MAX
  const lines = sorted.slice(0, shownCount).map((model): BarLine => {
    const value = amountOf(model, metric)
    const key = JSON.stringify([model.provider, model.model])
    return { key, name: model.model, provider: model.provider, value, percent: share(value) }
  })
  const rest = sorted.slice(shownCount)
  if (rest.length === 0) return lines
  const value = rest.reduce((sum, model) => sum + amountOf(model, metric), 0)
  return [
    ...lines,
    {
      key: 'others',
      name: componentsText.models.others(rest.length),
      provider: '',
      value,
      percent: share(value),
    },
  ]
}

function amountOf(model: ModelShare, metric: ModelMetric): number {
  if (metric === 'turns') return model.turns
  return metric === 'tokens' ? model.total_tokens : model.cost_usd
}
