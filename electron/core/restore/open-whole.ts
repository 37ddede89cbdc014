import { join } from 'node:path'
import type { Logger } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { finishRestore, type Recovery, recoverRestore, rollBack } from './exchange.ts'
import type { RestoreFiles } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'

/** What a start is made of. */
export interface StartParts {
  readonly files: RestoreFiles
  readonly places: RestorePlaces
  readonly sqliteBinding: string | null
  readonly log: Logger
  /** Where the database has an older schema: makes a backup, prepares a converted copy and decides to exchange them. */
  readonly upgrade: () => Promise<boolean>
  /** Opens the database and puts the parts over it together. */
  readonly open: () => Promise<void>
}

/**
 * Ends what was interrupted, brings an older schema up to date, and opens the database: under the lock of the folder.
 * Answers the exchanges that were carried out or taken back. Errors: those of `open` and of `upgrade`; then the database
 * is the one of before.
 */
export async function openWhole(parts: StartParts): Promise<readonly Recovery[]> {
  const { files, places, sqliteBinding } = parts
  const found = [recoverRestore(files, places, sqliteBinding)]
  // A database that was exchanged MUST be opened before anything else: it proves itself, or the old one returns. Where a
  // newer Weir does that, its steps run in place, each in one transaction.
  if (found[0]?.kind !== 'exchanged' && (await parts.upgrade())) {
    const upgraded = recoverRestore(files, places, sqliteBinding)
    if (upgraded.kind === 'old') throw new WeirError('storage_unavailable', upgraded.reason)
    found.push(upgraded)
  }
  const last = found.at(-1)
  try {
    await parts.open()
  } catch (error) {
    if (last?.kind !== 'exchanged') throw error
    found[found.length - 1] = await takeBack(parts, last, error)
  }
  if (found.some((one) => one.kind !== 'nothing')) finishRestore(files, places)
  return found.filter((one) => one.kind !== 'nothing')
}

async function takeBack(
  { files, places, log, open }: StartParts,
  { intent }: Extract<Recovery, { readonly kind: 'exchanged' }>,
  error: unknown,
): Promise<Recovery> {
  log.error('the new database cannot be opened; the old one returns', { run_id: intent.run_id, error })
  const back = rollBack(files, places, intent)
  if (intent.kind === 'restore') {
    await open()
    return back
  }
  // The old schema is what this Weir cannot use: it stays for the Weir of before, and the next start tries again.
  finishRestore(files, places)
  for (const name of files.list(places.failed)) {
    // One to look at is enough: a service that is started again and again must not fill the disk.
    if (name.startsWith('upgrade-') && name !== intent.run_id) files.remove(join(places.failed, name))
  }
  throw error
}
