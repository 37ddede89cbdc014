import type { Writer } from '../database/database.ts'
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
    const isHeld = await trx
      .selectFrom('import_rows')
      .select('batch_key')
      .where('kind', '=', kind)
      .where('name', '=', row.name)
      .limit(1)
      .executeTakeFirst()
    if (isHeld === undefined && (await REMOVERS[kind](trx, row.name, row.made_at))) removed += 1
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

/** What somebody has done with a user since leaves a row in one of these. */
const TRACES = [
  'observations',
  'champion_cases',
  'collection_subscriptions',
  'pruned_turn_sums',
  'admissions',
  'enforcement_events',
  'limit_grants',
  'access_tokens',
  'consumption_periods_archive',
] as const

async function removeUser(trx: Writer, id: string, madeAt: number): Promise<boolean> {
  const user = await trx
    .selectFrom('users')
    .innerJoin('user_consumption as c', 'c.user_key', 'users.key')
    .select(['users.key', 'users.created_at', 'users.updated_at', 'c.day_requests', 'c.hour_config_changes'])
    .select(['c.blocked_requests', 'c.bypassed_requests', 'c.would_have_blocked_requests'])
    .where('users.id', '=', id)
    .executeTakeFirst()
  if (user === undefined || user.created_at !== madeAt || user.updated_at !== madeAt) return false
  const used = [
    user.day_requests,
    user.hour_config_changes,
    user.blocked_requests,
    user.bypassed_requests,
    user.would_have_blocked_requests,
  ]
  if (used.some((count) => count > 0)) return false
  for (const table of TRACES) {
    const trace = await trx
      .selectFrom(table)
      .select('user_key')
      .where('user_key', '=', user.key)
      .limit(1)
      .executeTakeFirst()
    if (trace !== undefined) return false
  }
  return removeAccount(trx, user.key, id)
}
