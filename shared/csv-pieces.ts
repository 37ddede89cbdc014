import { CSV_PIECE_CHARACTERS_MAX } from './contract/access.ts'

/** One piece of a file: the line of names, then whole records. */
export interface CsvPiece {
  readonly csv: string
  /** The line of the file the first record after the names stands in, from 2. */
  readonly firstLine: number
}

/**
 * Cuts a CSV file into pieces that each fit a request, every one with the line of names. Records are never cut: a line
 * that ends inside quotes goes on in the next. A single record longer than a piece is a piece of its own, for the
 * server to refuse.
 */
export function csvPieces(csv: string, charactersMax = CSV_PIECE_CHARACTERS_MAX): readonly CsvPiece[] {
  const [head = '', ...records] = recordsOf(csv)
  const pieces: CsvPiece[] = []
  let body = ''
  let line = 1 + linesIn(head)
  let firstLine = line
  for (const record of records) {
    if (body !== '' && head.length + body.length + record.length > charactersMax) {
      pieces.push({ csv: head + body, firstLine })
      body = ''
      firstLine = line
    }
    body += record
    line += linesIn(record)
  }
  if (body !== '' || pieces.length === 0) pieces.push({ csv: head + body, firstLine })
  return pieces
}

/** Records with their line ends. A quote that is doubled inside of quotes leaves their number even. */
function recordsOf(csv: string): readonly string[] {
  const records: string[] = []
  let record = ''
  for (const line of csv.split(/(?<=\n|\r(?!\n))/)) {
    record += line
    if ((record.split('"').length - 1) % 2 !== 0) continue
    records.push(record)
    record = ''
  }
  if (record !== '') records.push(record)
  return records
}

function linesIn(record: string): number {
  return Math.max(1, record.split(/\r\n|\n|\r/).length - 1)
}
