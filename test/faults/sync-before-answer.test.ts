import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { MINUTE_MS } from '../../shared/units.ts'
import { startChild } from '../support/child.ts'
import { freshDataDir } from '../support/weir.ts'

const RECORDER = join(import.meta.dirname, 'recorder.ts')
const CARELESS = join(import.meta.dirname, 'careless-recorder.ts')
/** Enough for every run of the tests; `npm run test:faults` records 500. */
const TURNS = Number(process.env['WEIR_SYNCED_TURNS'] ?? 100)
const LIMIT_MS = 3 * MINUTE_MS + TURNS * 500
/** Installed, and allowed to look into another process, which containers often forbid. */
const canTrace =
  process.platform === 'linux' && spawnSync('strace', ['-f', '-e', 'trace=fdatasync', 'true']).status === 0

let remove: (() => void) | undefined

afterEach(() => remove?.())

type Event = 'log written' | 'log synced' | 'answered'

/** What matters of a trace, in its order: writes to the write-ahead log, syncs of it, and answers given. */
function eventsOf(trace: string): Event[] {
  const pending = new Map<string, string>()
  const events: Event[] = []
  for (const line of trace.split('\n')) {
    const [, thread = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    // Another thread's call may come in between: the end of a call is then on a line of its own, without the file's name.
    if (call.endsWith('<unfinished ...>')) {
      pending.set(thread, call)
      continue
    }
    const whole = call.startsWith('<... ') ? `${pending.get(thread) ?? ''} ${call}` : call
    if (/^pwrite64\(\d+<[^>]*auth\.db-wal>/.test(whole)) events.push('log written')
    else if (/^f(data)?sync\(\d+<[^>]*auth\.db-wal>.*= 0$/.test(whole)) events.push('log synced')
    else if (/^write\(1<[^>]*>, "ack /.test(whole)) events.push('answered')
  }
  return events
}

/** How many answers there were, and which of them were not written to the log, or the log not synced since. */
function judged(events: readonly Event[]): { readonly answers: number; readonly early: readonly number[] } {
  const early: number[] = []
  let answers = 0
  let isWritten = false
  let isSynced = true
  for (const event of events) {
    if (event === 'log written') {
      isWritten = true
      isSynced = false
    } else if (event === 'log synced') isSynced = true
    else {
      answers += 1
      if (!isWritten || !isSynced) early.push(answers)
      isWritten = false
    }
  }
  return { answers, early }
}

/** What a process did that was watched from its start to its end. */
async function traced(script: string, args: readonly string[]): Promise<readonly Event[]> {
  const fresh = freshDataDir()
  remove = fresh.remove
  const traceFile = join(dirname(fresh.dataDir), 'trace')
  const calls = 'trace=fdatasync,fsync,pwrite64,write'
  const strace = ['strace', '-f', '-y', '-qq', '-s', '16', '-e', calls, '-o', traceFile]
  const child = startChild(script, [fresh.dataDir, ...args], strace)
  expect(await child.ended, child.errors()).toBe(0)
  return eventsOf(readFileSync(traceFile, 'utf8'))
}

test.skipIf(!canTrace)(
  `each of ${TURNS} turns is on disk before it is answered (seen by strace)`,
  { timeout: LIMIT_MS },
  async () => {
    const events = await traced(RECORDER, ['traced', '1', String(TURNS)])
    expect(judged(events)).toEqual({ answers: TURNS, early: [] })
    process.stdout.write(`${TURNS} answers, each after its sync\n`)
  },
)

test.skipIf(!canTrace)(
  'an answer before its sync is seen: every one of a recorder that leaves syncing to SQLite',
  { timeout: LIMIT_MS },
  async () => {
    const { answers, early } = judged(await traced(CARELESS, ['20']))
    expect(answers).toBe(20)
    // RELIABILITY L3: all but those a checkpoint happens to come before.
    expect(early.length).toBeGreaterThanOrEqual(19)
  },
)
