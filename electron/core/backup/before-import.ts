import type { Actor, BackupsApi } from '../api.ts'
import type { Database } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'

/**
 * Makes a backup where the ledger holds turns that an import could add to: restoring it is the way back. Errors: those of
 * `BackupsApi.create` but `busy`, for one that is being made right now stands for this one.
 */
export async function backUpBeforeImport(
  { reader }: Pick<Database, 'reader'>,
  backups: Pick<BackupsApi, 'create'>,
  actor: Actor,
  signal: AbortSignal,
): Promise<void> {
  const turn = await reader.selectFrom('consumption_turns').select('id').limit(1).executeTakeFirst()
  if (turn === undefined) return
  try {
    await backups.create({ reason: 'before-import', signal }, actor)
  } catch (error) {
    if (!(error instanceof WeirError) || error.code !== 'busy') throw error
  }
}
