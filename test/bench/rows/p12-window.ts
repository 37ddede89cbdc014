import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atMost, figure, type Row } from '../lib/row.ts'
import { ROOT } from '../lib/serve.ts'
import { median } from '../lib/stats.ts'
import type { WindowTimes } from '../lib/window-child.ts'
import { mindChild } from '../lib/work-folder.ts'

const ROUNDS = 7

/** The window, from the start of the process. */
export const windowTimes: Row = {
  id: 'P12',
  title: 'The window',
  how:
    'An Electron program that shows one empty window, and Weir on a ledger with ten thousand users more, are started in turn, each as a new process (files in the page cache), on a display of their own without a graphics card. ' +
    'The empty window counts to its first paint, as the page tells it; Weir to its first paint, and to the moment somebody who looks finds figures in the cards. ' +
    'Then screens are changed by clicks, to the frame that shows the figures, and the users table is scrolled down and up at a hundred pixels a frame.',
  run: async (bench) => {
    const dataDir = await bench.datasets.copy(bench.sizes.ledgers[0], { lifted: true })
    const resultFile = join(bench.folder.sub('window'), 'times.json')
    await bench.quiet.once(() => runChild([dataDir, String(ROUNDS), resultFile]))
    const times = JSON.parse(readFileSync(resultFile, 'utf8')) as WindowTimes
    const ratios = times.dashboardMs.map((ms, at) => ms / (times.emptyMs[at] ?? Number.NaN))
    const ratio = median(ratios)
    const slowest = Math.max(...times.screens.map(({ againMs }) => againMs))
    return {
      figures: [
        figure(
          'dashboard with data ÷ first paint of an empty window',
          'ms',
          median(times.dashboardMs),
          median(times.emptyMs),
          { ratio },
        ),
        figure(
          'first paint of Weir ÷ that of an empty window',
          'ms',
          median(times.shellMs),
          median(times.emptyMs),
        ),
        ...times.screens.map(({ title, firstMs, againMs }) =>
          figure(`${title}, the second time`, 'ms', againMs, null, {
            note: `${Math.round(firstMs)} ms the first time, when its code is loaded`,
          }),
        ),
        figure('longest task while the users table is scrolled', 'ms', times.longestTaskMs, null, {
          note: `${times.scrolledRows} rows in the page, of ten thousand; only tasks over 50 ms are told`,
        }),
      ],
      verdicts: [
        atMost('cold start to dashboard with data ÷ an empty Electron window: ≤ 1.5', ratio, 1.5),
        atMost('a screen change: ≤ 100 ms', slowest, 100),
        atMost('no long task over 50 ms while the table is scrolled', times.longestTaskMs, 50),
      ],
    }
  },
}

/** With the Electron that the tests use, on a display of its own. */
function runChild(args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      [
        'build/electron-runtime.mjs',
        '--xvfb',
        '--',
        process.execPath,
        'test/bench/lib/window-child.ts',
        ...args,
      ],
      { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
    )
    mindChild(child)
    child.once('error', fail)
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`the windows ended with ${code}`))))
  })
}
