import { periodOf } from '../../../shared/time-window.ts'
import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import type { Reader, Writer } from '../database/database.ts'
import { priceTurn, savedCost } from '../pricing/price-turn.ts'
import type { SessionReading, TurnReading } from '../sessions/session-reading.ts'
import { archiveMonths, NOTHING_COUNTED } from './archive-store.ts'
import { findUserKey, findUserStateByKey, saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, limitsOf, type Moment, momentOf } from './context.ts'
import { isErased } from './erased-users.ts'
import { noteHolds } from './import-holds.ts'
import { holdMonth } from './import-holds-store.ts'
import { rolledOver, usageOf } from './imported-usage.ts'
import {
  findSession,
  insertSession,
  insertTurn,
  modelKeyOf,
  type NewTurn,
  type SessionRow,
  saveOutsideTurns,
  type TurnRow,
  touchSession,
  turnsOfSession,
} from './ledger-store.ts'
import { withLimitAlerts } from './limit-alerts.ts'
import { readProfiles } from './limit-rules-store.ts'
import {
  followedTokens,
  outsideTokens,
  saveOutside,
  sumOf,
  type Tokens,
  toldAt,
  unheardTurns,
} from './outside-turns.ts'
import { prunedBefore } from './prune-turns.ts'
import { keptQuery, withTurn } from './record-turn.ts'
import { type NewSession, rollUpTurns } from './roll-up-store.ts'
import type { Usage } from './usage.ts'
import { periodNumber } from './windows.ts'

/**
 * Books whole sessions read from files. A turn the ledger holds already is never changed: the files only add. What a
 * session spent outside its turns follows its file.
 */

export interface ImportEffect {
  /** Ledger rows written, outside-turns rows included. */
  imported: number
  alreadyThere: number
  /** Turns the ledger holds with other figures; left as they are. */
  conflicting: number
}

/**
 * Imports sessions in one transaction. Those of somebody who was erased come back only when the operator asks for them:
 * `erased` says whether this is so. `batch` is the import that can be undone; null for what is read in by itself.
 */
export async function importSessions(
  trx: Writer,
  sessions: readonly SessionReading[],
  context: ConsumptionContext,
  erased: 'added again' | 'left out' = 'added again',
  batch: number | null = null,
): Promise<ImportEffect> {
  const moment = momentOf(context)
  const effect: ImportEffect = { imported: 0, alreadyThere: 0, conflicting: 0 }
  const usages = new Map<string, Usage>()
  const opened = new Map<number, Usage>()
  const written: NewTurn[] = []
  const run: Run = {
    context,
    moment,
    effect,
    written,
    created: [],
    gone: new Map(),
    models: new Map(),
    batch,
    months: new Set(),
  }
  for (const session of sessions) {
    if (erased === 'left out' && !usages.has(session.userId) && (await isErased(trx, session.userId)))
      continue
    const usage = usages.get(session.userId) ?? (await usageOf(trx, session.userId, moment, batch))
    if (!opened.has(usage.user_key)) opened.set(usage.user_key, usage)
    usages.set(session.userId, await importSession(trx, session, usage, run))
  }
  await rollUpTurns(trx, written, moment.settings.time_zone, run.created)
  if (batch !== null) for (const month of run.months) await holdMonth(trx, batch, ...monthOf(month))
  for (const usage of usages.values()) {
    const alerted = usage === opened.get(usage.user_key) ? usage : await alertedOf(trx, usage, moment)
    await saveUsage(trx, { ...alerted, last_updated_at: moment.now })
  }
  return effect
}

/** With the alerts that are due: somebody may be metered by files alone. What is of closed months is not in the counters. */
async function alertedOf(trx: Writer, usage: Usage, moment: Moment): Promise<Usage> {
  const state = await findUserStateByKey(trx, usage.user_key)
  if (state === undefined) throw new Error('every user has a consumption row')
  const { limits } = await limitsOf(trx, state.account, await readProfiles(trx), moment)
  return withLimitAlerts(trx, state.account, usage, limits, moment)
}

