import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimDataFolder } from '../../electron/core/database/data-folder-lock.ts'
import { verifyBooks } from '../../electron/core/verify/verify-task.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { startChild } from '../support/child.ts'
import { announceSeed, Random } from '../support/random.ts'
import { freshDataDir } from '../support/weir.ts'

const random = new Random(announceSeed('kill loop'))
const RECORDER = join(import.meta.dirname, 'recorder.ts')
/** Enough for every run of the tests; `npm run test:faults` kills 200 times. */
const CYCLES = Number(process.env['WEIR_KILL_CYCLES'] ?? 20)
/** A cycle starts a process: a second on an idle machine; a busy one is given many times that. */
const LIMIT_MS = MINUTE_MS + CYCLES * 10_000
/** The kill comes anywhere from the first moments to some hundred turns later. */
const LIFE_MS_MAX = 250

let dataDir: string
let remove: () => void

beforeAll(() => {
  const fresh = freshDataDir()
  dataDir = fresh.dataDir
  // The first kill may come before the process has made its folder; what is looked at afterwards is what is in it.
  mkdirSync(dataDir, { recursive: true })
  remove = fresh.remove
})

afterAll(() => remove())

/** The turns in the ledger as lines like those of the recorder. */
function recordedTurns(): Set<string> {
  const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
  const rows = handle
    .prepare<[], { session: string; turn: number; input: number }>(
      'select session_id as session, turn_number as turn, input_tokens as input from consumption_ledger',
    )
    .all()
  expect(handle.pragma('integrity_check', { simple: true })).toBe('ok')
  handle.close()
  return new Set(rows.map((row) => `ack ${row.session} ${row.turn} ${row.input}`))
}

test(`killed at any moment, ${CYCLES} times, it keeps every turn it said it had, and its books are right`, {
  timeout: LIMIT_MS,
}, async () => {
  const acknowledged: string[] = []
  let unheard = 0
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    const child = startChild(RECORDER, [dataDir, `cycle-${cycle}`, String(random.pick([1, 4, 16]))])
    // Now and then in the middle of its start: opening and first reads must survive a kill as well.
    if (random.chance(0.15)) await pause(random.int(50, 900))
    else {
      await child.line('ready')
      await pause(random.int(0, LIFE_MS_MAX))
    }
    child.process.kill('SIGKILL')
    await child.ended
    expect(child.errors(), `cycle ${cycle}`).toBe('')
    acknowledged.push(...child.lines.filter((line) => line.startsWith('ack ')))
    claimDataFolder(dataDir, null).release()
    const recorded = recordedTurns()
    expect(
      acknowledged.filter((line) => !recorded.has(line)),
      `cycle ${cycle}: said and not there`,
    ).toEqual([])
    // At most what was under way may be there without having been said.
    expect(recorded.size - acknowledged.length).toBeLessThanOrEqual(16 * cycle)
    unheard = recorded.size - acknowledged.length
    expect(verifyBooks(join(dataDir, 'auth.db'), null).differences, `cycle ${cycle}`).toEqual([])
  }
  process.stdout.write(
    `${acknowledged.length} turns acknowledged and kept, ${unheard} more were kept that nobody had heard of\n`,
  )
  expect(acknowledged.length).toBeGreaterThan(CYCLES)
})
