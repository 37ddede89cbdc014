import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { type EpochMs, microUsdToUsd } from '../../../shared/units.ts'
import type { Actor, UserDirectoryApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { findUserKey } from '../consumption/consumption-store.ts'
import { removeAccount, removeArchive, removeSessions, userBooks } from '../consumption/remove-user.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { revokeTokensOf } from './token-store.ts'
import { changeUsers } from './user-bulk.ts'
import { readUsersCsv, writeUsersCsv } from './user-csv.ts'
import { importUsers } from './user-import.ts'
import { listUsers } from './user-list-reader.ts'
import { findUser, updateUser } from './user-store.ts'

// What the list of users can show at most, too; the file stays below a few megabytes.
const EXPORT_MAX = 100_000

/** What concerns many users at once, and the end of one. Everything is audited user by user. */
export class UserDirectory implements UserDirectoryApi {
  readonly #database: Database
  readonly #clock: Clock
  readonly #settings: Pick<SettingsManager, 'current'>
  readonly #forgetTokens: () => void

  /** `forgetTokens` is called when tokens have ended: what is remembered of them is no longer true. */
  constructor(
    database: Database,
    clock: Clock,
    settings: Pick<SettingsManager, 'current'>,
    forgetTokens: () => void,
  ) {
    this.#database = database
    this.#clock = clock
    this.#settings = settings
    this.#forgetTokens = forgetTokens
  }

  /** Changes many users, a slice at a time. Errors: `profile_unknown`, `invalid_request`. */
  bulk(input: ParsedInput<'users.bulk'>, actor: Actor): Promise<OperationOutput<'users.bulk'>> {
    return changeUsers(this.#database, input, { at: this.#clock.now(), actor })
  }

  /** Adds and changes users from CSV. Errors: `invalid_request`. */
  async import(input: ParsedInput<'users.import'>, actor: Actor): Promise<OperationOutput<'users.import'>> {
    const file = readUsersCsv(input.csv, input.first_line)
    const zone = this.#settings.current().time_zone
    const isDryRun = input.dry_run ?? false
    return importUsers(this.#database, file, { at: this.#clock.now(), actor, zone, isDryRun })
  }

  async export(filter: ParsedInput<'users.export'>): Promise<OperationOutput<'users.export'>> {
    const { users } = await listUsers(this.#database.reader, { ...filter, limit: EXPORT_MAX, offset: 0 })
    return { csv: writeUsersCsv(users), users: users.length }
  }

  /**
   * Ends a user. Removing the turns takes slices, each with its part of every sum; one that was interrupted is
   * finished by asking again. Errors: `user_unknown`, `invalid_request`.
   */
  async delete(input: ParsedInput<'users.delete'>, actor: Actor): Promise<OperationOutput<'users.delete'>> {
    const { id, turns } = input
    const found = await this.#database.read((db) => before(db, id))
    if (input.dry_run === true) return { user: found.user, turns, books: found.books }
    if (input.confirm !== id) throw unconfirmed(id)
    const now = this.#clock.now()
    const done = await this.#database.write((trx) => this.#close(trx, { input, actor, now }))
    this.#forgetTokens()
    if (turns === 'removed') await this.#remove(id)
    return { user: done.user, turns, books: done.books }
  }

  /** Nobody can use the account from here on, and the log says who ended it, before anything is taken out of the books. */
  async #close(
    trx: Writer,
    { input, actor, now }: { input: ParsedInput<'users.delete'>; actor: Actor; now: EpochMs },
  ): Promise<Found> {
    const { id, turns } = input
    const found = await before(trx, id)
    await updateUser(trx, id, { is_active: 0, deleted_at: now }, now)
    await revokeTokensOf(trx, found.key, now)
    if (turns === 'removed') await removeArchive(trx, found.key)
    await audit(trx, {
      at: now,
      actor,
      action: 'users.delete',
      objectKind: 'user',
      objectId: id,
      before: { ...found.user, books: found.books },
      after: turns === 'kept' ? { ...found.user, is_active: false, deleted: true, turns } : null,
    })
    return { ...found, user: (await findUser(trx, id)) ?? found.user }
  }

  async #remove(id: string): Promise<void> {
    const key = await findUserKey(this.#database.reader, id)
    // Somebody else who asked for the same was quicker.
    if (key === undefined) return
    const zone = this.#settings.current().time_zone
    for (let isGone = false; !isGone; ) {
      const hadSessions = await this.#database.writeSlice((trx) => removeSessions(trx, key, zone))
      if (!hadSessions) isGone = await this.#database.writeSlice((trx) => removeAccount(trx, key, id))
    }
  }
}

interface Found {
  readonly key: number
  readonly user: OperationOutput<'users.delete'>['user']
  readonly books: OperationOutput<'users.delete'>['books']
}

async function before(db: Reader | Writer, id: string): Promise<Found> {
  const user = await findUser(db, id)
  const key = await findUserKey(db, id)
  if (user === undefined || key === undefined)
    throw new WeirError('user_unknown', `There is no user "${id}".`)
  const books = await userBooks(db, key)
  const tokens = await db
    .selectFrom('access_tokens')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_key', '=', key)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow()
  return {
    key,
    user,
    books: {
      sessions: books.sessions,
      turns: books.turns,
      input_tokens: books.inputTokens,
      output_tokens: books.outputTokens,
      cost_usd: microUsdToUsd(books.costMicroUsd),
      tokens: Number(tokens.count),
    },
  }
}

function unconfirmed(id: string): WeirError {
  const message = `To delete this user, send confirm with the id "${id}".`
  return new WeirError('invalid_request', message, { details: { errors: [{ path: 'confirm', message }] } })
}
