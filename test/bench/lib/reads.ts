import { Agent, request } from 'node:http'
import { type LocalWeir, openWeir } from './local-weir.ts'
import { type Bench, type Figure, figure } from './row.ts'
import { type ServedWeir, startServe } from './serve.ts'
import { percentile } from './stats.ts'

/** Reads of ledgers of several sizes, in process and through HTTP, the sizes in turn. */

export interface Read {
  readonly name: string
  /** In process, as the nth user. */
  call(weir: LocalWeir, userId: string): Promise<unknown>
  /** The same through HTTP. */
  path(userId: string): string
}

export interface ReadTimes {
  readonly read: Read
  readonly turns: number
  readonly face: 'in process' | 'HTTP'
  readonly p50Ms: number
  readonly p95Ms: number
}

/** Calls before the first that counts: code and pages are warm as in a program that has been running. */
const WARM_UP_CALLS = 20

/** Times each read on each ledger. */
export async function timeReads(bench: Bench, reads: readonly Read[]): Promise<ReadTimes[]> {
  const times: ReadTimes[] = []
  const { ledgers } = bench.sizes
  const folders: string[] = []
  for (const turns of ledgers) folders.push(await bench.datasets.copy(turns, { lifted: false }))

  const weirs: LocalWeir[] = []
  for (const folder of folders) weirs.push(await openWeir(folder))
  for (const read of reads) {
    const calls = weirs.map((weir) => async (user: string) => void (await read.call(weir, user)))
    times.push(...(await bench.quiet.round(() => inTurnBySize(bench, read, 'in process', calls))))
  }
  for (const weir of weirs) await weir.close()

  const served: ServedWeir[] = []
  for (const folder of folders) served.push(await startServe(folder))
  const agent = new Agent({ keepAlive: true })
  for (const read of reads) {
    const calls = served.map((weir) => (user: string) => get(agent, weir, read.path(user)))
    times.push(...(await bench.quiet.round(() => inTurnBySize(bench, read, 'HTTP', calls))))
  }
  agent.destroy()
  for (const weir of served) await weir.stop()
  return times
}

async function inTurnBySize(
  bench: Bench,
  read: Read,
  face: ReadTimes['face'],
  calls: readonly ((user: string) => Promise<void>)[],
): Promise<ReadTimes[]> {
  const { users } = bench.datasets
  const samples = calls.map(() => [] as number[])
  for (let count = -WARM_UP_CALLS; count < bench.sizes.reads; count += 1) {
    // The heaviest users come first in the list; a third of the calls are for one of the ten heaviest.
    const user = users[count % 3 === 0 ? Math.abs(count / 3) % 10 : Math.abs(count * 7) % users.length] ?? ''
    for (const [index, call] of calls.entries()) {
      const start = performance.now()
      await call(user)
      if (count >= 0) samples[index]?.push(performance.now() - start)
    }
  }
  return samples.map((sample, index) => ({
    read,
    face,
    turns: bench.sizes.ledgers[index] ?? 0,
    p50Ms: percentile(sample, 0.5),
    p95Ms: percentile(sample, 0.95),
  }))
}

function get(agent: Agent, weir: ServedWeir, path: string): Promise<void> {
  return new Promise((done, fail) => {
    const headers = { authorization: `Bearer ${weir.adminToken}` }
    const asking = request(weir.url + path, { agent, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => {
        if (answer.statusCode === 200) done()
        else fail(new Error(`GET ${path} answered ${answer.statusCode}`))
      })
    })
    asking.on('error', fail)
    asking.end()
  })
}

/** The largest ledger's times beside the smallest's, and in between for information. */
export function figuresOf(times: readonly ReadTimes[]): Figure[] {
  const smallest = Math.min(...times.map((time) => time.turns))
  return times
    .filter((time) => time.turns !== smallest)
    .flatMap((time) => {
      const base = times.find(
        (other) => other.read === time.read && other.face === time.face && other.turns === smallest,
      )
      const words = `${time.read.name}, ${time.face}, ${time.turns} ÷ ${smallest} turns`
      return [
        figure(`p50: ${words}`, 'ms', time.p50Ms, base?.p50Ms ?? null),
        figure(`p95: ${words}`, 'ms', time.p95Ms, base?.p95Ms ?? null),
      ]
    })
}

/** The largest quotient of medians between the largest and the smallest ledger. */
export function worstGrowth(times: readonly ReadTimes[]): number {
  const turns = times.map((time) => time.turns)
  const [smallest, largest] = [Math.min(...turns), Math.max(...turns)]
  const growths = times
    .filter((time) => time.turns === largest)
    .map((time) => {
      const base = times.find(
        (other) => other.read === time.read && other.face === time.face && other.turns === smallest,
      )
      return time.p50Ms / (base?.p50Ms ?? Number.NaN)
    })
  return Math.max(...growths)
}

/** The largest p95 through one face. */
export function worstP95(times: readonly ReadTimes[], face: ReadTimes['face']): number {
  return Math.max(...times.filter((time) => time.face === face).map((time) => time.p95Ms))
}
