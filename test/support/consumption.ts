import { randomBytes } from 'node:crypto'
import { seedProfiles } from '../../electron/core/access/shipped-profiles.ts'
import type { Actor } from '../../electron/core/api.ts'
import { ConsumptionManager } from '../../electron/core/consumption/consumption-manager.ts'
import { addUser, findUserKey } from '../../electron/core/consumption/consumption-store.ts'
import type { ConsumptionContext } from '../../electron/core/consumption/context.ts'
import type { LimitColumns } from '../../electron/core/database/schema.ts'
import { PriceBook } from '../../electron/core/pricing/price-book.ts'
import type { SessionReading, TurnReading } from '../../electron/core/sessions/session-reading.ts'
import { SettingsManager } from '../../electron/core/settings/settings-manager.ts'
import { verifyBooks } from '../../electron/core/verify/verify-task.ts'
import type { ParsedInput } from '../../shared/contract/index.ts'
import { openTestDatabase } from './database.ts'
import { recordingLog } from './fake-weir.ts'

/** The consumption manager on a real database, with round prices. */

export const OPERATOR: Actor = { name: 'Olga', via: 'window' }

/** One dollar per million input tokens, two per million output tokens: a token costs one or two micro-dollars. */
export const ATLAS = { provider: 'acme', model: 'atlas' } as const

export const NO_LIMITS: LimitColumns = {
  prompts_per_hour: null,
  prompts_per_day: null,
  config_changes_per_hour: null,
  input_tokens_per_month: null,
  output_tokens_per_month: null,
  cost_per_month_micro_usd: null,
}

const prices = new PriceBook([
  {
    provider: ATLAS.provider,
    modelPattern: ATLAS.model,
    source: 'catalogue',
    validFrom: 0,
    inputMicroUsdPerMillion: 1_000_000,
    outputMicroUsdPerMillion: 2_000_000,
    cachedInputMicroUsdPerMillion: null,
    steps: [],
  },
])

/** A turn of Alice's; members replace those of the default. */
export function turnInput(members: Partial<ParsedInput<'turns.record'>> = {}): ParsedInput<'turns.record'> {
  return {
    user_id: 'alice',
    session_id: 's1',
    turn_number: 1,
    ...ATLAS,
    input_tokens: 100,
    output_tokens: 10,
    ...members,
  }
}

export interface NewUser {
  /** Limits of a profile of their own; without, the shipped default profile holds. */
  readonly limits?: Partial<LimitColumns>
  /** Name of an existing profile. */
  readonly profile?: string
  readonly isActive?: boolean
}

export async function openConsumption() {
  const opened = await openTestDatabase()
  const { database, clock } = opened
  const log = recordingLog()
  await database.write((trx) => seedProfiles(trx, clock.now()))
  const settings = await SettingsManager.open(database, clock)
  const context: ConsumptionContext = {
    database,
    clock,
    log,
    randomBytes: (count) => randomBytes(count),
    settings: () => settings.current(),
    prices: () => prices,
  }
  const zone = () => settings.current().time_zone

  /** Makes a profile and answers its id. */
  const addProfile = (name: string, limits: Partial<LimitColumns> = {}): Promise<number> =>
    database.write(async (trx) => {
      const now = clock.now()
      const row = await trx
        .insertInto('consumption_profiles')
        .values({
          ...NO_LIMITS,
          ...limits,
          name,
          description: null,
          is_default: 0,
          is_active: 1,
          created_at: now,
          updated_at: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return row.id
    })

  return {
    ...opened,
    log,
    settings,
    context,
    consumption: new ConsumptionManager(context),
    addProfile,
    addUser: async (id: string, user: NewUser = {}): Promise<number> => {
      const ownProfile = user.limits === undefined ? undefined : await addProfile(`of ${id}`, user.limits)
      return database.write(async (trx) => {
        const key = await addUser(trx, { id, source: 'operator' }, clock.now(), zone())
        const named =
          user.profile === undefined
            ? undefined
            : await trx
                .selectFrom('consumption_profiles')
                .select('id')
                .where('name', '=', user.profile)
                .executeTakeFirstOrThrow()
        await trx
          .updateTable('users')
          .set({
            consumption_profile_id: ownProfile ?? named?.id ?? null,
            is_active: user.isActive === false ? 0 : 1,
          })
          .where('key', '=', key)
          .execute()
        return key
      })
    },
    /** Changes the limits of a profile, as the profile editor does. */
    setLimits: (profile: string, limits: Partial<LimitColumns>) =>
      database.write((trx) =>
        trx.updateTable('consumption_profiles').set(limits).where('name', '=', profile).execute(),
      ),
    /** The counters as they are stored. */
    counters: async (id: string) => {
      const key = (await findUserKey(database.reader, id)) ?? -1
      return database.reader
        .selectFrom('user_consumption')
        .selectAll()
        .where('user_key', '=', key)
        .executeTakeFirstOrThrow()
    },
    archive: () =>
      database.reader
        .selectFrom('consumption_periods_archive')
        .selectAll()
        .orderBy('user_key')
        .orderBy('period')
        .execute(),
    events: () => database.reader.selectFrom('enforcement_events').selectAll().orderBy('id').execute(),
    verify: () => verifyBooks(opened.file, process.env['WEIR_SQLITE_BINDING'] ?? null),
  }
}

export type TestConsumption = Awaited<ReturnType<typeof openConsumption>>

/** A session as a file says it, for imports; its turns are those given, in order. */
export function sessionReading(
  userId: string,
  sessionId: string,
  turns: readonly Partial<TurnReading>[],
  members: Partial<SessionReading> = {},
): SessionReading {
  const readings = turns.map((turn, index) => turnReading({ turnNumber: index + 1, ...turn }))
  const sum = (of: (turn: TurnReading) => number) => readings.reduce((total, turn) => total + of(turn), 0)
  return {
    kind: 'session',
    userId,
    sessionId,
    name: null,
    createdAt: readings[0]?.occurredAt ?? 0,
    ...ATLAS,
    turns: readings,
    sessionInputTokens: null,
    sessionOutputTokens: null,
    turnsInputTokens: sum((turn) => turn.inputTokens),
    turnsOutputTokens: sum((turn) => turn.outputTokens),
    outsideInputTokens: 0,
    outsideOutputTokens: 0,
    lastTurnNumber: Math.max(0, ...readings.map((turn) => turn.turnNumber)),
    ...members,
  }
}

function turnReading(members: Partial<TurnReading>): TurnReading {
  return {
    turnNumber: 1,
    occurredAt: Date.parse('2026-11-20T12:00:00Z'),
    ...ATLAS,
    inputTokens: 100,
    outputTokens: 10,
    cachedInputTokens: 0,
    status: 'success',
    isValid: true,
    ragUsed: false,
    ragTokensSaved: 0,
    costMicroUsd: null,
    userQuery: null,
    durationMs: null,
    ...members,
  }
}
