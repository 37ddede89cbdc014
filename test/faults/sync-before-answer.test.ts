import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { MINUTE_MS } from '../../shared/units.ts'
import { startChild } from '../support/child.ts'
import { freshDataDir } from '../support/weir.ts'

const RECORDER = join(import.meta.dirname, 'recorder.ts')
const TURNS = 100
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

test.skipIf(!canTrace)(
  `each of ${TURNS} turns is on disk before it is answered (seen by strace)`,
  { timeout: 3 * MINUTE_MS },
  async () => {
    const fresh = freshDataDir()
    remove = fresh.remove
    const traceFile = join(dirname(fresh.dataDir), 'trace')
    const strace = [
      'strace',
      '-f',
      '-y',
      '-qq',
      '-s',
      '16',
      '-e',
      'trace=fdatasync,fsync,pwrite64,write',
      '-o',
      traceFile,
    ]
    const child = startChild(RECORDER, [fresh.dataDir, 'traced', '1', String(TURNS)], strace)
    expect(await child.ended, child.errors()).toBe(0)
    const events = eventsOf(readFileSync(traceFile, 'utf8'))
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
        expect(
          [isWritten, isSynced],
          `answer ${answers}: written to the log, and the log synced since`,
        ).toEqual([true, true])
        isWritten = false
      }
    }
    expect(answers).toBe(TURNS)
  },
)
