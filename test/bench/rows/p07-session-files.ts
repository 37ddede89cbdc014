import { linkSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { forkModule, messageOf } from '../lib/fork.ts'
import { inTurn } from '../lib/rounds.ts'
import { atLeast, atMost, type Bench, figure, type Measured, type Row } from '../lib/row.ts'
import type { ScanTimes, ScanWay } from '../lib/scan-child.ts'
import { type ServedWeir, startServe } from '../lib/serve.ts'
import { type WrittenFiles, writeSessionFiles } from '../lib/session-files.ts'
import { median, medianRatio } from '../lib/stats.ts'

const MEGABYTE = 2 ** 20

/** Reading session files. */
export const sessionFiles: Row = {
  id: 'P7',
  title: 'Reading session files',
  how:
    'Generated session files (members and shape of a real platform, tool traces that are most of the bytes), in the page cache. Reference: `readFileSync` and `JSON.parse` of each, one thread. ' +
    'Product: the scan the worker thread runs for an import, with and without SHA-256 of the contents, each in a process of its own, in turn. Then the whole import through `weir serve` into an empty data folder, books and validation included.',
  run: async (bench) => {
    const dir = bench.folder.sub('sessions')
    bench.say(`writing ${bench.sizes.sessionFiles} session files`)
    // As many as give the largest users of a platform fifty sessions each.
    const written = writeSessionFiles(dir, {
      files: bench.sizes.sessionFiles,
      users: Math.max(10, bench.sizes.sessionFiles / 50),
    })
    const fifth = bench.folder.sub('sessions-fifth')
    linkFifth(dir, fifth)
    return measure(bench, { dir, fifth, written })
  },
}

interface Folders {
  readonly dir: string
  readonly fifth: string
  readonly written: WrittenFiles
}

async function measure(bench: Bench, { dir, fifth, written }: Folders): Promise<Measured> {
  const rounds = Math.min(bench.sizes.rounds, 3)
  await scan('read and JSON.parse', dir)
  const times = await inTurn(bench.quiet, rounds, {
    parse: () => scan('read and JSON.parse', dir),
    scan: () => scan('scan', dir),
    hash: () => scan('scan and hash', dir),
    parseFifth: () => scan('read and JSON.parse', fifth),
    scanFifth: () => scan('scan and hash', fifth),
  })
  for (const result of Object.values(times).flat()) {
    if (result.turns === 0) throw new Error('a reading of the benchmark found no turns')
  }
  const rate = (name: keyof typeof times) => times[name].map((one) => (one.files * 1000) / one.ms)
  const peak = (name: keyof typeof times) =>
    median(times[name].map((one) => one.peakResidentBytes)) / MEGABYTE
  const ratio = medianRatio(rate('scan'), rate('parse'))
  const growth = peak('hash') / peak('scanFifth')
  const imported = await bench.quiet.round(() => wholeImport(bench.folder.sub('import'), dir))
  const importedFifth = await bench.quiet.round(() => wholeImport(bench.folder.sub('import'), fifth))
  const size = `${written.files} files, ${Math.round(written.bytes / MEGABYTE)} MB, ${Math.round(written.bytes / written.files / 1000)} kB each`
  return {
    figures: [
      figure(`scan (${size})`, 'files/s', median(rate('scan')), median(rate('parse')), { ratio }),
      figure('scan and SHA-256', 'files/s', median(rate('hash')), median(rate('parse')), {
        ratio: medianRatio(rate('hash'), rate('parse')),
      }),
      figure(
        'whole import through `weir serve` ÷ only reading and parsing',
        'files/s',
        written.files / imported.seconds,
        median(rate('parse')),
        {
          note: `${written.turns} turns in ${imported.seconds.toFixed(1)} s`,
        },
      ),
      figure('peak memory of the scan, all files ÷ a fifth of them', 'MB', peak('hash'), peak('scanFifth')),
      figure('peak memory of read and JSON.parse, all ÷ a fifth', 'MB', peak('parse'), peak('parseFifth')),
      figure(
        'peak memory of `weir serve` while importing, all ÷ a fifth',
        'MB',
        imported.peakMegabytes,
        importedFifth.peakMegabytes,
      ),
    ],
    verdicts: [
      atLeast('scan ÷ read + JSON.parse on one thread, files/s: ≥ 3', ratio, 3),
      atMost(
        'memory of the scan flat in the number of files (five times as many ÷ one): ≤ 1.25',
        growth,
        1.25,
      ),
    ],
  }
}

async function scan(way: ScanWay, dir: string): Promise<ScanTimes> {
  return messageOf<ScanTimes>(forkModule('scan-child.ts', [way, dir]))
}

interface ImportRun {
  readonly run_id: string
  readonly status: string
  readonly report: { readonly accuracy_percent: number | null } | null
}

async function wholeImport(
  dataDir: string,
  sessionsDir: string,
): Promise<{ seconds: number; peakMegabytes: number }> {
  const weir = await startServe(dataDir)
  try {
    const start = performance.now()
    const { run_id } = await weir.post<ImportRun>('/api/v1/admin/import', { sessions_dir: sessionsDir })
    const peakBytes = await followImport(weir, run_id)
    return { seconds: (performance.now() - start) / 1000, peakMegabytes: peakBytes / MEGABYTE }
  } finally {
    await weir.stop()
  }
}

async function followImport(weir: ServedWeir, runId: string): Promise<number> {
  let peak = 0
  for (;;) {
    await sleep(50)
    peak = Math.max(peak, weir.residentBytes())
    const run = await weir.get<ImportRun>(`/api/v1/admin/import/${runId}`)
    if (run.status === 'running') continue
    if (run.status !== 'done' || run.report?.accuracy_percent !== 100) {
      throw new Error(`the import ended ${run.status} with an accuracy of ${run.report?.accuracy_percent} %`)
    }
    return peak
  }
}

/** Every fifth user's files again, without copying them. */
function linkFifth(dir: string, to: string): void {
  for (const [index, user] of readdirSync(dir).entries()) {
    if (index % 5 !== 0) continue
    mkdirSync(join(to, user))
    for (const name of readdirSync(join(dir, user))) linkSync(join(dir, user, name), join(to, user, name))
  }
}
