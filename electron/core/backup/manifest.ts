import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BACKUP_REASONS } from '../../../shared/backup-reasons.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { BACKUP_ID } from './backup-rules.ts'

const manifestSchema = z.strictObject({
  /** Grows when the meaning of a member changes. */
  format: z.literal(1),
  id: z.string().regex(BACKUP_ID),
  created_at: z.iso.datetime(),
  reason: z.enum(BACKUP_REASONS),
  app_version: z.string(),
  schema_version: z.int().min(1),
  size_bytes: z.int().min(1),
  /** Of `auth.db`, in hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rows of every table. */
  rows: z.record(z.string(), z.int().min(0)),
})

/** What a backup is: written beside its `auth.db`, and never changed. */
export type Manifest = z.output<typeof manifestSchema>

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
  if (parsed.success && manifestText(parsed.data) === text) return parsed.data
  throw new WeirError('backup_damaged', 'The manifest of this backup is damaged. Choose another backup.')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
