import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { toIso } from '../../../shared/units.ts'
import type { BackupManifestView } from '../api.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import type { Clock } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { DAMAGE_FILE, PROOF_FILE, viewOf } from './backup-catalogue.ts'
import type { Manifest } from './manifest.ts'

/**
 * Looks at a backup again and keeps beside it what was found; `verify` is the task of `backup-task.ts`. Errors: those of
 * `verifyBackup`.
 */
export async function proveBackup(
  folder: string,
  verify: (folder: string) => Promise<Manifest>,
  clock: Clock,
): Promise<BackupManifestView> {
  const proof = join(folder, PROOF_FILE)
  // What was found whole once must not stand as whole while it is looked at again.
  rmSync(proof, { force: true })
  const damage = join(folder, DAMAGE_FILE)
  const manifest = await verify(folder).catch(async (error: unknown) => {
    // Kept beside it, so that the list says what is wrong with it and not only that nobody has looked.
    if (error instanceof WeirError && error.code === 'backup_damaged') await noteDamage(folder, error.message)
    throw error
  })
  rmSync(damage, { force: true })
  const verified_at = toIso(clock.now())
  await writeFileAtomically(proof, `${JSON.stringify({ sha256: manifest.sha256, verified_at })}\n`)
  return viewOf(manifest, verified_at)
}

/** Keeps beside a backup what is wrong with it; it counts as proved no more. */
export async function noteDamage(folder: string, problem: string): Promise<void> {
  await writeFileAtomically(join(folder, DAMAGE_FILE), `${JSON.stringify({ problem })}\n`)
  rmSync(join(folder, PROOF_FILE), { force: true })
}

/** Removes a backup for good. */
export function removeBackup(backupsDir: string, id: string): void {
  const trash = join(backupsDir, `.trash-${id}`)
  // First out of the list: a crash while deleting must not leave half a backup in it.
  renameSync(join(backupsDir, id), trash)
  rmSync(trash, { recursive: true, force: true })
}
