import { GrantManager } from '../../electron/core/access/grant-manager.ts'
import type { CheckAnswer } from '../../electron/core/api.ts'
import { archiveClosedPeriods, importSessions } from '../../electron/core/consumption/ledger-import.ts'
import type { ParsedInput } from '../../shared/contract/index.ts'
import { periodOf } from '../../shared/time-window.ts'
import { MINUTE_MS, toIso } from '../../shared/units.ts'
import { OPERATOR, openConsumption, sessionReading, type TestConsumption, turnInput } from './consumption.ts'
import { PROFILE_COUNT, type Step, USER_COUNT } from './histories.ts'

/** A turn as the model remembers it: enough to say what every sum must be. */
interface Remembered {
  readonly recordedAt: number
  readonly user: string
  readonly period: string
  readonly input: number
  readonly output: number
  readonly turns: 0 | 1
}

interface OpenAdmission {
  readonly id: string
  readonly user: string
  readonly input: number
  readonly output: number
  readonly expiresAt: number
}

/** In which billing zone and when a history begins. */
export interface Beginning {
  readonly zone: string
  readonly at: string
}

/** What the players of a history keep to. */
export interface HistoryRules {
  /** Every turn settles an admission of its own and uses at most what that reserved. */
  readonly isLawful: boolean
  /** Limits of profiles only go up. */
  readonly isRaisingOnly: boolean
}

export const userName = (index: number) => `user-${index}`
const profileName = (index: number) => `profile-${index}`
const RESERVATION_MS = 10 * MINUTE_MS

/** Plays histories on a real Weir and keeps a plain model beside it. */
export class HistoryRunner {
  readonly weir: TestConsumption
  readonly zone: string
  /** Everything that was recorded, by its natural key. */
  readonly recorded = new Map<string, Remembered>()
  readonly sessions = new Map<string, string>()
  /** Every API turn, to send again. */
  readonly sent: ParsedInput<'turns.record'>[] = []
  /** Limits that a yes of enforcement has passed; must stay empty. */
  readonly overruns: string[] = []
  readonly #rules: HistoryRules
  #open: OpenAdmission[] = []

  private constructor(weir: TestConsumption, zone: string, rules: HistoryRules) {
    this.weir = weir
    this.zone = zone
    this.#rules = rules
  }

  static async start(beginning: Beginning, rules: HistoryRules): Promise<HistoryRunner> {
    const { zone, at } = beginning
    const weir = await openConsumption()
    weir.clock.set(at)
    await weir.settings.change({ time_zone: zone }, OPERATOR)
    for (let index = 0; index < PROFILE_COUNT; index += 1) {
      await weir.addProfile(profileName(index), {
        prompts_per_hour: 3 + index,
        prompts_per_day: 6,
        input_tokens_per_month: 600,
        output_tokens_per_month: 2_500,
      })
    }
    for (let index = 0; index < USER_COUNT; index += 1)
      await weir.addUser(userName(index), { profile: profileName(index % PROFILE_COUNT) })
    return new HistoryRunner(weir, zone, rules)
  }

