import type { ExportFormat } from '../../shared/contract/exports.ts'
import { copyText } from '../app/copy.ts'
import { downloadBytes } from '../app/download.ts'
import { componentsText } from '../text/components.ts'
import { fileOf, MIME_TYPES, type Row } from './export-rows.ts'

const text = componentsText.export

/** The forms a table is taken along in; what is copied is text for a spreadsheet. */
export const EXPORT_CHOICES = [
  ['csv', text.csv],
  ['xlsx', text.xlsx],
  ['json', text.json],
  ['tsv', text.copy],
] as const satisfies readonly (readonly [ExportFormat, string])[]

/** Takes rows the page has along, as a file of that name or onto the clipboard. */
export async function takeRows(rows: readonly Row[], format: ExportFormat, name: string): Promise<void> {
  await takeParts(await fileOf(rows, format, name), format, name, rows.length)
}

/** Takes the parts of a file along; a text to paste goes onto the clipboard, which is said. */
export async function takeParts(
  parts: readonly BlobPart[],
  format: ExportFormat,
  name: string,
  rows: number,
): Promise<void> {
  if (format === 'tsv') await copyText(await new Blob([...parts]).text(), text.copied(rows))
  else downloadBytes(`${name}.${format}`, parts, MIME_TYPES[format])
}
