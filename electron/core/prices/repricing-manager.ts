import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { microUsdToUsd, toIso, usdToMicroUsd } from '../../../shared/units.ts'
import type { Actor, RepricingApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { type ConsumptionContext, momentOf } from '../consumption/context.ts'
import {
  addedTo,
  type PageStart,
  type RepriceScope,
  repriceTurns,
  turnsToPrice,
  usersOfMonth,
} from '../consumption/reprice-turns.ts'
import { repriced } from '../consumption/repriced-turn.ts'
import { periodText } from '../consumption/windows.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type Agreement, agreementOf, refuseOther, refuseSurprise } from './reprice-agreement.ts'
import type { RepricePlan } from './reprice-plan.ts'

type Run = OperationOutput<'prices.repriceRun'>

/** What pricing again works with. */
export interface RepricingParts {
  readonly context: ConsumptionContext
  /** Adds up what would change, in the worker thread. Errors: `shutting_down`. */
  readonly planOf: (scope: RepriceScope) => Promise<RepricePlan>
  /** Makes a verified backup before anything is changed. */
  readonly safetyCopy: (actor: Actor, signal: AbortSignal) => Promise<{ readonly id: string }>
}

/** Turns in one transaction: reading, pricing and writing them takes about ten milliseconds, which others may have to wait. */
const TURNS_A_SLICE = 100
/** Who started a run looks at it within minutes; what older ones did stands in the audit log. */
const RUNS_KEPT = 20
const RUN_ID_BYTES = 4

/**
 * Prices the turns of the running month by the prices of now: counts first, compares with what the operator saw, makes a
 * backup, and then goes from user to user in slices, each of which leaves the books whole.
 */
export class RepricingManager implements RepricingApi {
  readonly #parts: RepricingParts
  readonly #runs = new Map<string, Run>()
  readonly #ends = new Map<string, Promise<void>>()
  #current: { readonly id: string; readonly stop: AbortController } | undefined
  #isClosed = false

  constructor(parts: RepricingParts) {
    this.#parts = parts
  }

  /** Whether turns are being priced again. */
  isRunning(): boolean {
    return this.#current !== undefined
  }

  async plan(input: ParsedInput<'prices.repricePlan'>): Promise<OperationOutput<'prices.repricePlan'>> {
    const plan = await this.#parts.planOf(input.scope ?? 'all')
    return { ...plan, running: this.running() }
  }

  /** The run that goes on, or null. */
  running(): Run | null {
    return this.#current === undefined ? null : this.get(this.#current.id)
  }

  start(input: ParsedInput<'prices.reprice'>, actor: Actor): Run {
    if (this.#isClosed) throw new WeirError('shutting_down', 'Weir is shutting down.')
    if (this.#current !== undefined)
      throw new WeirError('busy', 'Turns are being priced again already. Wait until that is done.')
    const { context } = this.#parts
    const moment = momentOf(context)
    const run_id = `reprice-${Buffer.from(context.randomBytes(RUN_ID_BYTES)).toString('hex')}`
    const scope = input.scope ?? 'all'
    this.#runs.set(run_id, {
      run_id,
      status: 'running',
      phase: 'counting',
      scope,
      period: periodText(moment.windows.period),
      started_at: toIso(moment.now),
      finished_at: null,
      turns_done: 0,
      turns_total: null,
      changed_turns: 0,
      change_usd: 0,
      backup_id: null,
      error: null,
    })
    for (const id of [...this.#runs.keys()].slice(0, -RUNS_KEPT)) {
      this.#runs.delete(id)
      this.#ends.delete(id)
    }
    const stop = new AbortController()
    this.#current = { id: run_id, stop }
    this.#ends.set(run_id, this.#follow(run_id, scope, usdToMicroUsd(input.change_usd), actor, stop.signal))
    return this.get(run_id)
  }

  get(runId: string): Run {
    const run = this.#runs.get(runId)
    if (run !== undefined) return run
    throw new WeirError(
      'run_unknown',
      `There is no run ${runId}. Runs are known until Weir stops; the audit log says what they changed.`,
    )
  }

  cancel(runId: string): Run {
    const run = this.get(runId)
    if (this.#current?.id === runId) this.#current.stop.abort()
    return run
  }

  async finished(runId: string): Promise<Run> {
    this.get(runId)
    await this.#ends.get(runId)
    return this.get(runId)
  }

  /** Ends a run at its next safe place and waits for that. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#current?.stop.abort()
    await Promise.all(this.#ends.values())
  }

  /** Never rejects: how it ended stands in the run. */
  async #follow(
    id: string,
    scope: RepriceScope,
    expectedMicroUsd: number,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<void> {
    const { log, clock } = this.#parts.context
    try {
      const agreed = agreementOf(this.#parts.context)
      const plan = await this.#parts.planOf(scope)
      signal.throwIfAborted()
      refuseSurprise(plan, expectedMicroUsd, agreed)
      this.#set(id, { phase: 'backup', turns_total: plan.open.turns, period: plan.period })
      // Nothing to change needs no way back.
      if (plan.open.changed_turns > 0) await this.#change(id, plan, agreed, actor, signal)
      this.#set(id, { status: 'done' })
    } catch (error) {
      const code = error instanceof WeirError ? error.code : 'internal'
      if (signal.aborted) this.#set(id, { status: 'cancelled' })
      else {
        if (!(error instanceof WeirError))
          log.error('pricing again failed', { run_id: id, error: String(error) })
        const detail = error instanceof WeirError ? error.message : 'It stopped. The log says why.'
        this.#set(id, { status: 'failed', error: { code, detail } })
      }
    } finally {
      this.#set(id, { phase: 'finished', finished_at: toIso(clock.now()) })
      this.#current = undefined
    }
  }

  async #change(
    id: string,
    plan: RepricePlan,
    agreed: Agreement,
    actor: Actor,
    signal: AbortSignal,
  ): Promise<void> {
    const backup = await this.#parts.safetyCopy(actor, signal)
    this.#set(id, { phase: 'writing', backup_id: backup.id })
    // A backup of a large database takes minutes.
    refuseOther(this.#parts.context, agreed, 0)
    // Before the first change: also a run that a power cut ends has its entry.
    await this.#note('prices.reprice', id, actor, plan)
    try {
      await this.#priceAll(id, plan.scope, agreed, signal)
    } finally {
      await this.#note('prices.repriceEnd', id, actor, plan)
    }
  }

  async #priceAll(id: string, scope: RepriceScope, agreed: Agreement, signal: AbortSignal): Promise<void> {
    const context: ConsumptionContext = { ...this.#parts.context, prices: () => agreed.book }
    let changedMicroUsd = 0
    for (const userKey of await usersOfMonth(context.database.reader, agreed.period)) {
      let after: PageStart | null = null
      for (;;) {
        signal.throwIfAborted()
        refuseOther(this.#parts.context, agreed, this.get(id).changed_turns)
        const page = { after, limit: TURNS_A_SLICE }
        const turns = await turnsToPrice(context.database.reader, userKey, agreed, scope, page)
        const last = turns.at(-1)
        if (last === undefined) break
        const run = this.get(id)
        const done = { turns_done: run.turns_done + turns.length }
        if (await wouldChange(turns, context)) {
          const changed = await context.database.writeSlice(async (trx) => {
            // Read again: a turn may have been added to in between.
            const now = await turnsToPrice(trx, userKey, agreed, scope, page)
            return repriceTurns(trx, userKey, now, context)
          })
          changedMicroUsd += changed.changeMicroUsd
          this.#set(id, {
            ...done,
            changed_turns: run.changed_turns + changed.changedTurns,
            change_usd: microUsdToUsd(changedMicroUsd),
          })
        } else this.#set(id, done)
        // Limit checks that came meanwhile are answered before the next page: reading awaits nothing that lets them in.
        await nextMacrotask()
        if (turns.length < TURNS_A_SLICE) break
        after = { occurredAt: last.occurred_at, id: last.id }
      }
    }
  }

  async #note(action: string, id: string, actor: Actor, plan: RepricePlan): Promise<void> {
    const { context } = this.#parts
    const run = this.get(id)
    const { period, scope, open } = plan
    const isEnd = action === 'prices.repriceEnd'
    const after = isEnd
      ? { changed_turns: run.changed_turns, change_usd: run.change_usd, turns_done: run.turns_done }
      : { changed_turns: open.changed_turns, change_usd: open.change_usd, cost_usd: open.after_usd }
    await context.database.write((trx) =>
      audit(trx, {
        at: context.clock.now(),
        actor,
        action,
        objectKind: 'period',
        objectId: period,
        before: { run_id: id, scope, cost_usd: open.before_usd },
        after: { run_id: id, scope, ...after, backup_id: run.backup_id },
      }),
    )
  }

  #set(id: string, members: Partial<Run>): void {
    this.#runs.set(id, { ...this.get(id), ...members })
  }
}

async function wouldChange(
  turns: Awaited<ReturnType<typeof turnsToPrice>>,
  context: ConsumptionContext,
): Promise<boolean> {
  const added = await addedTo(context.database.reader, turns)
  return turns.some((turn) => repriced(turn, added(turn), context.prices()) !== null)
}
