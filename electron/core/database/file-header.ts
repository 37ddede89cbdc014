import { closeSync, openSync, readSync } from 'node:fs'

/** What the first bytes of an SQLite file say (https://sqlite.org/fileformat2.html, section 1.3). */
export interface FileHeader {
  readonly applicationId: number
  /** `user_version`; one that is still in the write-ahead log is not seen. */
  readonly schemaVersion: number
  readonly pages: number
}

const HEADER_BYTES = 100
const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')

/**
 * Reads the header without opening a database: SQLite puts a `-wal` and a `-shm` beside every file in WAL mode that it
 * opens, also one that is only looked at. Undefined for what has no such header or cannot be read.
 */
export function readFileHeader(file: string): FileHeader | undefined {
  const bytes = firstBytes(file)
  if (bytes === undefined || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined
  return {
    pages: bytes.readUInt32BE(28),
    schemaVersion: bytes.readInt32BE(60),
    applicationId: bytes.readInt32BE(68),
  }
}

function firstBytes(file: string): Buffer | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    const bytes = Buffer.alloc(HEADER_BYTES)
    return readSync(descriptor, bytes, 0, HEADER_BYTES, 0) === HEADER_BYTES ? bytes : undefined
  } catch (error) {
    // A folder, or a file we may not read: SQLite says so better.
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
