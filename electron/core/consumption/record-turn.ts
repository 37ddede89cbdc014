import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { periodOf } from '../../../shared/time-window.ts'
import { DAY_MS, type EpochMs, toIso, usdToMicroUsd } from '../../../shared/units.ts'
import type { Outcome } from '../database/batch.ts'
import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { priceTurn, savedCost } from '../pricing/price-turn.ts'
import { PROMPT_PREVIEW_CHARACTERS, type Settings } from '../settings/settings.ts'
import { type Settlement, settleAdmission } from './admission-store.ts'
import { saveUsage, type UserAccount } from './consumption-store.ts'
import { type ConsumptionContext, type Moment, momentOf, observedSince } from './context.ts'
import { currentUsage, userOf } from './current-usage.ts'
import { exceededBy, exceededOf, noteExceeded, type Reserved } from './exceeded-reservation-store.ts'
import { letGo } from './import-holds.ts'
import { holdsOf } from './import-holds-store.ts'
import {
  findSession,
  findTurn,
  insertSession,
  insertTurn,
  modelKeyOf,
  type NewTurn,
  type SessionRow,
  type TurnRow,
  type TurnWithModel,
  touchSession,
} from './ledger-store.ts'
import { withLimitAlerts } from './limit-alerts.ts'
import { type Profiles, readProfiles } from './limit-rules-store.ts'
import type { EffectiveLimits } from './limits.ts'
import { type Observation, withTurnLetThrough } from './observation.ts'
import { findObservation, saveObservation } from './observation-store.ts'
import { prunedBefore } from './prune-turns.ts'
import { rollUpSession, rollUpTurns } from './roll-up-store.ts'
import { saveSessionClosed } from './session-store.ts'
import { totalsOf } from './turn-effect.ts'
import { withoutExtensions } from './turn-extension-store.ts'
import { toTurnRecord } from './turn-record.ts'
import { addTotals, type Usage, withoutReservation } from './usage.ts'
import { periodNumber, type Windows } from './windows.ts'

type Turn = ParsedInput<'turns.record'>
type Answer = OperationOutput<'turns.record'>

// A caller's clock may be ahead; by more than a day it is a mistake, not a drift.
const FUTURE_MS_MAX = DAY_MS

/** A user whose turns are recorded in one batch: read once, added up in memory, written once. */
interface Book {
  readonly account: UserAccount
  readonly limits: EffectiveLimits
  readonly opened: Usage
  usage: Usage
  /** What turns consumed that would not have run; null until there is one. */
  letThrough: Observation | null
}

/**
 * Records what turns consumed, in their order: ledger, counters and roll-ups in the transaction it is given, each
 * reservation settled to what was really used. A turn that is there already changes nothing.
 */
export async function recordTurns(
  trx: Writer,
  turns: readonly Turn[],
  context: ConsumptionContext,
): Promise<readonly Outcome<Answer>[]> {
  const moment = momentOf(context)
  const profiles = await readProfiles(trx)
  const books = new Map<string, Book>()
  const written: NewTurn[] = []
  const outcomes: Outcome<Answer>[] = []
  for (const turn of turns) {
    try {
      const book = books.get(turn.user_id) ?? (await openBook(trx, turn.user_id, profiles, moment))
      books.set(turn.user_id, book)
      outcomes.push({
        kind: 'answer',
        answer: await recordTurn(trx, turn, book, { context, moment, written }),
      })
    } catch (error) {
      // Unknown users and conflicts are found before anything is written.
      if (!(error instanceof WeirError)) throw error
      outcomes.push({ kind: 'error', error })
    }
  }
  await rollUpTurns(trx, written, moment.settings.time_zone)
  for (const { account, limits, usage, opened, letThrough } of books.values()) {
    if (usage === opened) continue
    const alerted = await withLimitAlerts(trx, account, usage, limits, moment)
    await saveUsage(trx, { ...alerted, last_updated_at: moment.now })
    if (letThrough !== null) await saveObservation(trx, letThrough)
  }
  return outcomes
}

