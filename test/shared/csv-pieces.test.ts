import { describe, expect, test } from 'vitest'
import { csvPieces } from '../../shared/csv-pieces.ts'

describe('a CSV file in pieces', () => {
  test('is one piece when it is small, whatever its line ends are', () => {
    for (const csv of ['id\na\n', 'id\r\na\r\n', 'id\ra\r', 'id', '']) {
      expect(csvPieces(csv)).toEqual([{ csv, firstLine: 2 }])
    }
  })

  test('has the names in every piece, no record cut, and the lines of the file counted', () => {
    const csv = 'id,n\na,"one\ntwo"\nb,2\nc,"say ""x""\nd"\ne,3'
    expect(csvPieces(csv, 20)).toEqual([
      { csv: 'id,n\na,"one\ntwo"\n', firstLine: 2 },
      { csv: 'id,n\nb,2\n', firstLine: 4 },
      { csv: 'id,n\nc,"say ""x""\nd"\n', firstLine: 5 },
      { csv: 'id,n\ne,3', firstLine: 7 },
    ])
  })
})
