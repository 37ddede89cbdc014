import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BackupManifestView } from '../api.ts'
import { BACKUP_ID } from './backup-rules.ts'
import { type Manifest, parseManifest } from './manifest.ts'

/** What is in the folder of backups, read without a database: it may be the one thing that is still whole. */

/** A backup as its files say it, or why they say nothing. */
export type ReadBackup =
  | { readonly manifest: Manifest; readonly verifiedAt: string | null }
  | { readonly problem: string }

/** The ids, newest first. */
export function backupIds(backupsDir: string): readonly string[] {
  if (!existsSync(backupsDir)) return []
  return readdirSync(backupsDir)
    .filter((name) => BACKUP_ID.test(name))
    .sort()
    .reverse()
}

/** The backups whose manifest can be read, newest first. */
export function listBackups(backupsDir: string): readonly BackupManifestView[] {
  return backupIds(backupsDir).flatMap((id) => {
    const read = readBackup(join(backupsDir, id))
    return 'problem' in read ? [] : [viewOf(read.manifest, read.verifiedAt)]
  })
}

/** Reads the manifest in a folder, and when it was last proved. */
export function readBackup(folder: string): ReadBackup {
  try {
    const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    const proof = join(folder, 'verified.json')
    const said = existsSync(proof)
      ? (JSON.parse(readFileSync(proof, 'utf8')) as { sha256: string; verified_at: string })
      : null
    return { manifest, verifiedAt: said?.sha256 === manifest.sha256 ? said.verified_at : null }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isMissing) return { problem: 'Its manifest is missing. Choose another backup.' }
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** A backup as the JSON of DESIGN 13 shows it. */
export function viewOf(manifest: Manifest, verifiedAt: string | null): BackupManifestView {
  const { id, created_at, reason, size_bytes, sha256, schema_version } = manifest
  return { id, created_at, reason, size_bytes, sha256, schema_version, verified_at: verifiedAt }
}