interface Run {
  readonly context: ConsumptionContext
  readonly moment: Moment
  readonly written: NewTurn[]
}

async function openBook(trx: Writer, userId: string, profiles: Profiles, moment: Moment): Promise<Book> {
  const state = await userOf(trx, userId, moment)
  const { usage, decision } = await currentUsage(trx, state, profiles, moment)
  return { account: state.account, limits: decision.limits, opened: usage, usage, letThrough: null }
}

async function recordTurn(trx: Writer, turn: Turn, book: Book, run: Run): Promise<Answer> {
  const { context, moment } = run
  const userKey = book.usage.user_key
  const known = await findSession(trx, userKey, turn.session_id)
  const recorded = known === undefined ? undefined : await findTurn(trx, known.key, turn.turn_number)
  if (known !== undefined && recorded !== undefined) {
    const answer = await replay(trx, turn, recorded, known)
    // A session file came before its agent's call: the reservation of the turn is still open.
    if (recorded.source === 'api') return answer
    await letGo(trx, await holdsOf(trx, known.key), new Set([turn.turn_number]), false)
    const late = await settleInBook(trx, turn, recorded, book, moment)
    if (late.admission === null) return answer
    // What was noted of an earlier reservation stays.
    const exceeded_reservation = answer.turn.exceeded_reservation ?? late.exceeded
    return {
      ...answer,
      settled_admission_id: late.admission,
      turn: { ...answer.turn, exceeded_reservation },
    }
  }
  // Only now: what is recorded stays a replay also after the clock was set back behind it.
  const occurredAt = pastInstant(turn.occurred_at, 'occurred_at', moment)
  await refusePruned(trx, userKey, occurredAt, moment)
  const session = known ?? (await startSession(trx, userKey, turn, occurredAt, moment))
  let usage = book.usage
  if (known === undefined && periodAt(moment, occurredAt) === usage.period)
    usage = { ...usage, sessions: usage.sessions + 1 }
  const row = await insertTurn(trx, await newTurn(trx, turn, session, occurredAt, context, moment))
  run.written.push(row)
  await touchSession(trx, session, turn.session_name ?? null, occurredAt)
  // Somebody works in it again, whatever was said before.
  if (session.closed_at !== null) await saveSessionClosed(trx, session.key, null)
  book.usage = withTurn(usage, row, moment.windows)
  const { admission, exceeded } = await settleInBook(trx, turn, row, book, moment)
  const record = toTurnRecord(
    { ...row, provider: turn.provider, model: turn.model },
    { userId: turn.user_id, sessionId: turn.session_id, sessionName: turn.session_name ?? session.name },
    exceeded,
  )
  return { replayed: false, settled_admission_id: admission, turn: record }
}

/**
 * A turn from before what retention has removed cannot be told from one that was counted already. Only turns of earlier
 * months are asked about: the running month is never pruned. Errors: `turn_conflict`.
 */
export async function refusePruned(trx: Writer, userKey: number, at: EpochMs, moment: Moment): Promise<void> {
  const period = periodAt(moment, at)
  if (period >= moment.windows.period) return
  const before = (await prunedBefore(trx, userKey)).get(period)
  if (before === undefined || at >= before) return
  throw new WeirError(
    'turn_conflict',
    `Turns of that time are no longer in the ledger (see the setting for how long they are kept), so it cannot be told whether this one was counted. Nothing was changed.`,
    { details: { removed_before: toIso(before) } },
  )
}

/** When something happened as its caller says: now when they say nothing, never later than now. Errors: `invalid_request`. */
export function pastInstant(text: string | undefined, member: string, moment: Moment): EpochMs {
  if (text === undefined) return moment.now
  const at = Date.parse(text)
  if (at > moment.now + FUTURE_MS_MAX) {
    throw new WeirError('invalid_request', `${member} lies more than a day in the future.`, {
      details: { errors: [{ path: member, message: 'lies more than a day in the future' }] },
    })
  }
  return Math.min(at, moment.now)
}

