import { z } from 'zod'
import { restoreRun } from '../../../shared/contract/restore.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type RestoreFiles, replaceFile } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'

const intentSchema = z.strictObject({
  /** `forward`: the staged database takes the place of the old one. `back`: it could not be opened, the old one returns. */
  direction: z.enum(['forward', 'back']),
  run_id: z.string().regex(/^restore-[0-9TZa-f-]+$/),
  /** Of the staged database, in hex. */
  staged_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The run as it was then: whoever finishes it, perhaps another process, tells the whole story. */
  run: restoreRun,
})

/** The decision to exchange the databases, on disk. */
export type Intent = z.output<typeof intentSchema>

/** Makes the decision: after this the exchange is carried through. */
export function writeIntent(files: RestoreFiles, places: RestorePlaces, intent: Intent): void {
  replaceFile(files, places.intent, `${JSON.stringify(intent)}\n`)
}

/** The decision that was made, if one was. Errors: `storage_unavailable` for one that is not ours. */
export function readIntent(files: RestoreFiles, places: RestorePlaces): Intent | undefined {
  if (!files.exists(places.intent)) return undefined
  try {
    return intentSchema.parse(JSON.parse(files.readText(places.intent)))
  } catch (error) {
    throw new WeirError(
      'storage_unavailable',
      `A restore was interrupted and its note ${places.intent} cannot be read. Nothing was changed. ` +
        'Look which of auth.db, restore/staged.db and quarantine/ is there, keep a copy of all, and remove the note.',
      { cause: error },
    )
  }
}
