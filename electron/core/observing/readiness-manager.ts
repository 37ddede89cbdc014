import type { OperationOutput } from '../../../shared/contract/index.ts'
import { SECOND_MS, toIso } from '../../../shared/units.ts'
import type { CheckFinding, ReadinessApi, ReadinessCheck, SuccessMetric } from '../api.ts'
import type { Clock, Logger } from '../kernel/ports.ts'
import { within } from '../kernel/within.ts'

type Report = OperationOutput<'readiness.get'>

/** A check that needs longer is answered with `unknown`: the operator waits for all of them together. */
const CHECK_LIMIT_MS = 5 * SECOND_MS

const TOO_LATE = 'It did not answer within five seconds.'

/** Runs the checks other parts of Weir have registered. One that fails or hangs takes no other with it. */
export class ReadinessManager implements ReadinessApi {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #limitMs: number
  readonly #checks = new Map<string, ReadinessCheck>()
  readonly #metrics = new Map<string, SuccessMetric>()

  constructor(ports: { readonly clock: Clock; readonly log: Logger }, limitMs = CHECK_LIMIT_MS) {
    this.#clock = ports.clock
    this.#log = ports.log
    this.#limitMs = limitMs
  }

  register(check: ReadinessCheck): void {
    this.#checks.set(check.id, check)
  }

  registerSuccess(metric: SuccessMetric): void {
    this.#metrics.set(metric.id, metric)
  }

  async run(): Promise<Report> {
    const at = toIso(this.#clock.now())
    const [checks, success] = await Promise.all([
      Promise.all([...this.#checks.values()].map((check) => this.#runCheck(check))),
      Promise.all([...this.#metrics.values()].map((metric) => this.#runMetric(metric))),
    ])
    const ok = checks.filter(({ state }) => state === 'ok').length
    return { verdict: verdictOf(checks), ok, total: checks.length, at, checks, success }
  }

  async #runCheck(check: ReadinessCheck): Promise<Report['checks'][number]> {
    const startedMs = this.#clock.monotonicMs()
    const finding = await this.#finding(check)
    return {
      id: check.id,
      title: check.title,
      ...finding,
      took_ms: Math.round(this.#clock.monotonicMs() - startedMs),
    }
  }

  async #finding(check: ReadinessCheck): Promise<CheckFinding> {
    const unknown = (evidence: string): CheckFinding => ({
      state: 'unknown',
      evidence,
      since: null,
      fix: null,
    })
    try {
      const timely = await within(check.run(), this.#limitMs)
      return timely.kind === 'done' ? timely.value : unknown(TOO_LATE)
    } catch (error) {
      this.#log.warn('a readiness check failed', { area: 'readiness', check: check.id, error })
      return unknown(`It could not be found out: ${reasonOf(error)}`)
    }
  }

  async #runMetric(metric: SuccessMetric): Promise<Report['success'][number]> {
    const { id, title, target } = metric
    const unknown = (evidence: string) =>
      ({ id, title, target, measured: null, state: 'cannot_judge', trend: null, evidence }) as const
    try {
      const timely = await within(metric.run(), this.#limitMs)
      return timely.kind === 'done' ? { id, title, target, ...timely.value } : unknown(TOO_LATE)
    } catch (error) {
      this.#log.warn('a figure of success could not be measured', { area: 'readiness', metric: id, error })
      return unknown(`It could not be measured: ${reasonOf(error)}`)
    }
  }
}

/** Ready only when everything is; what is known to be wrong goes before what is not known. */
export function verdictOf(checks: readonly { readonly state: CheckFinding['state'] }[]): Report['verdict'] {
  if (checks.some(({ state }) => state === 'attention')) return 'attention'
  return checks.length > 0 && checks.every(({ state }) => state === 'ok') ? 'ready' : 'unknown'
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