/** The period an instant lies in. */
export function periodAt(moment: Moment, at: EpochMs): number {
  const { month, period } = moment.windows
  if (at >= month.startsAt && at < month.endsAt) return period
  return periodNumber(periodOf(moment.settings.time_zone, at))
}

async function startSession(
  trx: Writer,
  userKey: number,
  turn: Turn,
  at: EpochMs,
  moment: Moment,
): Promise<SessionRow> {
  await rollUpSession(trx, userKey, periodAt(moment, at))
  return insertSession(trx, {
    user_key: userKey,
    id: turn.session_id,
    name: turn.session_name ?? null,
    created_at: at,
    last_activity_at: at,
  })
}

async function newTurn(
  trx: Writer,
  turn: Turn,
  session: SessionRow,
  occurredAt: EpochMs,
  context: ConsumptionContext,
  moment: Moment,
): Promise<NewTurn> {
  const cachedInputTokens = turn.cached_input_tokens ?? 0
  const prices = context.prices()
  const priced = {
    provider: turn.provider,
    model: turn.model,
    occurredAt,
    inputTokens: turn.input_tokens,
    outputTokens: turn.output_tokens,
    cachedInputTokens,
  }
  const catalogue = priceTurn(prices, priced)
  const isGuided = turn.rag_used ?? false
  const ragTokensSaved = isGuided ? (turn.rag_tokens_saved ?? 0) : 0
  return {
    session_key: session.key,
    turn_number: turn.turn_number,
    user_key: session.user_key,
    period: periodAt(moment, occurredAt),
    occurred_at: occurredAt,
    recorded_at: moment.now,
    model_key: await modelKeyOf(trx, turn.provider, turn.model),
    input_tokens: turn.input_tokens,
    output_tokens: turn.output_tokens,
    cached_input_tokens: cachedInputTokens,
    cost_micro_usd: turn.cost_usd === undefined ? catalogue.costMicroUsd : usdToMicroUsd(turn.cost_usd),
    price_source: turn.cost_usd === undefined ? catalogue.source : 'reported',
    status: turn.status ?? 'success',
    is_valid: 1,
    rag_used: isGuided ? 1 : 0,
    rag_tokens_saved: ragTokensSaved,
    rag_cost_saved_micro_usd: savedCost(prices, priced, ragTokensSaved),
    duration_ms: turn.duration_ms ?? null,
    source: 'api',
    user_query: keptQuery(turn.user_query ?? null, moment.settings),
  }
}

/** What of a question is stored: all, the beginning, or nothing, as the operator has set. */
export function keptQuery(query: string | null, settings: Pick<Settings, 'prompt_text'>): string | null {
  if (query === null || settings.prompt_text === 'none') return null
  if (settings.prompt_text === 'full' || query.length <= PROMPT_PREVIEW_CHARACTERS) return query
  // By code points, so that no emoji is cut in half; none takes more than two units.
  return [...query.slice(0, 2 * PROMPT_PREVIEW_CHARACTERS)].slice(0, PROMPT_PREVIEW_CHARACTERS).join('')
}

/** A usage row with a ledger row added: period totals if it is of that period, today's if it happened today. */
export function withTurn(usage: Usage, row: NewTurn, windows: Windows): Usage {
  const isToday =
    row.occurred_at >= usage.day_started_at &&
    row.occurred_at < Math.max(windows.day.endsAt, usage.day_started_at)
  return {
    ...usage,
    ...(row.period === usage.period && addTotals(usage, totalsOf(row))),
    ...(isToday && {
      day_input_tokens: usage.day_input_tokens + row.input_tokens,
      day_output_tokens: usage.day_output_tokens + row.output_tokens,
      day_cost_micro_usd: usage.day_cost_micro_usd + row.cost_micro_usd,
    }),
    first_usage_at: Math.min(usage.first_usage_at ?? row.occurred_at, row.occurred_at),
    last_usage_at: Math.max(usage.last_usage_at ?? row.occurred_at, row.occurred_at),
  }
}

