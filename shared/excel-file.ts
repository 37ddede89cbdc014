// The build for browsers runs everywhere; that for Node brings a loader of its own, which a bundle cannot hold.
import { strToU8, Zip, ZipDeflate } from 'fflate/browser'
import { rowXml, SHEET_END, sheetStart, workbookFiles } from './excel-pieces.ts'
import { cellOf, type Row } from './table-cells.ts'

/** Rows a sheet of Excel holds beside its header; what is more goes on in a next sheet. */
export const SHEET_ROWS_MAX = 1_048_575

/** Small texts are not worth a compressor's call each. */
const PIECE_CHARACTERS = 64 * 1024

/** An Excel file written piece by piece: it never holds more than a piece of it, however many rows there are. */
export class ExcelFile {
  readonly #title: string
  readonly #columns: readonly string[]
  readonly #rowsMax: number
  readonly #zip: Zip
  #sheet: ZipDeflate | undefined
  #sheets = 0
  #rows = 0
  #waiting = ''

  /** `onBytes` is called at once with what is ready of the file. `rowsMax` is for tests. */
  constructor(
    title: string,
    columns: readonly string[],
    onBytes: (bytes: Uint8Array) => void,
    rowsMax: number = SHEET_ROWS_MAX,
  ) {
    this.#title = title
    this.#columns = columns
    this.#rowsMax = rowsMax
    this.#zip = new Zip((error, bytes) => {
      if (error !== null) throw error
      onBytes(bytes)
    })
    this.#begin()
  }

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      if (this.#rows === this.#rowsMax) {
        this.#endSheet()
        this.#begin()
      }
      this.#write(rowXml(this.#columns.map((name) => cellOf(name, row[name]))))
      this.#rows += 1
    }
  }

  /** Nothing may be added afterwards. */
  end(): void {
    this.#endSheet()
    for (const [path, content] of workbookFiles(this.#title, this.#sheets)) {
      const file = new ZipDeflate(path)
      this.#zip.add(file)
      file.push(strToU8(content), true)
    }
    this.#zip.end()
  }

  #begin(): void {
    this.#sheets += 1
    this.#rows = 0
    this.#sheet = new ZipDeflate(`xl/worksheets/sheet${this.#sheets}.xml`)
    this.#zip.add(this.#sheet)
    this.#write(sheetStart(this.#columns))
  }

  #endSheet(): void {
    this.#sheet?.push(strToU8(this.#waiting + SHEET_END), true)
    this.#waiting = ''
  }

  #write(xml: string): void {
    this.#waiting += xml
    if (this.#waiting.length < PIECE_CHARACTERS) return
    this.#sheet?.push(strToU8(this.#waiting), false)
    this.#waiting = ''
  }
}

/** A whole Excel file of rows that are in memory anyway. */
export function excelFile(title: string, columns: readonly string[], rows: readonly Row[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  const file = new ExcelFile(title, columns, (bytes) => pieces.push(bytes))
  file.add(rows)
  file.end()
  return pieces
}
