import { expect, test } from 'vitest'
import { addUp, type ImportReport, type ImportRow } from '../../../renderer/screens/costs/use-price-import.ts'

const figures = { input_usd_per_million: 1, output_usd_per_million: 2, cached_input_usd_per_million: null }

function report(result: ImportRow['result'], ...models: readonly string[]): ImportReport {
  const rows = models.map((model) => ({
    name: `acme/${model}`,
    result,
    reason: null,
    provider: 'acme',
    model,
    before: null,
    after: figures,
    change_percent: null,
    has_steps: false,
    overridden: false,
  }))
  return { new: 0, changed: 0, same: 0, unusable: 0, [result]: models.length, rows }
}

test('a model that an earlier piece of the file has is left out of a later one, whatever it was there', () => {
  const sum = addUp(addUp(report('same', 'a'), report('new', 'A', 'b')), report('changed', 'b', 'c'))
  expect(sum).toMatchObject({ same: 1, new: 1, changed: 1, unusable: 2 })
  expect(sum.rows.map((row) => row.result)).toEqual(['same', 'unusable', 'new', 'unusable', 'changed'])
})