/** What the bookings of one transaction share. */
export interface Run {
  /** Keys of the models met in this transaction: a session rarely changes its model. */
  readonly models: Map<string, number>
  readonly context: ConsumptionContext
  readonly moment: Moment
  readonly effect: ImportEffect
  readonly written: NewTurn[]
  readonly created: NewSession[]
  /** By user key: up to when the turns of each month are gone. */
  readonly gone: Map<number, ReadonlyMap<number, EpochMs>>
  readonly batch: number | null
  /** The months the import has come to, as `monthName` calls them. */
  readonly months: Set<string>
}

function monthName(userKey: number, period: number): string {
  return `${userKey} ${period}`
}

function monthOf(name: string): [userKey: number, period: number] {
  const [userKey = 0, period = 0] = name.split(' ').map(Number)
  return [userKey, period]
}

async function importSession(trx: Writer, session: SessionReading, usage: Usage, run: Run): Promise<Usage> {
  const zone = run.moment.settings.time_zone
  const known = await findSession(trx, usage.user_key, session.sessionId)
  let current = usage
  if (known === undefined) {
    const period = periodNumber(periodOf(zone, session.createdAt))
    run.created.push({ user_key: usage.user_key, period })
    if (period === usage.period) current = { ...usage, sessions: usage.sessions + 1 }
  }
  const gone = await goneOf(trx, usage.user_key, run)
  // With its last activity at once, unless turns may be left out: moving it later costs two indexes.
  const lastAt = gone.size === 0 ? latestOf(session) : session.createdAt
  const row = known ?? (await startSession(trx, usage.user_key, session, lastAt))
  const held = new Map(
    (known === undefined ? [] : await turnsOfSession(trx, known.key)).map((turn) => [turn.turn_number, turn]),
  )
  const turns = [...held.values()].filter((turn) => turn.turn_number > 0)
  const booked = new Set<number>()
  const found: number[] = []
  const book = async (turn: TurnReading): Promise<TurnRow | null> => {
    const told = await toNewTurn(trx, turn, row, run)
    const entry = turn.turnNumber > 0 ? told : { ...told, recorded_at: toldAt(told.recorded_at, turns) }
    // Retention has taken it out of the ledger; it is in the sums of its month.
    if (entry.occurred_at < (gone.get(entry.period) ?? Number.NEGATIVE_INFINITY)) {
      run.effect.alreadyThere += 1
      return null
    }
    const inserted = await insertTurn(trx, entry)
    run.written.push(inserted)
    run.effect.imported += 1
    current = withTurn(current, inserted, run.moment.windows)
    if (turn.turnNumber > 0) {
      turns.push(inserted)
      booked.add(turn.turnNumber)
    }
    return inserted
  }
  const isNameKept = session.isFromBooks === true && row.name !== null
  let lastActivityAt = row.last_activity_at
  for (const turn of session.turns) {
    const before = held.get(turn.turnNumber)
    if (before !== undefined) {
      if (isSame(turn, before)) {
        run.effect.alreadyThere += 1
        found.push(turn.turnNumber)
      } else run.effect.conflicting += 1
    } else if ((await book(turn)) !== null) {
      lastActivityAt = Math.max(lastActivityAt, turn.occurredAt)
    } else found.push(turn.turnNumber)
  }
  // After the turns: what they hold is not outside them.
  const outside = outsideTokens(session, sumOf(turns))
  const outsideRow = held.get(0)
  // Of a session that comes in parts only the first carries what was spent outside its turns.
  const isOutsideTold = session.outsideInputTokens + session.outsideOutputTokens > 0
  // Books know of turns only: where they bring none, they say nothing of what is outside.
  if (outsideRow !== undefined && (session.isFromBooks !== true || booked.size > 0)) {
    const heard = { turns, unheard: unheardTurns(outsideRow, turns, booked) }
    const followed = await followOutside(trx, outsideRow, outside, heard, current, run)
    current = followed.usage
    found.push(0)
    const isTold = session.isFromBooks !== true && (followed.became !== 'equal' || isOutsideTold)
    if (isTold) run.effect[EFFECTS[followed.became]] += 1
  } else if (outsideRow === undefined && isOutsideTold && outside.input + outside.output > 0) {
    if ((await book(outsideTurn(session, outside))) !== null) booked.add(0)
  }
  await touchSession(trx, row, isNameKept ? null : session.name, lastActivityAt)
  const effect = { session: row, reading: session, isNew: known === undefined, written: [...booked], found }
  const isHeld = await noteHolds(trx, run.batch, effect, run.moment.now)
  if (isHeld) {
    run.months.add(monthName(row.user_key, periodNumber(periodOf(zone, row.created_at))))
    for (const turn of [...held.values(), ...turns]) run.months.add(monthName(row.user_key, turn.period))
  }
  return current
}

