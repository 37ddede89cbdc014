import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beyondOneMachine } from './arithmetic.ts'
import { figureCells, othersText, type Report, verdictText } from './report.ts'
import type { RowResult } from './row.ts'
import { ROOT } from './serve.ts'

/** docs/benchmarks.md: the part between the marks is written here, what stands around it by people. */

const FILE = join(ROOT, 'docs', 'benchmarks.md')
const BEGIN = '<!-- measured: written by npm run bench -- --write-docs -->'
const END = '<!-- /measured -->'

const FRAME = `# Benchmarks

${BEGIN}
${END}
`

/** Rewrites the measured part of the page. */
export function writeDocs(report: Report): void {
  const page = existsSync(FILE) ? readFileSync(FILE, 'utf8') : FRAME
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${FILE} has lost the marks between which the figures belong`)
  writeFileSync(FILE, `${page.slice(0, begin + BEGIN.length)}\n\n${measuredPart(report)}\n${page.slice(end)}`)
}

function measuredPart(report: Report): string {
  const { machine } = report
  const sizes = [...new Set(report.rows.map((row) => row.sizes))]
  const lines = [
    `Measured ${report.measured_at.slice(0, 16).replace('T', ' ')} UTC on ${machine.cores} cores of an ${machine.cpu}, ${machine.memory_gb} GB, ${machine.platform}, Node ${machine.node}; ` +
      `a 4 kB write with fdatasync took ${machine.fdatasync_ms} ms; load average before the run ${machine.load_average}.`,
    '',
    ...sizes.map((size) => `Sizes: ${size}.`),
    '',
    '## Goals',
    '',
    '| # | goal | measured | |',
    '|---|---|---|---|',
    ...report.rows.flatMap((row) =>
      row.verdicts.map(
        (verdict) =>
          `| ${row.id} | ${cell(verdict.goal)} | ${cell(verdict.measured)} | ${verdictText(verdict)} |`,
      ),
    ),
    '',
    '## Figures',
    '',
    ...report.rows.flatMap(rowSection),
    ...arithmeticSection(report),
  ]
  return lines.join('\n')
}

function rowSection(row: RowResult): string[] {
  return [
    `### ${row.id}: ${row.title}`,
    '',
    row.how,
    '',
    `(${row.measured_at.slice(0, 16).replace('T', ' ')} UTC, ${Math.round(row.seconds)} s${othersText(row)}.)`,
    '',
    '| what | product | reference | unit | product ÷ reference | |',
    '|---|--:|--:|---|--:|---|',
    ...row.figures.map((one) => `| ${[...figureCells(one), one.note ?? ''].map(cell).join(' | ')} |`),
    '',
  ]
}

function arithmeticSection(report: Report): string[] {
  const paragraphs = beyondOneMachine(report)
  if (paragraphs.length === 0) return []
  return ['## Beyond one machine', '', ...paragraphs.flatMap((paragraph) => [paragraph, ''])]
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
