import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { runningChildren } from './work-folder.ts'

/** What else the machine does: figures measured beside other work are worth less, and the report must say so. */

/** Processor time since the machine started, in ticks of the kernel. */
interface Ticks {
  readonly all: number
  readonly busy: number
  /** Of this process and its children, those that have ended included. */
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
  const children = runningChildren().map((pid) => ticksOf(String(pid)))
  return { all: busy + idle + wait, busy, own: children.reduce((sum, ticks) => sum + ticks, ticksOf('self')) }
}

/** utime, stime, cutime and cstime of a process; 0 when it is gone, because then its parent has its time. */
function ticksOf(process: string): number {
  const file = `/proc/${process}/stat`
  if (!existsSync(file)) return 0
  // The name of the process, in brackets, may hold blanks; what counts stands behind it.
  const fields = (readFileSync(file, 'utf8').split(') ')[1] ?? '').split(' ').map(Number)
  return (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0)
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

/** Others using less than this disturb nobody; a desktop that does nothing uses about as much. */
const QUIET_SHARE = 0.15
/** Long enough that a pause between two processes of a test run is not taken for quiet. */
const LOOK_MS = 3_000

/** Measures while others leave the machine alone, as long as its patience lasts; then it measures all the same. */
export class Quiet {
  readonly #patienceMs: number
  readonly #say: (text: string) => void
  #deadline = 0
  #shares: number[] = []

  /** @param minutes to wait in a row of the benchmark, all its rounds together; 0 never waits */
  constructor(minutes: number, say: (text: string) => void) {
    this.#patienceMs = minutes * 60_000
    this.#say = say
  }

  /** A row begins. */
  begin(): void {
    this.#deadline = performance.now() + this.#patienceMs
    this.#shares = []
  }

  /** What others used while this row measured: the median over its rounds. */
  get othersShare(): number | null {
    const sorted = [...this.#shares].sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? null
  }

  /** Runs a round when it is quiet, and again when others came between. */
  async round<Result>(measure: () => Promise<Result>): Promise<Result> {
    for (;;) {
      await this.#wait()
      const others = watchOthers()
      const result = await measure()
      const share = others()
      if (share === null || share <= QUIET_SHARE || !this.#hasPatience) {
        if (share !== null) this.#shares.push(share)
        return result
      }
      this.#say(`others used ${Math.round(share * 100)} % of the machine meanwhile: once more`)
    }
  }

  /** The same for what cannot be done again. */
  async once<Result>(measure: () => Promise<Result>): Promise<Result> {
    await this.#wait()
    const others = watchOthers()
    const result = await measure()
    const share = others()
    if (share !== null) this.#shares.push(share)
    return result
  }

  get #hasPatience(): boolean {
    return performance.now() < this.#deadline
  }

  async #wait(): Promise<void> {
    while (IS_KNOWN && this.#hasPatience) {
      const others = watchOthers()
      await sleep(LOOK_MS)
      if ((others() ?? 0) <= QUIET_SHARE) return
    }
  }
}
