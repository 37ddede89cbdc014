import { type LocalWeir, openWeir } from '../lib/local-weir.ts'
import { inTurn } from '../lib/rounds.ts'
import { atMost, type Bench, figure, type Measured, type Row } from '../lib/row.ts'
import { writeSessionFiles } from '../lib/session-files.ts'
import { median, medianRatio } from '../lib/stats.ts'

const OPERATOR = { name: 'benchmark', via: 'command-line' } as const
const MEGABYTE = 2 ** 20

/** Comparing files and ledger again when neither has changed. */
export const secondReconciliation: Row = {
  id: 'P8',
  title: 'Reconciliation of what has not changed',
  how:
    'The session files of P7, imported. Reference: a reconciliation that reads every file (`--full`). Product: one that goes by what the last one found equal. ' +
    'Both through the worker thread of the core, from the first to the last moment of the run, in turn; both must find nothing.',
  run: async (bench) => {
    const dir = bench.folder.sub('sessions-p8')
    bench.say(`writing ${bench.sizes.sessionFiles} session files`)
    const users = Math.max(10, bench.sizes.sessionFiles / 50)
    const written = writeSessionFiles(dir, { files: bench.sizes.sessionFiles, users })
    const weir = await openWeir(bench.folder.sub('reconciled'))
    try {
      const { run_id } = await weir.imports.start({ sessions_dir: dir }, OPERATOR)
      const imported = await weir.imports.finished(run_id)
      if (imported.report?.accuracy_percent !== 100)
        throw new Error('the import of the benchmark is not exact')
      return await measure(bench, weir, `${written.files} files, ${Math.round(written.bytes / MEGABYTE)} MB`)
    } finally {
      await weir.close()
    }
  },
}

async function measure(bench: Bench, weir: LocalWeir, size: string): Promise<Measured> {
  const rounds = Math.min(bench.sizes.rounds, 3)
  const seconds = await inTurn(bench.quiet, rounds, {
    first: () => reconcile(weir, true),
    second: () => reconcile(weir, false),
  })
  const ratio = medianRatio(seconds.second, seconds.first)
  return {
    figures: [
      figure(`second reconciliation (${size})`, 's', median(seconds.second), median(seconds.first), {
        ratio,
      }),
    ],
    verdicts: [atMost('unchanged second reconciliation ÷ one that reads all: ≤ 0.03', ratio, 0.03)],
  }
}

/** Seconds it took. */
async function reconcile(weir: LocalWeir, isFull: boolean): Promise<number> {
  const start = performance.now()
  const { run_id } = await weir.reconciliation.start({ full: isFull }, OPERATOR)
  await weir.reconciliation.finished(run_id)
  const seconds = (performance.now() - start) / 1000
  const { report } = await weir.reconciliation.get(run_id)
  if (report === null || report.summary.ok !== report.summary.total_users)
    throw new Error('a reconciliation of the benchmark found a difference')
  if (!isFull && report.summary.files_read > 0) throw new Error('a file that has not changed was read again')
  return seconds
}
