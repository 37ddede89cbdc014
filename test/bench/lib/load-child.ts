import autocannon from 'autocannon'
import type { LoadRequest, LoadResult } from './load.ts'
import { PacedClient, REQUESTS_A_SOCKET } from './paced-client.ts'
import { cannonRequests, requestMaker } from './request-plan.ts'
import { percentile } from './stats.ts'

/** Makes the load in a process of its own, so that it takes no time from the server or from the rows. */

async function closedLoop(request: Extract<LoadRequest, { kind: 'closed' }>): Promise<LoadResult> {
  const requestsOf = cannonRequests(request.plan)
  const latencies: number[] = []
  const cpuBefore = process.cpuUsage()
  const start = performance.now()
  const running = autocannon({
    url: request.url,
    connections: request.connections,
    duration: request.seconds,
    // Before the server does it: autocannon loses count of a request that meets a closing connection.
    reconnectRate: REQUESTS_A_SOCKET,
    setupClient: (client) => client.setRequests(requestsOf()),
  })
  // Timed by its own clock: autocannon's histogram knows whole milliseconds only.
  running.on('response', (_client, _status, _bytes, responseMs) => latencies.push(responseMs))
  const result = await running
  const seconds = (performance.now() - start) / 1000
  return {
    answers: latencies.length,
    perSecond: latencies.length / result.duration,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    bad: result.non2xx + result.errors + result.timeouts,
    generatorCpuShare: cpuShare(cpuBefore, seconds),
  }
}

async function paced(request: Extract<LoadRequest, { kind: 'paced' }>): Promise<LoadResult> {
  const cpuBefore = process.cpuUsage()
  const client = new PacedClient(request.url, requestMaker(request.plan))
  const result = await client.run(request.ratePerSecond, request.connections, request.seconds)
  return {
    answers: result.latenciesMs.length,
    perSecond: result.latenciesMs.length / request.seconds,
    p50Ms: percentile(result.latenciesMs, 0.5),
    p99Ms: percentile(result.latenciesMs, 0.99),
    bad: result.not2xx + result.errors,
    generatorCpuShare: cpuShare(cpuBefore, request.seconds),
  }
}

function cpuShare(before: NodeJS.CpuUsage, seconds: number): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6 / seconds
}

process.on('message', (request: LoadRequest) => {
  const done = request.kind === 'closed' ? closedLoop(request) : paced(request)
  done
    .then((result) => process.send?.(result))
    .catch((error: unknown) => {
      console.error(error)
      process.exit(1)
    })
})
process.on('disconnect', () => process.exit(0))
