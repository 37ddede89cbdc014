import { strFromU8, unzipSync } from 'fflate'

/** Reads an Excel file back as whoever opens it would: sheets of rows of values, by what each cell says it is. */

export type ReadCell = string | number | null | { readonly utc: string }

export interface ReadSheet {
  readonly name: string
  readonly rows: readonly (readonly ReadCell[])[]
  /** Rows that stay in view. */
  readonly frozenRows: number
  readonly hasFormula: boolean
}

const EPOCH_DAYS = 25_569
const DAY_MS = 86_400_000

export function readExcel(bytes: Uint8Array): readonly ReadSheet[] {
  const files = unzipSync(bytes)
  const text = (path: string): string => {
    const file = files[path]
    if (file === undefined) throw new Error(`the Excel file has no ${path}`)
    return strFromU8(file)
  }
  const timeStyles = timeStylesOf(text('xl/styles.xml'))
  const targets = new Map(
    [...text('xl/_rels/workbook.xml.rels').matchAll(/Id="([^"]+)"[^>]*Target="([^"]+)"/g)].map((found) => [
      found[1],
      found[2],
    ]),
  )
  return [...text('xl/workbook.xml').matchAll(/<sheet name="([^"]*)" sheetId="\d+" r:id="([^"]+)"/g)].map(
    ([, name = '', id = '']) => {
      const xml = text(`xl/${targets.get(id)}`)
      return {
        name,
        rows: [...xml.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) => cellsOf(row, timeStyles)),
        frozenRows: Number(/<pane ySplit="(\d+)"[^>]*state="frozen"/.exec(xml)?.[1] ?? 0),
        hasFormula: xml.includes('<f>') || xml.includes('<f '),
      }
    },
  )
}

/** Which styles show a number as a time. */
function timeStylesOf(styles: string): ReadonlySet<number> {
  const formats = new Map(
    [...styles.matchAll(/<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g)].map((found) => [
      found[1],
      found[2],
    ]),
  )
  const xfs = /<cellXfs[^>]*>(.*)<\/cellXfs>/s.exec(styles)?.[1] ?? ''
  const ids = [...xfs.matchAll(/<xf ([^/]*)\/>/g)].map(
    (found) => /numFmtId="(\d+)"/.exec(found[1] ?? '')?.[1],
  )
  return new Set(ids.flatMap((id, at) => (formats.get(id)?.includes('yyyy') ? [at] : [])))
}

function cellsOf(row: string, timeStyles: ReadonlySet<number>): readonly ReadCell[] {
  return [...row.matchAll(/<c([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, attributes = '', content]) => {
    if (content === undefined) return null
    if (attributes.includes('t="inlineStr"')) return textOf(/<t[^>]*>(.*)<\/t>/s.exec(content)?.[1] ?? '')
    const number = Number(/<v>(.*)<\/v>/.exec(content)?.[1])
    const style = Number(/s="(\d+)"/.exec(attributes)?.[1] ?? 0)
    if (!timeStyles.has(style)) return number
    return { utc: new Date(Math.round((number - EPOCH_DAYS) * DAY_MS)).toISOString() }
  })
}

function textOf(xml: string): string {
  return xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
