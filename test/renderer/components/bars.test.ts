import { describe, expect, it } from 'vitest'
import { lineWithin } from '../../../renderer/components/bars.ts'

const points = ['13', '14'].map((label) => ({ label, fullLabel: label }))
const bars = (...values: number[]) => ({
  points,
  series: [{ label: 'Turns', color: 'success' as const, values }],
})
const limit = (value: number) => ({ label: 'Prompts an hour', value })

describe('the line of a limit', () => {
  it('is drawn and named where the bars come near it', () => {
    expect(lineWithin(limit(50), bars(10, 13))).toEqual(limit(50))
  })

  it('is neither drawn nor named where it is off the axis', () => {
    expect(lineWithin(limit(50), bars(10, 12))).toBeUndefined()
    expect(lineWithin(limit(50), bars(0, 0))).toBeUndefined()
  })

  it('is none where there is no limit', () => {
    expect(lineWithin(undefined, bars(10, 13))).toBeUndefined()
  })
})
