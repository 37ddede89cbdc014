import type { Reader, Writer } from '../database/database.ts'
import type { RowKind } from './import-holds-store.ts'
import { removeAccount } from './remove-user.ts'

/** Takes out what an import has added besides turns: tokens, prices, users and profiles, in this order. */

/** As long as others may wait: a user has rows in many tables, of which each is looked into and emptied. */
const ROWS_PER_SLICE: Readonly<Record<RowKind, number>> = { token: 30, price: 30, user: 5, profile: 30 }

/** Tokens MUST come before their users, and users before their profiles: each keeps the next one. */
export const UNDO_KINDS = ['token', 'price', 'user', 'profile'] as const satisfies readonly RowKind[]

export interface RowsUndone {
  readonly removed: number
  /** Somebody has used or changed them since. */
  readonly kept: number
}

/** Takes out the next rows of a kind; null when the import holds none any more. What other imports hold stays. */
export async function undoRows(trx: Writer, batch: number, kind: RowKind): Promise<RowsUndone | null> {
  const held = await trx
    .selectFrom('import_rows')
    .select(['name', 'made_at'])
    .where('batch_key', '=', batch)
    .where('kind', '=', kind)
    .limit(ROWS_PER_SLICE[kind])
    .execute()
  if (held.length === 0) return null
  let removed = 0
  let kept = 0
  for (const row of held) {
    await trx
      .deleteFrom('import_rows')
      .where('batch_key', '=', batch)
      .where('kind', '=', kind)
      .where('name', '=', row.name)
      .execute()
    const isHeld = await otherHolder(trx, kind, row.name, batch)
    if (!isHeld && (await REMOVERS[kind](trx, row.name, row.made_at))) removed += 1
    else kept += 1
  }
  return { removed, kept }
}

const REMOVERS: Readonly<Record<RowKind, (trx: Writer, name: string, madeAt: number) => Promise<boolean>>> = {
  token: async (trx, name) =>
    isOne(
      await trx
        .deleteFrom('access_tokens')
        .where('token_sha256', '=', Buffer.from(name, 'hex'))
        .executeTakeFirst(),
    ),
  price: async (trx, name, madeAt) => {
    const [source, provider, pattern] = JSON.parse(name) as [string, string, string]
    return isOne(
      await trx
        .deleteFrom('model_prices')
        .where('source', '=', source as 'operator')
        .where('provider', '=', provider)
        .where('model_pattern', '=', pattern)
        .where('created_at', '=', madeAt)
        .executeTakeFirst(),
    )
  },
  user: removeUser,
  profile: async (trx, name, madeAt) =>
    isOne(
      await trx
        .deleteFrom('consumption_profiles')
        .where('name', '=', name)
        .where('is_default', '=', 0)
        .where('created_at', '=', madeAt)
        .where('updated_at', '=', madeAt)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('users')
                .select('key')
                .whereRef('users.consumption_profile_id', '=', 'consumption_profiles.id'),
            ),
          ),
        )
        .executeTakeFirst(),
    ),
}

function isOne(result: { readonly numDeletedRows: bigint } | undefined): boolean {
  return (result?.numDeletedRows ?? 0n) > 0n
}

/** Whether another import that is not undone brings the row too. */
export async function otherHolder(
  db: Reader | Writer,
  kind: RowKind,
  name: string,
  batch: number,
): Promise<boolean> {
  const other = await db
    .selectFrom('import_rows')
    .select('batch_key')
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('batch_key', '<>', batch)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

/** What somebody has done with a user since leaves a row in one of these, whatever the import has brought. */
const TRACES = [
  'observations',
  'champion_cases',
  'collection_subscriptions',
  'admissions',
  'enforcement_events',
  'limit_grants',
] as const

/** What the import has brought itself is gone from these by now. */
const LEFT = ['pruned_turn_sums', 'access_tokens', 'consumption_periods_archive'] as const

type Traces = (typeof TRACES)[number] | (typeof LEFT)[number]

export async function hasTrace(
  db: Reader | Writer,
  userKey: number,
  tables: readonly Traces[] = TRACES,
): Promise<boolean> {
  for (const table of tables) {
    const trace = await db
      .selectFrom(table)
      .select('user_key')
      .where('user_key', '=', userKey)
      .limit(1)
      .executeTakeFirst()
    if (trace !== undefined) return true
  }
  return false
}

export type UserToUndo = NonNullable<Awaited<ReturnType<typeof userToUndo>>>

export function userToUndo(db: Reader | Writer, id: string) {
  return db
    .selectFrom('users')
    .innerJoin('user_consumption as c', 'c.user_key', 'users.key')
    .select(['users.key', 'users.created_at', 'users.updated_at', 'c.day_requests', 'c.hour_config_changes'])
    .select(['c.blocked_requests', 'c.bypassed_requests', 'c.would_have_blocked_requests'])
    .where('users.id', '=', id)
    .executeTakeFirst()
}

/** Whether nobody has changed the user since, nor asked anything for them. Pure. */
export function isUntouched(user: UserToUndo, madeAt: number): boolean {
  const used = [
    user.day_requests,
    user.hour_config_changes,
    user.blocked_requests,
    user.bypassed_requests,
    user.would_have_blocked_requests,
  ]
  return user.created_at === madeAt && user.updated_at === madeAt && used.every((count) => count === 0)
}

async function removeUser(trx: Writer, id: string, madeAt: number): Promise<boolean> {
  const user = await userToUndo(trx, id)
  if (user === undefined || !isUntouched(user, madeAt)) return false
  if (await hasTrace(trx, user.key, [...TRACES, ...LEFT])) return false
  return removeAccount(trx, user.key, id)
}
