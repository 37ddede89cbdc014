import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Actor, UsersApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { ensureConsumptionRow } from '../consumption/consumption-store.ts'
import type { Database, Writer } from '../database/database.ts'
import type { RandomBytes, SystemPorts } from '../kernel/ports.ts'
import { assert, WeirError } from '../kernel/weir-error.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { findProfileName } from './profile-store.ts'
import { listUsers } from './user-list-reader.ts'
import {
  findUser,
  insertUser,
  setUserProfile,
  type User,
  type UserChanges,
  updateUser,
} from './user-store.ts'

// A thousand users are one answer of 300 KB; whoever wants fewer or the next ones says so.
const USERS_PER_PAGE = 1000

/** Adds users, changes them and gives them profiles, audited. */
export class UserManager implements UsersApi {
  readonly #database: Pick<Database, 'reader' | 'write'>
  readonly #ports: SystemPorts
  readonly #settings: Pick<SettingsManager, 'current'>

  constructor(
    database: Pick<Database, 'reader' | 'write'>,
    ports: SystemPorts,
    settings: Pick<SettingsManager, 'current'>,
  ) {
    this.#database = database
    this.#ports = ports
    this.#settings = settings
  }

  async list(query: ParsedInput<'users.list'>): Promise<OperationOutput<'users.list'>> {
    const limit = query.limit ?? USERS_PER_PAGE
    const offset = query.offset ?? 0
    const { users, totalCount } = await listUsers(this.#database.reader, { ...query, limit, offset })
    return { users, total_count: totalCount, limit, offset }
  }

  /** Adds a user with counters at zero; the id is generated when none is given. Errors: `user_exists`, `profile_unknown`. */
  async create(input: ParsedInput<'users.create'>, actor: Actor): Promise<OperationOutput<'users.create'>> {
    const now = this.#ports.clock.now()
    const id = input.id ?? newUserId(this.#ports.randomBytes)
    const profileId = input.consumption_profile_id ?? null
    const zone = this.#settings.current().time_zone
    return this.#database.write(async (trx) => {
      if ((await findUser(trx, id)) !== undefined) {
        throw new WeirError(
          'user_exists',
          `There is a user "${id}" already, perhaps a deleted one. Choose another id, or change that user.`,
        )
      }
      await checkProfile(trx, profileId)
      const user = {
        id,
        username: input.username,
        email: input.email ?? null,
        displayName: input.display_name ?? null,
        isAdmin: input.is_admin ?? false,
        profileId,
        source: 'operator',
      } as const
      const userKey = await insertUser(trx, user, now)
      await ensureConsumptionRow(trx, userKey, now, zone)
      const after = await findUser(trx, id)
      assert(after !== undefined, 'an inserted user is found in its own transaction')
      await audit(trx, { at: now, actor, action: 'users.create', objectKind: 'user', objectId: id, after })
      return after
    })
  }

  /** Gives the user another profile, null for the default; the next check goes by it. Errors: `user_unknown`, `profile_unknown`. */
  async setProfile(
    id: string,
    profileId: number | null,
    actor: Actor,
  ): Promise<OperationOutput<'users.setProfile'>> {
    const now = this.#ports.clock.now()
    return this.#database.write(async (trx) => {
      const before = await findUser(trx, id)
      if (before === undefined) throw new WeirError('user_unknown', `There is no user "${id}".`)
      await checkProfile(trx, profileId)
      if (before.consumption_profile_id === profileId) return before
      await setUserProfile(trx, id, profileId, now)
      const after = await findUser(trx, id)
      assert(after !== undefined, 'an updated user is found in its own transaction')
      await audit(trx, {
        at: now,
        actor,
        action: 'users.setProfile',
        objectKind: 'user',
        objectId: id,
        before,
        after,
      })
      return after
    })
  }

  /** Changes what is given; the next check goes by it. Errors: `user_unknown`, `profile_unknown`. */
  async update(input: ParsedInput<'users.update'>, actor: Actor): Promise<OperationOutput<'users.update'>> {
    const now = this.#ports.clock.now()
    const { id } = input
    return this.#database.write(async (trx) => {
      const before = await findUser(trx, id)
      if (before === undefined) throw new WeirError('user_unknown', `There is no user "${id}".`)
      await checkProfile(trx, input.consumption_profile_id ?? null)
      const changes = changesOf(input, before)
      if (Object.keys(changes).length === 0) return before
      // Whoever may run turns again is in the lists again.
      await updateUser(trx, id, input.is_active === true ? { ...changes, deleted_at: null } : changes, now)
      const after = await findUser(trx, id)
      assert(after !== undefined, 'an updated user is found in its own transaction')
      const action = 'users.update'
      await audit(trx, { at: now, actor, action, objectKind: 'user', objectId: id, before, after })
      return after
    })
  }
}

/** Only what differs, in the form of the table. */
function changesOf(input: ParsedInput<'users.update'>, before: User): UserChanges {
  const { id: _, ...asked } = input
  const entries = Object.entries(asked)
    .filter(([name, value]) => value !== undefined && value !== before[name as keyof User])
    .map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value])
  return Object.fromEntries(entries) as UserChanges
}

async function checkProfile(trx: Writer, profileId: number | null): Promise<void> {
  if (profileId === null || (await findProfileName(trx, profileId)) !== undefined) return
  throw new WeirError(
    'profile_unknown',
    `There is no profile with the number ${profileId}. The list of profiles shows which there are.`,
  )
}

/** A random UUID (version 4), as the platform gives its users. */
function newUserId(randomBytes: RandomBytes): string {
  const bytes = Buffer.from(randomBytes(16))
  // Version and variant bits as RFC 9562 wants them.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
