import { fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { barLines, ModelBars } from '../../../renderer/components/model-bars.tsx'
import { PlainText } from '../../../renderer/components/plain-text.tsx'
import { StatCard } from '../../../renderer/components/stat-card.tsx'
import { TopList } from '../../../renderer/components/top-list.tsx'
import { UsageBar } from '../../../renderer/components/usage-bar.tsx'
import { statusOfPercent } from '../../../renderer/components/usage-status.ts'
import { VelocityChart } from '../../../renderer/components/velocity-chart.tsx'
import { giveCanvases } from './canvas.ts'
import { renderPart } from './render.tsx'

giveCanvases()

const HOSTILE = [
  '<img src=x onerror="globalThis.hacked = true">',
  '\u202Egnp.exe',
  '👩‍👩‍👧‍👦'.repeat(30),
  'x'.repeat(10_000),
]

describe('text from outside', () => {
  it.each(HOSTILE)('is shown as text and nothing else: %.20s', (text) => {
    const { container } = renderPart(<PlainText text={text} />)
    const shown = container.querySelector('bdi')
    expect(shown?.childElementCount).toBe(0)
    expect(container.querySelector('img')).toBeNull()
    expect((shown?.textContent ?? '').length).toBeLessThan(2_500)
    expect('hacked' in globalThis).toBe(false)
  })
})

describe('the status of a limit', () => {
  it.each([
    [0, 'good'],
    [49.9, 'good'],
    [50, 'moderate'],
    [74.9, 'moderate'],
    [75, 'warning'],
    [89.9, 'warning'],
    [90, 'critical'],
    [99.9, 'critical'],
    [100, 'blocked'],
    [250, 'blocked'],
    [null, 'unlimited'],
  ] as const)('at %s percent is %s', (percent, status) => {
    expect(statusOfPercent(percent)).toBe(status)
  })

  it('is told by word, icon and limit, not by colour alone', () => {
    const { container } = renderPart(<UsageBar status="critical" percent={94.2} limit="day" />)
    expect(container.textContent).toContain('Critical')
    expect(container.textContent).toContain('day 94.2%')
    expect(container.querySelector('svg')).not.toBeNull()
  })

  it('draws no bar where nothing limits', () => {
    const { container } = renderPart(<UsageBar status="unlimited" percent={null} />)
    expect(container.textContent).toContain('Unlimited')
    expect(container.querySelector('[style*="width"]')).toBeNull()
  })
})

describe('a card', () => {
  it('says the exact figure to those who cannot hover', () => {
    renderPart(<StatCard label="Tokens in" value="48.1M" exact="48 123 456 tokens" unit="tokens, Nov 2026" />)
    expect(screen.getByRole('article', { name: 'Tokens in' }).textContent).toContain('48 123 456 tokens')
  })
})

const MODELS = Array.from({ length: 12 }, (_, at) => ({
  provider: 'Google',
  model: at === 0 ? (HOSTILE[0] ?? '') : `model-${at}`,
  turns: 12 - at,
  input_tokens: at,
  output_tokens: at,
  total_tokens: at * 2,
  cost_usd: at === 5 ? 0.0004 : 0,
  percent_of_turns: 0,
}))

describe('models', () => {
  it('are compared by turns, tokens or cost, the largest first and the tail as one', () => {
    const byTurns = barLines(MODELS, 'turns')
    expect(byTurns).toHaveLength(8)
    expect(byTurns.at(-1)?.name).toBe('5 other models')
    expect(byTurns.reduce((sum, line) => sum + line.percent, 0)).toBeCloseTo(100)
    expect(barLines(MODELS, 'tokens')[0]?.name).toBe('model-11')
    expect(barLines(MODELS, 'cost')[0]).toMatchObject({ name: 'model-5', percent: 100 })
  })

  it('without any figure divide by nothing', () => {
    const none = MODELS.map((model) => ({ ...model, cost_usd: 0 }))
    expect(barLines(none, 'cost').every(({ percent }) => percent === 0)).toBe(true)
  })

  it('show a small cost as something', () => {
    renderPart(
      <ModelBars
        title="Models"
        range="November 2026"
        models={MODELS}
        metric="cost"
        onMetric={() => {}}
        empty="none"
      />,
    )
    expect(screen.getByText('$0.0004')).toBeTruthy()
  })
})

describe('a top list', () => {
  const item = { key: 'one', name: HOSTILE[0] ?? '', facts: ['Alice', '3 turns'], costUsd: 0.000002 }

  it('leads on from each entry', () => {
    const onOpen = vi.fn()
    renderPart(
      <TopList
        title="Top"
        unit="cost"
        items={[item]}
        onOpen={onOpen}
        openLabel={() => 'Show Alice'}
        empty=""
      />,
    )
    fireEvent.click(screen.getByRole('button'))
    expect(onOpen).toHaveBeenCalledExactlyOnceWith('one')
    expect(screen.getByText('$0.000002')).toBeTruthy()
  })

  it('has no buttons where there is nowhere to go', () => {
    renderPart(<TopList title="Top" unit="cost" items={[item]} empty="" />)
    expect(screen.queryByRole('button')).toBeNull()
  })
})

describe('the velocity chart', () => {
  const hours = Array.from({ length: 24 }, (_, at) => ({
    hour_started_at: new Date(Date.UTC(2026, 10, 3, at)).toISOString(),
    turns: at === 15 ? 14 : 0,
    failed_turns: at === 15 ? 2 : 0,
    input_tokens: at === 15 ? 1_234_567 : 0,
    output_tokens: 0,
    total_tokens: at === 15 ? 1_234_567 : 0,
    cost_usd: 0,
  }))

  it('is also a table with every hour, those without turns included', () => {
    renderPart(<VelocityChart hours={hours} zone="UTC" metric="turns" onMetric={() => {}} />)
    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }))
    const table = within(screen.getByRole('table'))
    expect(table.getAllByRole('row')).toHaveLength(25)
    const peak = table.getByRole('rowheader', { name: '2026-11-03 15:00 UTC' }).closest('tr')
    expect(peak?.textContent).toBe('2026-11-03 15:00 UTC122')
  })

  it('switches between turns and tokens', () => {
    const onMetric = vi.fn()
    renderPart(<VelocityChart hours={hours} zone="UTC" metric="tokens" onMetric={onMetric} />)
    expect(screen.getByText('1 234 567')).toBeTruthy()
    fireEvent.click(screen.getByLabelText('Turns'))
    expect(onMetric).toHaveBeenCalledWith('turns')
  })
})
