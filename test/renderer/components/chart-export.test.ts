import { describe, expect, it } from 'vitest'
import { chartCsv } from '../../../renderer/components/chart-export.tsx'

describe('the file of a chart', () => {
  it('has a line for each step with the exact figures, and no cell a spreadsheet would run', () => {
    const csv = chartCsv({
      stepName: 'Day',
      points: [
        { label: '1', fullLabel: '2026-11-01' },
        { label: '2', fullLabel: '=HYPERLINK("x")' },
      ],
      series: [
        { label: 'Guided', color: 'success', values: [1234567, 0] },
        { label: 'Others', color: 'output', values: [5] },
      ],
    })
    expect(csv).toBe('\ufeffDay,Guided,Others\n2026-11-01,1234567,5\n"\'=HYPERLINK(""x"")",0,0\n')
  })
})
