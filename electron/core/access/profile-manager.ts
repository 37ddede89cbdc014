import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Actor, ProfilesApi } from '../api.ts'
import { type AuditEntry, audit } from '../audit/audit-store.ts'
import { windowsAt } from '../consumption/windows.ts'
import type { Database, Reader, Writer } from '../database/database.ts'
import type { Clock } from '../kernel/ports.ts'
import { assert, WeirError } from '../kernel/weir-error.ts'
import type { SettingsManager } from '../settings/settings-manager.ts'
import { checkFields, fieldsAfter, type Profile } from './profile-fields.ts'
import { previewProfile } from './profile-preview.ts'
import {
  clearDefault,
  deleteProfile,
  insertProfile,
  listProfiles,
  moveUsers,
  releaseDeletedUsers,
  updateProfile,
} from './profile-store.ts'

/** The profiles. Checks read them from the database in their own transaction: nothing is kept here that could be old. */
export class ProfileManager implements ProfilesApi {
  readonly #database: Pick<Database, 'read' | 'write'>
  readonly #clock: Clock
  readonly #settings: Pick<SettingsManager, 'current'>

  constructor(
    database: Pick<Database, 'read' | 'write'>,
    clock: Clock,
    settings: Pick<SettingsManager, 'current'>,
  ) {
    this.#database = database
    this.#clock = clock
    this.#settings = settings
  }

  async list(): Promise<OperationOutput<'profiles.list'>> {
    return { profiles: await this.#database.read((db) => listProfiles(db)) }
  }

  /** Errors: `profile_exists`, `invalid_request`. */
  create(input: ParsedInput<'profiles.create'>, actor: Actor): Promise<OperationOutput<'profiles.create'>> {
    const now = this.#clock.now()
    return this.#database.write(async (trx) => {
      const profiles = await listProfiles(trx)
      const fields = fieldsAfter(input, null)
      checkFields(fields, null, profiles)
      const by = { at: now, actor, action: 'profiles.create' }
      if (fields.isDefault) await endDefault(trx, profiles, by)
      const after = await mustFind(trx, await insertProfile(trx, fields, now))
      await audit(trx, { ...by, objectKind: 'profile', objectId: String(after.id), after })
      return after
    })
  }

  /** Changes a profile; the next check goes by it. Errors: `profile_unknown`, `profile_exists`, `invalid_request`. */
  update(input: ParsedInput<'profiles.update'>, actor: Actor): Promise<OperationOutput<'profiles.update'>> {
    const now = this.#clock.now()
    return this.#database.write(async (trx) => {
      const profiles = await listProfiles(trx)
      const before = named(profiles, input.id)
      const fields = fieldsAfter(input, before)
      checkFields(fields, before, profiles)
      const by = { at: now, actor, action: 'profiles.update' }
      // Before the new default is written: the database allows one at a time.
      if (fields.isDefault && !before.is_default) await endDefault(trx, profiles, by)
      await updateProfile(trx, input.id, fields, now)
      const after = await mustFind(trx, input.id)
      await audit(trx, { ...by, objectKind: 'profile', objectId: String(input.id), before, after })
      return after
    })
  }

  /** What `update` with the same input would do to users now. Errors: those of `update`. */
  preview(input: ParsedInput<'profiles.preview'>): Promise<OperationOutput<'profiles.preview'>> {
    const now = this.#clock.now()
    const settings = this.#settings.current()
    const moment = { now, settings, windows: windowsAt(settings.time_zone, now) }
    return this.#database.read(async (db) => {
      const profiles = await listProfiles(db)
      const before = named(profiles, input.id)
      const fields = fieldsAfter(input, before)
      checkFields(fields, before, profiles)
      return previewProfile(db, input.id, fields, moment)
    })
  }

  /** Deletes a profile; its users go to another one first. Errors: `profile_unknown`, `profile_in_use`, `invalid_request`. */
  delete(input: ParsedInput<'profiles.delete'>, actor: Actor): Promise<OperationOutput<'profiles.delete'>> {
    const now = this.#clock.now()
    const { id, move_users_to: target } = input
    return this.#database.write(async (trx) => {
      const profiles = await listProfiles(trx)
      const profile = named(profiles, id)
      if (profile.is_default) {
        throw new WeirError(
          'profile_in_use',
          `"${profile.name}" is the default profile and cannot be deleted. Make another one the default first.`,
        )
      }
      if (target === id) {
        const message = 'The users must move to another profile than the one that is deleted.'
        throw new WeirError('invalid_request', message, {
          details: { errors: [{ path: 'move_users_to', message }] },
        })
      }
      if (target !== undefined) named(profiles, target)
      if (profile.user_count > 0 && target === undefined) {
        throw new WeirError(
          'profile_in_use',
          `The profile "${profile.name}" is in use (users: ${profile.user_count}). Say with move_users_to which one they get.`,
          { details: { user_count: profile.user_count } },
        )
      }
      await releaseDeletedUsers(trx, id)
      const movedUsers = target === undefined ? 0 : await moveUsers(trx, id, target, now)
      await deleteProfile(trx, id)
      await audit(trx, {
        at: now,
        actor,
        action: 'profiles.delete',
        objectKind: 'profile',
        objectId: String(id),
        before: profile,
        after: movedUsers === 0 ? null : { moved_users: movedUsers, move_users_to: target },
      })
      return { profile, moved_users: movedUsers }
    })
  }
}

function named(profiles: readonly Profile[], id: number): Profile {
  const found = profiles.find((profile) => profile.id === id)
  if (found !== undefined) return found
  throw new WeirError(
    'profile_unknown',
    `There is no profile with the number ${id}. The list of profiles shows which there are.`,
  )
}

async function mustFind(db: Reader | Writer, id: number): Promise<Profile> {
  const found = (await listProfiles(db)).find((profile) => profile.id === id)
  assert(found !== undefined, 'a profile that was just written is found in its own transaction')
  return found
}

/** The default stops being it, because another takes its place in the same transaction. */
async function endDefault(
  trx: Writer,
  profiles: readonly Profile[],
  by: Pick<AuditEntry, 'at' | 'actor' | 'action'>,
): Promise<void> {
  await clearDefault(trx, by.at)
  const old = profiles.find((profile) => profile.is_default)
  if (old === undefined) return
  await audit(trx, {
    ...by,
    objectKind: 'profile',
    objectId: String(old.id),
    before: { name: old.name, is_default: true },
    after: { name: old.name, is_default: false },
  })
}