/** Gives back in the book what was reserved for a turn that is in the ledger, and notes when it used more than that. */
async function settleInBook(
  trx: Writer,
  turn: Turn,
  row: TurnRow,
  book: Book,
  moment: Moment,
): Promise<{ readonly admission: string | null; readonly exceeded: Reserved | null }> {
  const { settled, observedSince: since } = await settle(trx, turn, book.usage.user_key, moment)
  if (since !== null && since === observedSince(moment)) {
    const before = book.letThrough ?? (await findObservation(trx, book.usage, moment))
    if (before !== null) book.letThrough = withTurnLetThrough(before, book.usage, row)
  }
  if (settled === undefined) return { admission: null, exceeded: null }
  book.usage = withoutReservation(book.usage, settled.reserved_input_tokens, settled.reserved_output_tokens)
  const exceeded = exceededBy(row, settled)
  if (exceeded !== null) await noteExceeded(trx, row, exceeded)
  return { admission: settled.id, exceeded }
}

const NOT_NAMED: Settlement = { settled: undefined, observedSince: null }

async function settle(trx: Writer, turn: Turn, userKey: number, moment: Moment): Promise<Settlement> {
  if (turn.admission_id === undefined) return NOT_NAMED
  return settleAdmission(trx, { id: turn.admission_id, userKey }, moment.now)
}

async function replay(
  trx: Writer,
  turn: Turn,
  recorded: TurnWithModel,
  session: SessionRow,
): Promise<Answer> {
  let differing = differences(turn, recorded)
  // Who records a turn again knows nothing of what was added to it since.
  if (differing.length > 0) differing = differences(turn, await withoutExtensions(trx, recorded))
  if (differing.length > 0) {
    throw new WeirError(
      'turn_conflict',
      `Turn ${turn.turn_number} of session ${turn.session_id} is recorded with other figures (${differing.join(', ')}). Nothing was changed.`,
      { details: { differing } },
    )
  }
  const names = { userId: turn.user_id, sessionId: turn.session_id, sessionName: session.name }
  const exceeded = await exceededOf(trx, [recorded])
  return {
    replayed: true,
    settled_admission_id: null,
    turn: toTurnRecord(recorded, names, exceeded(recorded)),
  }
}

/** The names of the figures in which a turn differs from what is recorded; what the caller left out is not compared. */
function differences(turn: Turn, recorded: TurnWithModel): string[] {
  const isCostReported = turn.cost_usd !== undefined && recorded.price_source === 'reported'
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['provider', turn.provider, recorded.provider],
    ['model', turn.model, recorded.model],
    ['input_tokens', turn.input_tokens, recorded.input_tokens],
    ['output_tokens', turn.output_tokens, recorded.output_tokens],
    [
      'cached_input_tokens',
      // A session file, from which the turn may have been read before, does not tell them.
      recorded.source === 'api'
        ? (turn.cached_input_tokens ?? recorded.cached_input_tokens)
        : recorded.cached_input_tokens,
      recorded.cached_input_tokens,
    ],
    ['status', turn.status ?? 'success', recorded.status],
    ['rag_used', (turn.rag_used ?? recorded.rag_used === 1) ? 1 : 0, recorded.rag_used],
    // Of a turn that nothing guided no savings are kept, whatever it said.
    [
      'rag_tokens_saved',
      recorded.rag_used === 1 ? (turn.rag_tokens_saved ?? recorded.rag_tokens_saved) : 0,
      recorded.rag_tokens_saved,
    ],
    [
      'cost_usd',
      isCostReported ? usdToMicroUsd(turn.cost_usd ?? 0) : recorded.cost_micro_usd,
      recorded.cost_micro_usd,
    ],
  ]
  return pairs.filter(([, given, held]) => given !== held).map(([name]) => name)
}
