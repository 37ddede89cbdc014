import type { Actor } from '../../electron/core/api.ts'
import type { LedgerImport, PeriodTotals } from '../../electron/core/import/ledger-port.ts'
import type { ScannedFile } from '../../electron/core/sessions/scan-sessions.ts'
import type { SessionReading, TurnReading } from '../../electron/core/sessions/session-reading.ts'
import { periodOf } from '../../shared/time-window.ts'

interface Row extends TurnReading {
  readonly userId: string
}

/** A ledger in memory that keeps the promises of the port. */
export class MemoryLedger implements LedgerImport {
  readonly rows = new Map<string, Row>()
  readonly sessions = new Map<string, SessionReading>()
  readonly files: ScannedFile[] = []
  readonly calls: string[] = []
  readonly audited: unknown[] = []
  readonly zone: string
  largestSlice = 0
  beforeWrite: () => void | Promise<void> = () => undefined

  constructor(zone = 'UTC') {
    this.zone = zone
  }

  async importSessions(sessions: readonly SessionReading[]) {
    this.calls.push('importSessions')
    await this.beforeWrite()
    const effects = { imported: 0, alreadyThere: 0, conflicting: 0 }
    let turns = 0
    for (const session of sessions) {
      const sessionKey = `${session.userId}/${session.sessionId}`
      if (!this.sessions.has(sessionKey)) this.sessions.set(sessionKey, session)
      turns += session.turns.length
      for (const row of rowsOf(session)) {
        const key = `${sessionKey}/${row.turnNumber}`
        const known = this.rows.get(key)
        if (known === undefined) {
          this.rows.set(key, { ...row, userId: session.userId })
          effects.imported += 1
        } else if (known.inputTokens === row.inputTokens) effects.alreadyThere += 1
        else effects.conflicting += 1
      }
    }
    this.largestSlice = Math.max(this.largestSlice, turns)
    return effects
  }

  async usersKnown(userIds: readonly string[]) {
    const known = [...this.rows.values()].map((row) => row.userId)
    return new Map(userIds.filter((id) => known.includes(id)).map((id) => [id, id]))
  }

  async countKnownTurns(sessions: readonly SessionReading[]) {
    this.calls.push('countKnownTurns')
    const keys = sessions.flatMap((it) =>
      rowsOf(it).map((row) => `${it.userId}/${it.sessionId}/${row.turnNumber}`),
    )
    return keys.filter((key) => this.rows.has(key)).length
  }

  async recordFiles(files: readonly ScannedFile[]) {
    this.calls.push('recordFiles')
    this.files.push(...files)
    return []
  }

  async prunedBefore() {
    return new Map<string, ReadonlyMap<string, number>>()
  }

  async archiveClosedPeriods(userIds: readonly string[]) {
    this.calls.push('archiveClosedPeriods')
    return userIds.length
  }

  async totalsByUserAndPeriod(userIds: readonly string[]) {
    this.calls.push('totalsByUserAndPeriod')
    const all = new Map<string, { -readonly [Field in keyof PeriodTotals]: PeriodTotals[Field] }>()
    const totalsOf = (userId: string, at: number) => {
      const period = periodOf(this.zone, at)
      const totals = all.get(`${userId} ${period}`) ?? {
        userId,
        period,
        sessions: 0,
        turns: 0,
        successfulTurns: 0,
        failedTurns: 0,
        partialTurns: 0,
        inputTokens: 0,
        outputTokens: 0,
        ragGuidedTurns: 0,
        ragOutputTokensSaved: 0,
        costMicroUsd: 0,
        reportedCostMicroUsd: 0,
        apiTurns: 0,
      }
      all.set(`${userId} ${period}`, totals)
      return totals
    }
    for (const session of this.sessions.values()) {
      if (userIds.includes(session.userId)) totalsOf(session.userId, session.createdAt).sessions += 1
    }
    for (const row of this.rows.values()) {
      if (!userIds.includes(row.userId)) continue
      const totals = totalsOf(row.userId, row.occurredAt)
      totals.inputTokens += row.inputTokens
      totals.outputTokens += row.outputTokens
      if (row.turnNumber === 0) continue
      totals.turns += 1
      totals[
        ({ success: 'successfulTurns', failed: 'failedTurns', partial: 'partialTurns' } as const)[row.status]
      ] += 1
      totals.ragGuidedTurns += row.ragUsed ? 1 : 0
      totals.ragOutputTokensSaved += Math.max(0, row.ragTokensSaved)
      totals.reportedCostMicroUsd += row.costMicroUsd ?? 0
      totals.costMicroUsd += row.costMicroUsd ?? 250_000
    }
    return [...all.values()]
  }

  async auditImport(actor: Actor, run: unknown) {
    this.calls.push('auditImport')
    this.audited.push({ actor, run })
  }
}

function rowsOf(session: SessionReading): TurnReading[] {
  const { outsideInputTokens, outsideOutputTokens, createdAt, provider, model } = session
  if (outsideInputTokens + outsideOutputTokens === 0) return [...session.turns]
  const outside: TurnReading = {
    turnNumber: 0,
    occurredAt: createdAt,
    provider,
    model,
    inputTokens: outsideInputTokens,
    outputTokens: outsideOutputTokens,
    cachedInputTokens: 0,
    status: 'success',
    isValid: true,
    ragUsed: false,
    ragTokensSaved: 0,
    costMicroUsd: null,
    userQuery: null,
    durationMs: null,
  }
  return [outside, ...session.turns]
}