  async play(step: Step): Promise<void> {
    const { database, clock, settings, context } = this.weir
    switch (step.kind) {
      case 'check':
        return this.#check(step)
      case 'record':
        return this.#record(step)
      case 'record-again':
        return this.#recordAgain(step)
      case 'together':
        return this.#together(step)
      case 'edit-profile':
        return this.#editProfile(step)
      case 'assign':
        await database.write(async (trx) => {
          const profile = await trx
            .selectFrom('consumption_profiles')
            .select('id')
            .where('name', '=', profileName(step.profile))
            .executeTakeFirst()
          // One number more than there are profiles stands for none.
          await trx
            .updateTable('users')
            .set({ consumption_profile_id: profile?.id ?? null })
            .where('id', '=', userName(step.user))
            .execute()
        })
        return
      case 'switch-user':
        await database.write((trx) =>
          trx
            .updateTable('users')
            .set({ is_active: step.isActive ? 1 : 0 })
            .where('id', '=', userName(step.user))
            .execute(),
        )
        return
      case 'enforce':
        await settings.change(
          {
            enforcement: {
              mode: step.mode,
              reason: step.mode === 'on' ? null : 'a test',
              until: null,
              since: clock.now(),
            },
          },
          OPERATOR,
        )
        return
      case 'grant':
        return this.#grant(step)
      case 'override':
        await settings.change({ override: this.#overrideOf(step) }, OPERATOR)
        return
      case 'clock':
        clock.set(clock.now() + step.stepMs)
        // What ran out once has run out, also when the clock goes back afterwards.
        this.#open = this.#open.filter((admission) => admission.expiresAt > clock.now())
        return
      case 'import':
        return this.#import(step)
      case 'archive':
        await database.write((trx) => archiveClosedPeriods(trx, userName(step.user), context))
        return
    }
  }

  async #check(step: Extract<Step, { kind: 'check' }>): Promise<void> {
    const user = userName(step.user)
    const ask = {
      user_id: user,
      estimated_input_tokens: step.input,
      estimated_output_tokens: step.output,
      dry_run: step.isTrial,
    }
    const answers = await Promise.all(
      Array.from({ length: step.times }, () => this.weir.consumption.admit(ask)),
    )
    for (const answer of answers) {
      this.#noteOverrun(step, answer)
      if (answer.kind !== 'allowed' || answer.answer.admission_id === null) continue
      // What is only let through while enforcement observes has reserved nothing.
      const isKept = answer.answer.would_have_blocked === null
      this.#open.push({
        id: answer.answer.admission_id,
        user,
        input: isKept ? step.input : 0,
        output: isKept ? step.output : 0,
        expiresAt: this.weir.clock.now() + RESERVATION_MS,
      })
    }
  }

  /** A yes of enforcement fits every limit in force, whatever happened before. */
  #noteOverrun(step: Extract<Step, { kind: 'check' }>, answer: CheckAnswer): void {
    if (step.isTrial || answer.kind !== 'allowed' || answer.answer.enforcement !== 'on') return
    for (const { policy, limit, used, reserved } of answer.answer.limits) {
      // Without an estimate there is nothing that could be held against a quota but what is used already.
      const isAsked =
        policy === 'input_tokens_per_month'
          ? step.input > 0
          : policy === 'output_tokens_per_month'
            ? step.output > 0
            : policy !== 'cost_per_month_usd'
      const total = isAsked ? used + reserved : used
      if (limit !== null && total > limit) this.overruns.push(`${policy}: ${used} + ${reserved} > ${limit}`)
    }
  }

  async #grant(step: Extract<Step, { kind: 'grant' }>): Promise<void> {
    const grants = new GrantManager(this.weir.database, this.weir.clock)
    const id = userName(step.user)
    if (step.amount === null) {
      const oldest = (await grants.list(id)).grants.findLast((grant) => grant.is_in_force)
      if (oldest !== undefined) await grants.revoke(id, oldest.id, OPERATOR)
      return
    }
    const { limit, amount } = step
    const expires_at = toIso(this.weir.clock.now() + step.forMs)
    await grants.create({ id, limit, amount, expires_at, reason: 'a test' }, OPERATOR)
  }

  #overrideOf(step: Extract<Step, { kind: 'override' }>) {
    if (step.perHour === null) return null
    return {
      prompts_per_hour: step.perHour,
      prompts_per_day: null,
      reason: 'a test',
      until: this.weir.clock.now() + step.forMs,
    }
  }

  async #record(step: Extract<Step, { kind: 'record' }>): Promise<void> {
    const user = userName(step.user)
    const admission = step.settles ? this.#open.find((one) => one.user === user) : undefined
    const { isLawful } = this.#rules
    if (admission === undefined && isLawful) return
    const isCapped = isLawful && admission !== undefined
    const turn = turnInput({
      user_id: user,
      session_id: `session-${step.session}`,
      turn_number: step.turn,
      input_tokens: isCapped ? Math.min(step.input, admission.input) : step.input,
      output_tokens: isCapped ? Math.min(step.output, admission.output) : step.output,
      model: step.model,
      status: step.status,
      rag_used: step.saved !== 0,
      rag_tokens_saved: step.saved,
      occurred_at: toIso(this.weir.clock.now() - step.agoMs),
      ...(admission !== undefined && { admission_id: admission.id }),
    })
    if (this.recorded.has(this.#keyOf(turn.user_id, turn.session_id, turn.turn_number))) return
    // Two turns at once must not settle the same admission, or one of them would use what nobody reserved for it.
    if (isLawful) this.#open = this.#open.filter((one) => one !== admission)
    const answer = await this.weir.consumption.recordTurn(turn)
    if (answer.replayed) throw new Error('a turn nobody recorded was answered as a replay')
    if (admission !== undefined) this.#open = this.#open.filter((one) => one !== admission)
    this.sent.push(turn)
    this.#remember(
      turn.user_id,
      turn.session_id,
      turn.turn_number,
      Date.parse(answer.turn.occurred_at),
      turn.input_tokens,
      turn.output_tokens,
    )
  }

  async #together(step: Extract<Step, { kind: 'together' }>): Promise<void> {
    const seen = new Set<string>()
    const steps = step.steps.filter((one) => {
      if (one.kind === 'check') return true
      // The same turn twice with other figures is a conflict, and has its own step.
      const key = `${one.user} ${one.session} ${one.turn}`
      return !seen.has(key) && seen.add(key)
    })
    await Promise.all(steps.map((one) => (one.kind === 'check' ? this.#check(one) : this.#record(one))))
  }

  async #recordAgain(step: Extract<Step, { kind: 'record-again' }>): Promise<void> {
    const turn = this.sent[step.index % Math.max(1, this.sent.length)]
    if (turn === undefined) return
    if (!step.isOther) {
      const answers = await Promise.all(
        [turn, turn, turn].map((one) => this.weir.consumption.recordTurn(one)),
      )
      if (!answers.every((answer) => answer.replayed)) throw new Error('the same turn was counted again')
      return
    }
    const [outcome] = await Promise.allSettled([
      this.weir.consumption.recordTurn({ ...turn, input_tokens: turn.input_tokens + 1 }),
    ])
    if (outcome?.status !== 'rejected' || outcome.reason.code !== 'turn_conflict')
      throw new Error('other figures were not refused')
  }

  async #editProfile(step: Extract<Step, { kind: 'edit-profile' }>): Promise<void> {
    await this.weir.database.write(async (trx) => {
      const query = trx
        .updateTable('consumption_profiles')
        .set({ [step.limit]: step.value })
        .where('name', '=', profileName(step.profile))
      // Where limits only rise, what was given under the old one must fit the new one.
      await (this.#rules.isRaisingOnly ? query.where(step.limit, '<', step.value) : query).execute()
    })
  }

  async #import(step: Extract<Step, { kind: 'import' }>): Promise<void> {
    const now = this.weir.clock.now()
    const user = userName(step.user)
    const session = `session-${step.session}`
    const turns = step.turns.map((turn) => ({
      occurredAt: now - turn.agoMs,
      inputTokens: turn.input,
      outputTokens: turn.output,
    }))
    const createdAt = turns[0]?.occurredAt ?? now
    const reading = sessionReading(user, session, turns, { createdAt, outsideInputTokens: step.outside })
    const twice = () => this.weir.database.write((trx) => importSessions(trx, [reading], this.weir.context))
    await Promise.all([twice(), twice()])
    if (!this.sessions.has(`${user} ${session}`))
      this.sessions.set(`${user} ${session}`, periodOf(this.zone, createdAt))
    const booked = new Set(
      reading.turns
        .map(({ turnNumber }) => this.#keyOf(user, session, turnNumber))
        .filter((key) => !this.recorded.has(key)),
    )
    for (const turn of reading.turns)
      this.#remember(user, session, turn.turnNumber, turn.occurredAt, turn.inputTokens, turn.outputTokens)
    this.#followOutside(user, session, createdAt, { inFile: reading.turnsInputTokens, booked }, step.outside)
  }

  /** What a file's counter exceeds its turns by, or what is known of them, is outside; it falls once for each later turn of its month. */
  #followOutside(
    user: string,
    session: string,
    createdAt: number,
    { inFile, booked }: { readonly inFile: number; readonly booked: ReadonlySet<string> },
    outside: number,
  ): void {
    const turns = [...this.recorded.entries()].filter(
      ([key, one]) => key.startsWith(`${user} ${session} `) && one.turns === 1,
    )
    const inLedger = turns.reduce((sum, [, one]) => sum + one.input, 0)
    const wanted = Math.max(0, inFile + outside - Math.max(inFile, inLedger))
    const held = this.recorded.get(this.#keyOf(user, session, 0))
    // It has heard of all those turns, whatever the clock says.
    const recordedAt = Math.max(this.weir.clock.now(), ...turns.map(([, one]) => one.recordedAt))
    if (held === undefined) {
      if (wanted > 0) this.#remember(user, session, 0, createdAt, wanted, 0, recordedAt)
      return
    }
    const unheard = turns.filter(([key, one]) => booked.has(key) || one.recordedAt > held.recordedAt)
    const moved = unheard
      .filter(([, one]) => one.period === held.period)
      .reduce((sum, [, one]) => sum + one.input, 0)
    const input = Math.max(wanted, held.input - moved)
    if (input === held.input && unheard.length === 0) return
    this.recorded.set(this.#keyOf(user, session, 0), {
      ...held,
      input,
      recordedAt,
    })
  }

  #keyOf(user: string, session: string, turn: number): string {
    return `${user} ${session} ${turn}`
  }

  /** What is there already stays, as in the ledger. */
  #remember(
    user: string,
    session: string,
    turn: number,
    at: number,
    input: number,
    output: number,
    recordedAt: number = this.weir.clock.now(),
  ): void {
    const period = periodOf(this.zone, at)
    if (!this.sessions.has(`${user} ${session}`)) this.sessions.set(`${user} ${session}`, period)
    const key = this.#keyOf(user, session, turn)
    if (this.recorded.has(key)) return
    this.recorded.set(key, {
      user,
      period,
      input,
      output,
      turns: turn === 0 ? 0 : 1,
      recordedAt,
    })
  }
}
