import type { Reader } from '../database/database.ts'
import { NOTHING_COUNTED } from './archive-store.ts'
import type { RowKind } from './import-holds-store.ts'
import { hasTrace, isUntouched, otherHolder, userToUndo } from './undo-rows.ts'

/** Which users, profiles, tokens and prices of an import will go, told before anything of it is taken out. */

/** What goes before them: a row that only that keeps goes too. */
export interface GoingRows {
  /** How many sessions go, by the key of their user. */
  readonly sessions: ReadonlyMap<number, number>
  /** Names of the tokens, and ids of the users, found to go so far. */
  readonly tokens: Set<string>
  readonly users: Set<string>
}

interface HeldRow {
  readonly kind: RowKind
  readonly name: string
  readonly made_at: number
}

/** Whether the row will go; notes it in `going`. MUST be asked in the order of `UNDO_KINDS`. */
export async function willGo(db: Reader, batch: number, row: HeldRow, going: GoingRows): Promise<boolean> {
  if (await otherHolder(db, row.kind, row.name, batch)) return false
  const isGoing = await PLANS[row.kind](db, batch, row, going)
  if (isGoing && row.kind === 'token') going.tokens.add(row.name)
  if (isGoing && row.kind === 'user') going.users.add(row.name)
  return isGoing
}

const PLANS: Readonly<
  Record<RowKind, (db: Reader, batch: number, row: HeldRow, going: GoingRows) => Promise<boolean>>
> = {
  token: async (db, _batch, { name }) =>
    (await db
      .selectFrom('access_tokens')
      .select('user_key')
      .where('token_sha256', '=', Buffer.from(name, 'hex'))
      .executeTakeFirst()) !== undefined,
  price: async (db, _batch, row) => {
    const [source, provider, pattern] = JSON.parse(row.name) as [string, string, string]
    const price = await db
      .selectFrom('model_prices')
      .select('created_at')
      .where('source', '=', source as 'operator')
      .where('provider', '=', provider)
      .where('model_pattern', '=', pattern)
      .where('created_at', '=', row.made_at)
      .executeTakeFirst()
    return price !== undefined
  },
  user: userWillGo,
  profile: async (db, _batch, row, going) => {
    const profile = await db
      .selectFrom('consumption_profiles')
      .select('id')
      .where('name', '=', row.name)
      .where('is_default', '=', 0)
      .where('created_at', '=', row.made_at)
      .where('updated_at', '=', row.made_at)
      .executeTakeFirst()
    if (profile === undefined) return false
    const users = await db
      .selectFrom('users')
      .select('id')
      .where('consumption_profile_id', '=', profile.id)
      .execute()
    return users.every((user) => going.users.has(user.id))
  },
}

async function userWillGo(db: Reader, batch: number, row: HeldRow, going: GoingRows): Promise<boolean> {
  const user = await userToUndo(db, row.name)
  if (user === undefined || !isUntouched(user, row.made_at) || (await hasTrace(db, user.key))) return false
  const { sessions } = await db
    .selectFrom('sessions')
    .select((eb) => eb.fn.countAll<number>().as('sessions'))
    .where('user_key', '=', user.key)
    .executeTakeFirstOrThrow()
  if (sessions !== (going.sessions.get(user.key) ?? 0)) return false
  const tokens = await db
    .selectFrom('access_tokens')
    .select('token_sha256')
    .where('user_key', '=', user.key)
    .execute()
  if (!tokens.every((token) => going.tokens.has(Buffer.from(token.token_sha256).toString('hex'))))
    return false
  return !(await keepsMonth(db, batch, user.key))
}

const COUNTERS = Object.keys(NOTHING_COUNTED) as readonly (keyof typeof NOTHING_COUNTED)[]

/** Whether a closed month stays: it was closed before the import came to it, or something was counted in it. */
async function keepsMonth(db: Reader, batch: number, userKey: number): Promise<boolean> {
  const month = await db
    .selectFrom('consumption_periods_archive as a')
    .leftJoin('import_months as m', (join) =>
      join
        .onRef('m.user_key', '=', 'a.user_key')
        .onRef('m.period', '=', 'a.period')
        .on('m.batch_key', '=', batch)
        .on('m.was_closed', '=', 0),
    )
    .select('a.period')
    .where('a.user_key', '=', userKey)
    .where((eb) =>
      eb.or([
        eb('m.period', 'is', null),
        // One that was closed from its sums alone is closed anew, whatever was brought with it.
        eb.and([eb('a.limits', '<>', '{}'), eb.or(COUNTERS.map((name) => eb(eb.ref(`a.${name}`), '<>', 0)))]),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  return month !== undefined
}
