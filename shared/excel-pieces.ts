/** The fixed parts of an Excel file (ECMA-376), and how a value is written in a sheet. */

import { type Cell, isTimeColumn } from './table-cells.ts'

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The styles of `STYLES` by their place in it. */
const STYLE = { header: 1, money: 2, time: 3 } as const

/** Excel refuses a file with a longer text in a cell. */
const TEXT_MAX = 32_767
const CUT = '… (cut: Excel holds no more in a cell)'

/** Days from the day 0 of spreadsheets to 1970-01-01. */
const EPOCH_DAYS = 25_569
const DAY_MS = 86_400_000

const STYLES = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="0.000000"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/><xf numFmtId="164" applyNumberFormat="1" xfId="0"/><xf numFmtId="165" applyNumberFormat="1" xfId="0"/></cellXfs></styleSheet>`

/** What a sheet begins with: the row of names stays in view while the others are scrolled. */
export function sheetStart(columns: readonly string[]): string {
  const names = columns.map((name) => textCell(isTimeColumn(name) ? `${name} (UTC)` : name, STYLE.header))
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="${Math.max(1, columns.length)}" width="18" customWidth="1"/></cols><sheetData><row>${names.join('')}</row>`
}

export const SHEET_END = '</sheetData></worksheet>'

/** A row of a sheet. Text is marked as text, so that nothing in it is ever a formula. */
export function rowXml(cells: readonly Cell[]): string {
  return `<row>${cells.map(cellXml).join('')}</row>`
}

function cellXml(cell: Cell): string {
  switch (cell.kind) {
    case 'nothing':
      return '<c/>'
    case 'text':
      return textCell(cell.text, 0)
    case 'number':
      return `<c><v>${cell.number}</v></c>`
    case 'money':
      return `<c s="${STYLE.money}"><v>${cell.number}</v></c>`
    case 'time':
      return `<c s="${STYLE.time}"><v>${EPOCH_DAYS + cell.atMs / DAY_MS}</v></c>`
  }
}

function textCell(text: string, style: number): string {
  const whole = text.length > TEXT_MAX ? text.slice(0, TEXT_MAX - CUT.length) + CUT : text
  return `<c s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(whole)}</t></is></c>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Text in XML. What XML cannot hold is written as the format says: `_x0007_`; what looks like that is kept apart. */
function escaped(text: string): string {
  return (
    text
      .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
      .replaceAll(/[&<>]/g, (found) => ENTITIES[found] ?? found)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for.
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, (found) => {
        const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
        return `_x${code}_`
      })
      // Half of a pair is no character.
      .replaceAll(/\p{Surrogate}/gu, '\ufffd')
  )
}

/** The files of the workbook beside its sheets, by path. */
export function workbookFiles(title: string, sheets: number): ReadonlyMap<string, string> {
  const numbers = Array.from({ length: sheets }, (_, at) => at + 1)
  const named = numbers.map((n) => {
    const name = escaped(title)
      .replaceAll(/[^\w -]/g, ' ')
      .slice(0, 25)
    return `<sheet name="${n === 1 ? name : `${name} ${n}`}" sheetId="${n}" r:id="rId${n}"/>`
  })
  const related = numbers.map(
    (n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
  )
  const types = numbers.map(
    (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  )
  return new Map([
    [
      '[Content_Types].xml',
      `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${types.join('')}</Types>`,
    ],
    [
      '_rels/.rels',
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      'xl/workbook.xml',
      `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${named.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${related.join('')}<Relationship Id="rId0" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', STYLES],
  ])
}
