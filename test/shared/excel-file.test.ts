import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ExcelFile, excelFile } from '../../shared/excel-file.ts'
import { columnsOf, type Row } from '../../shared/table-cells.ts'
import { readExcel } from '../support/read-excel.ts'

function readBack(rows: readonly Row[]) {
  return readExcel(Buffer.concat(excelFile('Rows', columnsOf(rows), rows)))
}

describe('an Excel file', () => {
  test('holds numbers as numbers, times as times in UTC, money with its decimals, and the names stay in view', () => {
    const [sheet] = readBack([
      {
        user: 'ada',
        tokens: 1_234_567_890_123,
        cost_usd: 0.000001,
        seen_at: '2026-11-24T10:00:00.123Z',
        tags: ['a', 'b'],
      },
      { user: 'bob', tokens: 0, cost_usd: 12.345678, seen_at: null, tags: [] },
    ])
    expect(sheet).toMatchObject({ name: 'Rows', frozenRows: 1, hasFormula: false })
    expect(sheet?.rows).toEqual([
      ['user', 'tokens', 'cost_usd', 'seen_at (UTC)', 'tags'],
      ['ada', 1_234_567_890_123, 0.000001, { utc: '2026-11-24T10:00:00.123Z' }, 'a; b'],
      ['bob', 0, 12.345678, null, ''],
    ])
  })

  test('has text as text, whatever it looks like', () => {
    const hostile = [
      '=1+1',
      '+cmd',
      '@SUM(A1)',
      '-2',
      '<b>&amp;</b>',
      ']]>',
      'a\u0000b\u0007',
      '_x0041_',
      'مرحبا 🙂',
      'x\r\ny',
    ]
    const [sheet] = readBack(hostile.map((text) => ({ text })))
    expect(sheet?.hasFormula).toBe(false)
    expect(sheet?.rows.slice(1).flat()).toEqual(hostile)
  })

  test('of random text is read back as that text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 50 }), { minLength: 1 }), (texts) => {
        const [sheet] = readBack(texts.map((text) => ({ text })))
        expect(sheet?.rows.slice(1).flat()).toEqual(texts)
      }),
    )
  })

  test('says where a text was longer than a cell of Excel may be, and does not break on half a character', () => {
    const [sheet] = readBack([{ text: 'x'.repeat(40_000) }, { text: '\ud83d' }])
    const [, long, half] = sheet?.rows ?? []
    expect(String(long?.[0])).toHaveLength(32_767)
    expect(long?.[0]).toMatch(/x… \(cut: Excel holds no more in a cell\)$/)
    expect(half).toEqual(['\ufffd'])
  })

  test('goes on in a next sheet, under the same names, when a sheet is full', () => {
    const pieces: Uint8Array[] = []
    const file = new ExcelFile('Turns', ['n'], (bytes) => pieces.push(bytes), 2)
    file.add([{ n: 1 }, { n: 2 }, { n: 3 }])
    file.end()
    const sheets = readExcel(Buffer.concat(pieces))
    expect(sheets.map(({ name, rows }) => ({ name, rows }))).toEqual([
      { name: 'Turns', rows: [['n'], [1], [2]] },
      { name: 'Turns 2', rows: [['n'], [3]] },
    ])
  })
})
