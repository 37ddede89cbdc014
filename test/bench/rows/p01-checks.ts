import { join } from 'node:path'
import { startHello } from '../lib/hello.ts'
import { type LoadRequest, startLoad } from '../lib/load.ts'
import { MEMORY_FOLDER } from '../lib/machine.ts'
import type { RequestPlan } from '../lib/request-plan.ts'
import { loadsInTurn, middle, middleRatio } from '../lib/rounds.ts'
import {
  atLeast,
  type Bench,
  type Figure,
  figure,
  type Measured,
  type Row,
  type Verdict,
} from '../lib/row.ts'
import { type ServedWeir, startServe } from '../lib/serve.ts'
import { WorkFolder } from '../lib/work-folder.ts'

/** How fast a limit check is answered. */
export const checks: Row = {
  id: 'P1',
  title: 'Limit checks through HTTP',
  how:
    'autocannon in a process of its own, keep-alive, against `weir serve` and against a bare `node:http` hello world (GET, 17 bytes), ' +
    'each in a process of its own, in turn. Checks carry a token, a session and an estimate to reserve, of all users in turn, under limits nobody reaches; ' +
    'every yes is on disk (synchronous=FULL) before the answer. "In memory" is the same with the data folder on a tmpfs, where syncing costs nothing.',
  run: async (bench) => {
    const onDisk = await measure(bench, bench.folder.sub('checks'), 'on disk')
    if (MEMORY_FOLDER === null) return onDisk
    const inMemory = new WorkFolder(MEMORY_FOLDER)
    try {
      const { figures, verdicts } = await measure(bench, inMemory.path, 'in memory')
      return { figures: [...onDisk.figures, ...figures], verdicts: [...onDisk.verdicts, ...verdicts] }
    } finally {
      inMemory.remove()
    }
  },
}

/** Connections of the goal: an executor with as many users asking at once. */
export const CONNECTIONS = 32

type Place = 'on disk' | 'in memory'

async function measure(bench: Bench, folder: string, place: Place): Promise<Measured> {
  const { sizes, datasets } = bench
  const dataDir = await datasets.copy(sizes.ledgers[0], { lifted: true, into: folder })
  const profileDir =
    bench.profileDir === null ? null : join(bench.profileDir, `P1-${place.replace(' ', '-')}`)
  const hello = await startHello()
  const weir = await startServe(dataDir, profileDir)
  const load = startLoad()
  try {
    const requests = requestsOf(hello.url, weir, datasets.users, sizes.loadSeconds)
    const results = await loadsInTurn(load, bench, requests)
    const figures: Figure[] = []
    for (const [product, reference, connections] of PAIRS) {
      const [ours, theirs] = [results[product], results[reference]]
      const words = `${NAMES[product]}, ${connections}, ${place}`
      figures.push(
        figure(words, 'req/s', middle(ours, 'perSecond'), middle(theirs, 'perSecond'), {
          ratio: middleRatio(ours, theirs, 'perSecond'),
          note: `load generator at ${Math.round(100 * middle(ours, 'generatorCpuShare'))} % / ${Math.round(100 * middle(theirs, 'generatorCpuShare'))} % of a core`,
        }),
        figure(`p50: ${words}`, 'ms', middle(ours, 'p50Ms'), middle(theirs, 'p50Ms')),
        figure(`p99: ${words}`, 'ms', middle(ours, 'p99Ms'), middle(theirs, 'p99Ms')),
      )
    }
    const ratioOf = (product: Name, reference: Name) =>
      middleRatio(results[product], results[reference], 'perSecond')
    return { figures, verdicts: verdictsOf(place, ratioOf) }
  } finally {
    await load.stop()
    await weir.stop()
    await hello.stop()
  }
}

function verdictsOf(place: Place, ratioOf: (product: Name, reference: Name) => number): Verdict[] {
  if (place === 'on disk') {
    return [
      atLeast('durable checks ÷ hello world, 32 connections: ≥ 0.5', ratioOf('checksMany', 'helloMany'), 0.5),
    ]
  }
  return [
    atLeast(
      'checks ÷ hello world, one connection, without the cost of syncing: ≥ 0.3',
      ratioOf('checksOne', 'helloOne'),
      0.3,
    ),
  ]
}

const NAMES = {
  checksMany: 'checks',
  bareMany: 'checks without estimate or session',
  helloMany: 'hello',
  checksOne: 'checks',
  helloOne: 'hello',
} as const

type Name = keyof typeof NAMES

const PAIRS: readonly (readonly [Name, Name, string])[] = [
  ['checksMany', 'helloMany', `${CONNECTIONS} connections`],
  ['bareMany', 'helloMany', `${CONNECTIONS} connections`],
  ['checksOne', 'helloOne', '1 connection'],
]

function requestsOf(
  helloUrl: string,
  weir: ServedWeir,
  users: readonly string[],
  seconds: number,
): Record<Name, LoadRequest> {
  const hello: RequestPlan = { kind: 'hello' }
  const check: RequestPlan = { kind: 'checks', token: weir.executorToken, users }
  const bare: RequestPlan = { ...check, isBare: true }
  const closed = (url: string, plan: RequestPlan, connections: number): LoadRequest => ({
    kind: 'closed',
    url,
    plan,
    connections,
    seconds,
  })
  return {
    helloMany: closed(helloUrl, hello, CONNECTIONS),
    checksMany: closed(weir.url, check, CONNECTIONS),
    bareMany: closed(weir.url, bare, CONNECTIONS),
    helloOne: closed(helloUrl, hello, 1),
    checksOne: closed(weir.url, check, 1),
  }
}