const EFFECTS = { equal: 'alreadyThere', changed: 'imported', other: 'conflicting' } as const

async function followOutside(
  trx: Writer,
  row: TurnRow,
  wanted: Tokens,
  { turns, unheard }: { readonly turns: readonly TurnRow[]; readonly unheard: readonly TurnRow[] },
  usage: Usage,
  run: Run,
): Promise<{ readonly became: keyof typeof EFFECTS; readonly usage: Usage }> {
  const next = followedTokens(row, wanted, unheard)
  if (next.input !== row.input_tokens || next.output !== row.output_tokens)
    return { became: 'changed', usage: await saveOutside(trx, row, next, turns, usage, run) }
  // It has heard of them now: a later reading that says less must not move them out of it once more.
  if (unheard.length > 0) await saveOutsideTurns(trx, { ...row, recorded_at: toldAt(run.moment.now, turns) })
  const isEqual = next.input === wanted.input && next.output === wanted.output
  return { became: isEqual ? 'equal' : 'other', usage }
}

async function goneOf(trx: Writer, userKey: number, { gone }: Run): Promise<ReadonlyMap<number, EpochMs>> {
  const known = gone.get(userKey) ?? (await prunedBefore(trx, userKey))
  gone.set(userKey, known)
  return known
}

/** When a session was worked in last, as its file says. */
function latestOf(session: SessionReading): EpochMs {
  return session.turns.reduce((latest, turn) => Math.max(latest, turn.occurredAt), session.createdAt)
}

/** Adds a session as its file describes it. The period of its creation MUST be told in the same transaction. */
export async function startSession(
  trx: Writer,
  userKey: number,
  session: SessionReading,
  lastActivityAt: EpochMs = session.createdAt,
): Promise<SessionRow> {
  return insertSession(trx, {
    user_key: userKey,
    id: session.sessionId,
    name: session.name,
    created_at: session.createdAt,
    last_activity_at: lastActivityAt,
  })
}

/** The session's turns and, where it spent tokens outside them, the row numbered 0 that holds those. */
export function ledgerTurns(session: SessionReading): readonly TurnReading[] {
  const { outsideInputTokens: input, outsideOutputTokens: output } = session
  return input + output === 0 ? session.turns : [outsideTurn(session, { input, output }), ...session.turns]
}

function outsideTurn(session: SessionReading, tokens: Tokens): TurnReading {
  return {
    turnNumber: 0,
    occurredAt: session.createdAt,
    provider: session.provider,
    model: session.model,
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    cachedInputTokens: 0,
    status: 'success',
    isValid: true,
    ragUsed: false,
    ragTokensSaved: 0,
    costMicroUsd: null,
    userQuery: null,
    durationMs: null,
  }
}

/** Whether the ledger's turn has the figures of the file's. A price is compared only where both were told one. */
export function isSame(turn: TurnReading, held: TurnRow): boolean {
  const isCostEqual =
    turn.costMicroUsd === null ||
    held.price_source !== 'reported' ||
    turn.costMicroUsd === held.cost_micro_usd
  return (
    turn.inputTokens === held.input_tokens &&
    turn.outputTokens === held.output_tokens &&
    turn.status === held.status &&
    isCostEqual
  )
}

