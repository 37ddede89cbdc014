import { closeSync, openSync, writeSync } from 'node:fs'
import { stringify } from 'csv-stringify/sync'
import type { ExportFormat } from '../../../shared/contract/exports.ts'
import { ExcelFile } from '../../../shared/excel-file.ts'
import { plainOf, type Row } from '../../../shared/table-cells.ts'

/** Spreadsheets read the text as UTF-8 by this mark. */
const BOM = '\ufeff'

/** A file of rows that is being written; what is in it is never held in memory. */
export interface TableFile {
  add(rows: readonly Row[]): void
  /** Writes what belongs at the end. */
  end(): void
  /** Bytes so far. */
  size(): number
  /** Whether or not it was ended. */
  close(): void
}

/** Begins a file that must not exist yet. */
export function beginTableFile(
  path: string,
  format: ExportFormat,
  title: string,
  columns: readonly string[],
): TableFile {
  const handle = openSync(path, 'wx', 0o600)
  let size = 0
  const write = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
    size += bytes.length
  }
  const content = contentOf(format, title, columns, write)
  return { ...content, size: () => size, close: () => closeSync(handle) }
}

type Content = Pick<TableFile, 'add' | 'end'>

function contentOf(
  format: ExportFormat,
  title: string,
  columns: readonly string[],
  write: (bytes: Uint8Array) => void,
): Content {
  if (format === 'xlsx') {
    const file = new ExcelFile(title, columns, write)
    return { add: (rows) => file.add(rows), end: () => file.end() }
  }
  const writeText = (text: string) => write(Buffer.from(text, 'utf8'))
  return format === 'json' ? jsonContent(writeText) : separated(format, columns, writeText)
}

function jsonContent(write: (text: string) => void): Content {
  let between = '[\n'
  return {
    add: (rows) => {
      for (const row of rows) {
        write(`${between}${JSON.stringify(row)}`)
        between = ',\n'
      }
    },
    end: () => write(between === '[\n' ? '[]\n' : '\n]\n'),
  }
}

function separated(
  format: 'csv' | 'tsv',
  columns: readonly string[],
  write: (text: string) => void,
): Content {
  // A cell that a spreadsheet would run as a formula is marked as text.
  const lines = (rows: readonly (readonly unknown[])[]): string =>
    stringify(rows as unknown[][], { escape_formulas: true, delimiter: format === 'csv' ? ',' : '\t' })
  // The mark is for files; what is pasted has none.
  write((format === 'csv' ? BOM : '') + lines([columns]))
  return {
    add: (rows) => write(lines(rows.map((row) => columns.map((name) => plainOf(row[name]))))),
    end: () => undefined,
  }
}
