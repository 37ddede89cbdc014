import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { ProfilesApi } from '../api.ts'
import type { Database } from '../database/database.ts'
import { listProfiles } from './profile-store.ts'

/** The profiles. Checks read them from the database in their own transaction: nothing is kept here that could be old. */
export class ProfileManager implements ProfilesApi {
  readonly #database: Pick<Database, 'read'>

  constructor(database: Pick<Database, 'read'>) {
    this.#database = database
  }

  async list(): Promise<OperationOutput<'profiles.list'>> {
    return { profiles: await this.#database.read((db) => listProfiles(db)) }
  }
}
