import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Datasets } from './lib/datasets.ts'
import { writeDocs } from './lib/docs.ts'
import { isInMemory, lookAtMachine } from './lib/machine.ts'
import { Quiet } from './lib/other-work.ts'
import { type Report, readReport, rowTable, writeReport } from './lib/report.ts'
import type { Bench, Row, RowResult } from './lib/row.ts'
import { ROOT } from './lib/serve.ts'
import { describeSizes, SIZES } from './lib/sizes.ts'
import { cleanUpAtExit, WorkFolder } from './lib/work-folder.ts'
import { ROWS } from './rows/index.ts'

/** Measures the product beside references in the same run: `npm run bench -- --help`. */

const HELP = `npm run bench -- [options]

  --quick           small sizes, less than a minute: shows that everything works, not how fast it is
  --large           also a ledger of ten million turns (P5, P6): an hour and 5 GB of disk
  --only P1,P5      only these rows
  --files N         session files of P7 and P8, about 100 kB each; 5000 unless said, 500 with --quick
  --json FILE       writes the figures; rows that were not measured keep what the file says
  --write-docs      rewrites docs/benchmarks.md
  --from FILE       measures nothing: prints (and with --write-docs writes) what the file says
  --dir FOLDER      where temporary folders are made; the disk whose syncing is measured
  --profile FOLDER  V8 CPU profiles of the server of P1 and P4
  --wait MINUTES    measures while others leave the machine alone, waiting so long a row at the most
  --no-build        takes out/ as it is
`

function options() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      only: { type: 'string' },
      files: { type: 'string' },
      json: { type: 'string' },
      from: { type: 'string' },
      dir: { type: 'string', default: tmpdir() },
      profile: { type: 'string' },
      wait: { type: 'string', default: '0' },
      'write-docs': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return values
}

type Options = ReturnType<typeof options>

async function main(): Promise<number> {
  const chosen = options()
  if (chosen.help) {
    process.stdout.write(HELP)
    return 0
  }
  if (chosen.from !== undefined) {
    const report = readReport(chosen.from)
    for (const row of report.rows) process.stdout.write(`${rowTable(row)}\n`)
    if (chosen['write-docs']) writeDocs(report)
    return 0
  }
  const rows = rowsOf(chosen.only)
  if (rows === undefined) {
    process.stderr.write(`There is no such row; there are ${ROWS.map((row) => row.id).join(', ')}.\n`)
    return 2
  }
  build(chosen['no-build'])
  cleanUpAtExit()
  const report = await measure(rows, chosen)
  return report.rows.length === rows.length ? 0 : 1
}

function rowsOf(only: string | undefined): readonly Row[] | undefined {
  if (only === undefined) return ROWS
  const ids = only.toUpperCase().split(',')
  const rows = ROWS.filter((row) => ids.includes(row.id))
  return rows.length === ids.length ? rows : undefined
}

/** The server is measured as its users run it: built. */
function build(isSkipped: boolean): void {
  if (!isSkipped) execFileSync(process.execPath, [join(ROOT, 'build', 'build.mjs')], { stdio: 'inherit' })
  if (!existsSync(join(ROOT, 'out', 'main', 'serve.js'))) throw new Error('out/ has not been built')
}

async function measure(rows: readonly Row[], chosen: Options): Promise<Report> {
  const named = SIZES[chosen.quick ? 'quick' : chosen.large ? 'large' : 'full']
  const sizes = chosen.files === undefined ? named : { ...named, sessionFiles: Number(chosen.files) }
  const folder = new WorkFolder(chosen.dir)
  if (isInMemory(folder.path))
    say(`${folder.path} is in memory, where syncing costs nothing: name a folder on a disk with --dir`)
  if (chosen.profile !== undefined) mkdirSync(chosen.profile, { recursive: true })
  const machine = lookAtMachine(folder.path)
  const bench: Bench = {
    sizes,
    folder,
    datasets: new Datasets(folder, sizes.users, say),
    quiet: new Quiet(Number(chosen.wait), say),
    profileDir: chosen.profile ?? null,
    say,
  }
  const results: RowResult[] = []
  for (const row of rows) {
    say(`${row.id}: ${row.title}`)
    const result = await measureRow(row, bench)
    if (result === undefined) continue
    process.stdout.write(`${rowTable(result)}\n`)
    results.push(result)
    // After every row, so that a run that is stopped leaves what it measured.
    keep({ measured_at: result.measured_at, machine, rows: results }, chosen)
  }
  return { measured_at: new Date().toISOString(), machine, rows: results }
}

function keep(report: Report, chosen: Options): void {
  const whole = chosen.json === undefined ? report : writeReport(chosen.json, report)
  if (chosen['write-docs']) writeDocs(whole)
}

/** One row that fails does not cost the others; the run then ends with 1. */
async function measureRow(row: Row, bench: Bench): Promise<RowResult | undefined> {
  const start = performance.now()
  bench.quiet.begin()
  try {
    const measured = await row.run(bench)
    return {
      id: row.id,
      title: row.title,
      how: row.how,
      measured_at: new Date().toISOString(),
      seconds: Math.round((performance.now() - start) / 100) / 10,
      sizes: describeSizes(bench.sizes),
      others_share: bench.quiet.othersShare,
      ...measured,
    }
  } catch (error) {
    process.stderr.write(`bench: ${row.id} failed: ${error instanceof Error ? error.stack : String(error)}\n`)
    return undefined
  }
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

process.exitCode = await main()
