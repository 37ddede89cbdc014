import type { OperationOutput } from '../../shared/contract/index.ts'
import type { Actor, RestoresApi } from '../core/api.ts'
import { isDamagedDatabase } from '../core/database/storage-error.ts'
import { WeirError } from '../core/kernel/weir-error.ts'

/** What a start that may find a damaged database is made of. */
export interface OpenOrRecoverParts<Opened> {
  readonly open: () => Promise<Opened>
  /** Holds the folder without opening its database. */
  readonly rescue: () => {
    readonly restores: Pick<RestoresApi, 'recover' | 'get' | 'finished'>
    close(): Promise<void>
  }
  /** Whether the operator wants to recover, who is told why. */
  readonly ask: (why: string) => Promise<boolean>
  readonly actor: Actor
  /** Hears how far the recovery is; null while a backup that is whole is looked for. */
  readonly follow: (run: OperationOutput<'restore.get'> | null) => void
  /** Waits for so many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>
}

/** Steps take from milliseconds to seconds; this often none is missed by eye. */
const LOOK_EVERY_MS = 150

/**
 * Opens Weir; where its database is damaged the operator may have it recovered, and it is opened then. Errors: `cancelled`
 * when the operator does not want that; those of `open` and of a recovery.
 */
export async function openOrRecover<Opened>(parts: OpenOrRecoverParts<Opened>): Promise<Opened> {
  try {
    return await parts.open()
  } catch (error) {
    if (!(error instanceof WeirError) || !isDamagedDatabase(error)) throw error
    if (!(await parts.ask(error.message)))
      throw new WeirError('cancelled', 'Weir was not opened.', { cause: error })
  }
  const rescue = parts.rescue()
  try {
    parts.follow(null)
    const { run_id } = await rescue.restores.recover(parts.actor)
    for (;;) {
      const run = rescue.restores.get(run_id)
      parts.follow(run)
      if (run.status !== 'running') break
      await parts.pause(LOOK_EVERY_MS)
    }
    const { status, error } = await rescue.restores.finished(run_id)
    if (status !== 'done')
      throw new WeirError('storage_unavailable', error?.detail ?? 'The database could not be recovered.')
  } finally {
    await rescue.close()
  }
  return parts.open()
}
