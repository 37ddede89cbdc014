import { endChild, forkModule, messageOf } from './fork.ts'
import type { RequestPlan } from './request-plan.ts'

/** Load from a process of its own. */

export type LoadRequest =
  /** Every connection sends its next request when the last one was answered: finds the maximum. */
  | {
      readonly kind: 'closed'
      readonly url: string
      readonly plan: RequestPlan
      readonly connections: number
      readonly seconds: number
    }
  /** So many a second, whatever happens: finds the waiting times. */
  | {
      readonly kind: 'paced'
      readonly url: string
      readonly plan: RequestPlan
      readonly connections: number
      readonly seconds: number
      readonly ratePerSecond: number
    }

export interface LoadResult {
  readonly answers: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Answers other than 2xx and broken connections. */
  readonly bad: number
  /** Of one core: near 1 the generator itself is the limit. */
  readonly generatorCpuShare: number
}

export interface Load {
  /** Measures; answers that are not what the row asked for make it fail, because a refusal costs less than a yes. */
  run(request: LoadRequest): Promise<LoadResult>
  stop(): Promise<void>
}

/** A few lost connections at the ends of a load do not change a figure; more would. */
const BAD_SHARE_MAX = 0.001

/** Starts the process that makes the load; it stays warm from one measurement to the next. */
export function startLoad(): Load {
  const child = forkModule('load-child.ts')
  return {
    run: async (request) => {
      const answer = messageOf<LoadResult>(child)
      child.send(request)
      const result = await answer
      if (result.answers === 0 || result.bad > result.answers * BAD_SHARE_MAX + 32) {
        throw new Error(
          `of ${result.answers} answers of a ${request.plan.kind} load ${result.bad} were not what was asked for`,
        )
      }
      return result
    },
    stop: () => endChild(child),
  }
}
