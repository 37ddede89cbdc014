import { importSessions } from '../../electron/core/consumption/ledger-import.ts'
import type { TurnReading } from '../../electron/core/sessions/session-reading.ts'
import { DAY_MS, MINUTE_MS } from '../../shared/units.ts'
import { ATLAS, sessionReading, type TestConsumption } from './consumption.ts'
import type { Random } from './random.ts'

/** A turn of a random ledger with whose it is. */
export interface LedgerTurn extends TurnReading {
  readonly userId: string
  readonly sessionId: string
  /** In micro-dollars. */
  readonly cost: number
}

export interface RandomLedger {
  readonly turns: readonly LedgerTurn[]
  /** Sessions with when they were created and what they spent outside their turns. */
  readonly sessions: readonly {
    readonly userId: string
    readonly sessionId: string
    readonly createdAt: number
    readonly outsideInput: number
    readonly outsideOutput: number
  }[]
}

// Few different costs, so that equal ones are common and the order between them matters.
const COSTS = [0, 1, 5, 5, 5, 700, 1_000, 20_000] as const

/** Books random sessions of these users over the last `days` days and answers what was booked. */
export async function bookRandomLedger(
  weir: TestConsumption,
  random: Random,
  size: { readonly users: readonly string[]; readonly sessions: number; readonly days: number },
): Promise<RandomLedger> {
  const now = weir.clock.now()
  const turns: LedgerTurn[] = []
  const sessions: RandomLedger['sessions'][number][] = []
  const readings = Array.from({ length: size.sessions }, (_, index) => {
    const userId = random.pick(size.users)
    const sessionId = `s${index}`
    const createdAt = now - random.int(0, size.days * DAY_MS)
    const outside = random.chance(0.3)
    const made = Array.from({ length: random.int(0, 7) }, (_unused, place) => ({
      turnNumber: place + 1,
      occurredAt: Math.min(now, createdAt + place * random.int(1, 400) * MINUTE_MS),
      provider: ATLAS.provider,
      model: random.pick(['atlas', 'compass', 'sextant']),
      inputTokens: random.int(0, 900),
      outputTokens: random.int(0, 90),
      status: random.pick(['success', 'success', 'failed', 'partial'] as const),
      ragUsed: random.chance(0.4),
      ragTokensSaved: random.int(-50, 200),
      costMicroUsd: random.pick(COSTS),
      userQuery: `question ${place + 1} of ${sessionId}`,
    })).map((turn) => ({ ...turn, ragTokensSaved: turn.ragUsed ? turn.ragTokensSaved : 0 }))
    const session = sessionReading(userId, sessionId, made, {
      createdAt,
      outsideInputTokens: outside ? random.int(1, 500) : 0,
      outsideOutputTokens: outside ? random.int(0, 50) : 0,
    })
    turns.push(...session.turns.map((turn) => ({ ...turn, userId, sessionId, cost: turn.costMicroUsd ?? 0 })))
    const { outsideInputTokens: outsideInput, outsideOutputTokens: outsideOutput } = session
    sessions.push({ userId, sessionId, createdAt, outsideInput, outsideOutput })
    return session
  })
  await weir.database.write((trx) => importSessions(trx, readings, weir.context))
  return { turns, sessions }
}
