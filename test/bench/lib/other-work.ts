import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What else the machine does: figures measured beside other work are worth less, and the report must say so. */

/** Processor time since the machine started, in ticks of the kernel. */
interface Ticks {
  readonly all: number
  readonly busy: number
  /** Of this process and its children that have ended. */
  readonly own: number
}

const IS_KNOWN = existsSync('/proc/stat')

function readTicks(): Ticks {
  const fields = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '')
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softIrq = 0, steal = 0] = fields
  const busy = user + nice + system + irq + softIrq + steal
  // The name of the process, in brackets, may hold blanks; what counts stands behind it.
  const own = (readFileSync('/proc/self/stat', 'utf8').split(') ')[1] ?? '').split(' ').map(Number)
  return {
    all: busy + idle + wait,
    busy,
    // utime, stime, cutime, cstime
    own: (own[11] ?? 0) + (own[12] ?? 0) + (own[13] ?? 0) + (own[14] ?? 0),
  }
}

/** Starts watching; the answer, asked later, is the share of all cores that others used meanwhile, or null where that cannot be told. */
export function watchOthers(): () => number | null {
  if (!IS_KNOWN) return () => null
  const before = readTicks()
  return () => {
    const now = readTicks()
    const share = (now.busy - before.busy - (now.own - before.own)) / Math.max(1, now.all - before.all)
    return Math.round(Math.max(0, share) * 100) / 100
  }
}

const QUIET_SHARE = 0.1
/** Long enough that a pause between two processes of a test run is not taken for quiet. */
const LOOK_MS = 5_000

/** Waits until others leave the machine alone, for `minutes` at the most. */
export async function waitForQuiet(minutes: number, say: (text: string) => void): Promise<void> {
  const deadline = performance.now() + minutes * 60_000
  let isTold = false
  while (IS_KNOWN && performance.now() < deadline) {
    const others = watchOthers()
    await sleep(LOOK_MS)
    if ((others() ?? 0) <= QUIET_SHARE) return
    if (!isTold) say('waiting until the machine is quiet')
    isTold = true
  }
}
