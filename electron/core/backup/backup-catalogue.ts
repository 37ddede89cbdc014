import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { BackupManifestView } from '../api.ts'
import { BACKUP_ID, isPinned } from './backup-rules.ts'
import { type Manifest, parseManifest } from './manifest.ts'

/** What stands in `backups/`, read from the folders themselves: there is no list that could disagree with them. */

/** A backup as the list shows it. */
export type Entry = OperationOutput<'backups.list'>['backups'][number]

/** What the last look found wrong with a backup; the file is gone when a later look finds it whole. */
export const DAMAGE_FILE = 'damaged.json'

/** When a backup was found whole, and with which bytes. */
export const PROOF_FILE = 'verified.json'

/** What is known of a backup without a manifest. */
const UNREAD = {
  created_at: null,
  reason: null,
  size_bytes: null,
  sha256: null,
  schema_version: null,
  verified_at: null,
  rows: null,
} as const

/** A backup as its files say it, or why they say nothing. */
export type ReadBackup =
  | {
      readonly manifest: Manifest
      readonly verifiedAt: string | null
      /** What the last look found wrong with it. */
      readonly damage: string | null
    }
  | { readonly problem: string }

/** The ids of what is there, newest first. */
export function backupIds(dir: string): readonly string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .filter((name) => BACKUP_ID.test(name))
    .sort()
    .reverse()
}

/** The backups whose manifest can be read, newest first. */
export function listBackups(dir: string): readonly BackupManifestView[] {
  return backupIds(dir).flatMap((id) => {
    const read = readBackup(join(dir, id))
    return 'problem' in read ? [] : [viewOf(read.manifest, read.verifiedAt)]
  })
}

/** Reads the manifest in a folder, and when it was last proved. */
export function readBackup(folder: string): ReadBackup {
  try {
    const manifest = parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'))
    const said = jsonIfThere<{ sha256: string; verified_at: string }>(join(folder, PROOF_FILE))
    const damage = jsonIfThere<{ problem: string }>(join(folder, DAMAGE_FILE))
    return {
      manifest,
      verifiedAt: said?.sha256 === manifest.sha256 ? said.verified_at : null,
      damage: damage?.problem ?? null,
    }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isMissing) return { problem: 'Its manifest is missing. Choose another backup.' }
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** A backup for the list; whether it is the last verified one only the whole list can tell. */
export function entryOf(
  dir: string,
  id: string,
  copy: Entry['copy'],
  lockOf: (manifest: Manifest) => Entry['lock'],
): Entry {
  const rest = { id, path: join(dir, id), copy, is_last_verified: false }
  const read = readBackup(join(dir, id))
  if ('problem' in read)
    return { ...UNREAD, ...rest, status: 'invalid', problem: read.problem, is_pinned: false, lock: 'none' }
  const { manifest, verifiedAt, damage } = read
  return {
    ...viewOf(manifest, verifiedAt),
    ...rest,
    status: damage !== null ? 'invalid' : verifiedAt === null ? 'unverified' : 'verified',
    problem: damage,
    rows: Object.values(manifest.rows).reduce((sum, count) => sum + count, 0),
    is_pinned: isPinned(manifest.reason),
    lock: lockOf(manifest),
  }
}

/** A backup as DESIGN 13 shows it. */
export function viewOf(manifest: Manifest, verifiedAt: string | null): BackupManifestView {
  const { id, created_at, reason, size_bytes, sha256, schema_version } = manifest
  return { id, created_at, reason, size_bytes, sha256, schema_version, verified_at: verifiedAt }
}

/** A small file of ours beside a backup. */
function jsonIfThere<Content>(file: string): Content | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Content) : null
}
