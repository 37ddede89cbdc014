import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BACKUP_REASONS } from '../../../shared/backup-reasons.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { keyDerivation } from './backup-key.ts'
import { BACKUP_ID } from './backup-rules.ts'

/** How the file of an encrypted backup was encrypted, and what tells a right passphrase from a wrong one. */
const encryptionSchema = z.strictObject({
  cipher: z.literal('aes-256-gcm'),
  kdf: keyDerivation,
  /** Of this file alone, in hex. */
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  /** Made of the key and the salt; the key cannot be made of it. */
  key_check: z.string().regex(/^[0-9a-f]{32}$/),
})

/** The parameters of an encrypted file. */
export type Encryption = z.output<typeof encryptionSchema>

const manifestSchema = z.strictObject({
  /** Grows when the meaning of a member changes: in 2 the file is encrypted, so that a Weir of before refuses it. */
  format: z.literal([1, 2]),
  id: z.string().regex(BACKUP_ID),
  created_at: z.iso.datetime(),
  reason: z.enum(BACKUP_REASONS),
  app_version: z.string(),
  schema_version: z.int().min(1),
  /** Of the file as it lies there. */
  size_bytes: z.int().min(1),
  /** Of the file as it lies there, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rows of every table. */
  rows: z.record(z.string(), z.int().min(0)),
  /** There in format 2 only. */
  encryption: encryptionSchema.optional(),
})

/** What a backup is: written beside its database file, and never changed. */
export type Manifest = z.output<typeof manifestSchema>

/** The name of the database file in the folder of a backup. */
export function fileNameOf({ encryption }: Pick<Manifest, 'encryption'>): string {
  return encryption === undefined ? 'auth.db' : 'auth.db.encrypted'
}

/** The text of `manifest.json`: the manifest, and a hash of it, so that a flipped bit in it is seen too. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify({ manifest, manifest_sha256: hashOf(JSON.stringify(manifest)) })}\n`
}

/** Reads the text again, byte for byte. Errors: `backup_damaged`. */
export function parseManifest(text: string): Manifest {
  let inner: unknown
  try {
    inner = (JSON.parse(text) as { manifest?: unknown } | null)?.manifest
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  const parsed = manifestSchema.safeParse(inner)
  const isOurs = parsed.success && (parsed.data.format === 2) === (parsed.data.encryption !== undefined)
  if (isOurs && manifestText(parsed.data) === text) return parsed.data
  throw new WeirError('backup_damaged', 'The manifest of this backup is damaged. Choose another backup.')
}

/** A backup that must not be used, and why. */
export function damaged(why: string): WeirError {
  return new WeirError('backup_damaged', `This backup cannot be used: ${why}. Choose another backup.`)
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