/** The ledger row of a turn of a file, priced. */
export async function toNewTurn(
  trx: Writer,
  turn: TurnReading,
  session: SessionRow,
  run: Pick<Run, 'context' | 'moment' | 'models'>,
): Promise<NewTurn> {
  const { context, moment } = run
  const priced = { ...turn, provider: turn.provider, model: turn.model, occurredAt: turn.occurredAt }
  const price = priceTurn(context.prices(), priced)
  return {
    session_key: session.key,
    turn_number: turn.turnNumber,
    user_key: session.user_key,
    period: periodNumber(periodOf(moment.settings.time_zone, turn.occurredAt)),
    occurred_at: turn.occurredAt,
    recorded_at: moment.now,
    model_key: await knownModelKey(trx, turn, run.models),
    input_tokens: turn.inputTokens,
    output_tokens: turn.outputTokens,
    cached_input_tokens: turn.cachedInputTokens,
    cost_micro_usd: turn.costMicroUsd ?? price.costMicroUsd,
    price_source: turn.costMicroUsd === null ? price.source : 'reported',
    status: turn.status,
    is_valid: turn.isValid ? 1 : 0,
    rag_used: turn.ragUsed ? 1 : 0,
    rag_tokens_saved: turn.ragTokensSaved,
    rag_cost_saved_micro_usd: savedCost(context.prices(), priced, turn.ragTokensSaved),
    duration_ms: turn.durationMs,
    source: 'import',
    user_query: keptQuery(turn.userQuery, moment.settings),
  }
}

async function knownModelKey(trx: Writer, turn: TurnReading, models: Map<string, number>): Promise<number> {
  const name = JSON.stringify([turn.provider, turn.model])
  const key = models.get(name) ?? (await modelKeyOf(trx, turn.provider, turn.model))
  models.set(name, key)
  return key
}

/** Writes archive rows for the closed months of a user that have none. Answers how many. */
export async function archiveClosedPeriods(
  trx: Writer,
  userId: string,
  context: ConsumptionContext,
  batch: number | null = null,
): Promise<number> {
  const moment = momentOf(context)
  const key = await findUserKey(trx, userId)
  if (key === undefined) return 0
  // A month that only needs closing is closed with its own peaks and limits first.
  await rolledOver(trx, key, moment)
  const months = await trx
    .selectFrom('user_periods')
    .selectAll()
    .where('user_key', '=', key)
    .where('period', '<', moment.windows.period)
    .execute()
  if (batch !== null) for (const month of months) await holdMonth(trx, batch, key, month.period)
  return archiveMonths(
    trx,
    months.map((month) => ({ ...month, ...NOTHING_COUNTED, limits: null })),
    { zone: moment.settings.time_zone, windows: moment.windows },
  )
}

/** How many of the sessions' ledger rows exist already. */
export async function countKnownTurns(db: Reader, sessions: readonly SessionReading[]): Promise<number> {
  let known = 0
  for (const session of sessions) {
    const userKey = await findUserKey(db, session.userId)
    const row = userKey === undefined ? undefined : await findSession(db, userKey, session.sessionId)
    if (row === undefined) continue
    const held = new Set((await turnsOfSession(db, row.key)).map((turn) => turn.turn_number))
    known += ledgerTurns(session).filter((turn) => held.has(turn.turnNumber)).length
  }
  return known
}

/** Notes an import in the audit log. */
export async function auditImport(
  trx: Writer,
  actor: Actor,
  run: { readonly id: string; readonly summary: Readonly<Record<string, unknown>> },
  now: EpochMs,
): Promise<void> {
  await audit(trx, {
    at: now,
    actor,
    action: 'import.run',
    objectKind: 'import',
    objectId: run.id,
    before: null,
    after: run.summary,
  })
}
