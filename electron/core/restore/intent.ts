import { z } from 'zod'
import { restoreRun } from '../../../shared/contract/restore.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { type RestoreFiles, replaceFile } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'

/** What every decision says. `run_id` names the folder in which the old database is kept. */
const exchangeOf = {
  /** `forward`: the staged database takes the place of the old one. `back`: it could not be opened, the old one returns. */
  direction: z.enum(['forward', 'back']),
  /** Of the staged database, in hex. */
  staged_sha256: z.string().regex(/^[0-9a-f]{64}$/),
}

const restoreIntent = z.strictObject({
  // A Weir of before may have been interrupted: it knew no other kind and did not say.
  kind: z.literal('restore').default('restore'),
  ...exchangeOf,
  run_id: z.string().regex(/^restore-[0-9TZa-f-]+$/),
  /** The run as it was then: whoever finishes it, perhaps another process, tells the whole story. */
  run: restoreRun,
})

const upgradeIntent = z.strictObject({
  kind: z.literal('upgrade'),
  ...exchangeOf,
  run_id: z.string().regex(/^upgrade-[0-9TZa-f-]+$/),
  /** The schemas of the old database and of the staged one: by them the two are told apart. */
  from_version: z.int(),
  to_version: z.int(),
  /** Holds what was there before. */
  backup_id: z.string(),
})

const intentSchema = z.union([restoreIntent, upgradeIntent])

/** The decision to exchange the databases, on disk. */
export type Intent = z.output<typeof intentSchema>
/** The one of a restore. */
export type RestoreIntent = z.output<typeof restoreIntent>
/** The one of a new schema. */
export type UpgradeIntent = z.output<typeof upgradeIntent>

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
      `An exchange of the database was interrupted and its note ${places.intent} cannot be read. Nothing was changed. ` +
        'Look which of auth.db, restore/staged.db and quarantine/ is there, keep a copy of all, and remove the note.',
      { cause: error },
    )
  }
}
