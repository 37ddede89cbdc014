import { openReadHandle } from '../database/open-handle.ts'
import {
  type FileFingerprint,
  type ScanInput,
  type ScanMessage,
  type ScanResult,
  scanSessions,
} from '../sessions/scan-sessions.ts'

/** Which files to leave out is looked up here, in the worker: the list of a large folder would stop the main thread. */
export interface ChangedScanInput extends Omit<ScanInput, 'known'> {
  readonly databaseFile: string
  readonly sqliteBinding: string | null
}

/**
 * Scans a sessions folder for files that are not as they were when last read without a problem. Blocks: for worker
 * threads. Errors: `folder_unreadable`, `storage_unavailable`.
 */
export function* scanChanged(input: ChangedScanInput): Generator<ScanMessage, ScanResult> {
  return yield* scanSessions({ ...input, known: knownFiles(input) })
}

function knownFiles({ databaseFile, sqliteBinding }: ChangedScanInput): ReadonlyMap<string, FileFingerprint> {
  const handle = openReadHandle(databaseFile, sqliteBinding)
  try {
    const rows = handle
      .prepare<[], { path: string; size_bytes: number; modified_at_ms: number }>(
        'SELECT path, size_bytes, modified_at_ms FROM session_files WHERE problem IS NULL',
      )
      .iterate()
    const known = new Map<string, FileFingerprint>()
    for (const row of rows) {
      known.set(row.path, { sizeBytes: row.size_bytes, modifiedAtMs: row.modified_at_ms })
    }
    return known
  } finally {
    handle.close()
  }
}
