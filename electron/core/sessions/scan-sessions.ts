import type { EpochMs } from '../../../shared/units.ts'
import {
  type ListedSessionFile,
  listSessionFiles,
  sessionsRoot,
  type UnreadableFile,
} from './list-session-files.ts'
import { countSessionFiles } from './look-at-folder.ts'
import { SessionFileReader } from './read-session-file.ts'
import type { SessionReading } from './session-reading.ts'

/** Scanning a whole sessions folder, in batches small enough to be sent between threads and written in one go. */

/** What tells that a file has not changed since it was read. */
export interface FileFingerprint {
  readonly sizeBytes: number
  readonly modifiedAtMs: number
}

export interface ScanInput {
  readonly sessionsDir: string
  /** Files by path that need not be read again as long as size and time are these; empty reads everything. */
  readonly known: ReadonlyMap<string, FileFingerprint>
  /** Works out SHA-256 of the files; costs about a third of the time. */
  readonly hashContents: boolean
  /**
   * Leaves files that were written to in this span of time for the next scan: their writer is in the middle of
   * something. A time beyond its end is a clock's mistake and makes nobody wait. Absent: nothing is left.
   */
  readonly unrested?: { readonly from: EpochMs; readonly to: EpochMs }
}

/** A session, or a part of one with very many turns. All parts of a session come one after the other. */
export interface SessionPiece {
  /** In a part: some of the turns; only the first part carries tokens spent outside turns. Sums are the whole session's. */
  readonly session: SessionReading
  readonly isFirst: boolean
  readonly isLast: boolean
}

/** What is known of a file after it was read. */
export interface ScannedFile extends FileFingerprint {
  readonly userId: string
  readonly sessionId: string
  /** Relative to the sessions folder, with forward slashes. */
  readonly path: string
  /** Null when not asked for or not read. */
  readonly sha256: Uint8Array | null
  readonly turns: number
  readonly lastTurnNumber: number
  /** Why it could not be read; then `turns` and `lastTurnNumber` are 0 and say nothing about the session. */
  readonly problem: string | null
}

export interface ScanBatch {
  readonly kind: 'batch'
  readonly pieces: readonly SessionPiece[]
  readonly files: readonly ScannedFile[]
  /** What was left out, files with a `problem` included. */
  readonly unreadable: readonly UnreadableFile[]
  /** Counts since the scan began. */
  readonly filesDone: number
  readonly filesUnchanged: number
}

/** First what there is, then what it says. */
export type ScanMessage =
  | { readonly kind: 'listed'; readonly users: number; readonly files: number; readonly bytes: number }
  | ScanBatch

export interface ScanResult {
  readonly filesDone: number
  readonly filesUnchanged: number
  /** Changed, and left for the next scan. */
  readonly filesUnrested: number
  readonly unreadable: number
}

/** Turns in a message: about 60 kB, which the other thread takes in well below a millisecond. */
export const BATCH_TURNS_MAX = 200
/** Turns in one piece of a session: what the ledger writes in one transaction while limit checks wait. */
export const PIECE_TURNS_MAX = 100
/** Files in a message and bytes read for it: bounds the time between two moments at which the scan can be stopped. */
const BATCH_FILES_MAX = 200
const BATCH_BYTES_MAX = 16 * 1024 * 1024

/**
 * Lists and reads a sessions folder; memory does not grow with the number of files. Blocks while it works:
 * for worker threads, which take message after message. Errors: `folder_unreadable`.
 */
export function* scanSessions(input: ScanInput): Generator<ScanMessage, ScanResult> {
  const root = sessionsRoot(input.sessionsDir)
  yield { kind: 'listed', ...countSessionFiles(root) }
  const reader = new SessionFileReader(root, input.hashContents)
  const batch = new BatchBuilder()
  for (const listed of listSessionFiles(root)) {
    for (const entry of listed.unreadable) batch.leaveOut(entry)
    if (batch.isFull) yield batch.take()
    for (const file of listed.files) {
      if (isUnchanged(file, input.known.get(file.path))) batch.skip()
      else if (isUnrested(file, input.unrested)) batch.leaveForNext()
      else yield* readInto(batch, reader, file)
      if (batch.isFull) yield batch.take()
    }
  }
  if (!batch.isEmpty) yield batch.take()
  return batch.result
}

function isUnchanged(file: ListedSessionFile, known: FileFingerprint | undefined): boolean {
  return known !== undefined && known.sizeBytes === file.sizeBytes && known.modifiedAtMs === file.modifiedAtMs
}

function isUnrested({ modifiedAtMs }: ListedSessionFile, span: ScanInput['unrested']): boolean {
  return span !== undefined && modifiedAtMs >= span.from && modifiedAtMs <= span.to
}

function* readInto(
  batch: BatchBuilder,
  reader: SessionFileReader,
  file: ListedSessionFile,
): Generator<ScanMessage, void> {
  const { reading, ...fingerprint } = reader.read(file)
  const { userId, sessionId, path } = file
  if (reading.kind === 'unreadable') {
    batch.leaveOut({ path, reason: reading.reason })
    batch.close({
      userId,
      sessionId,
      path,
      ...fingerprint,
      turns: 0,
      lastTurnNumber: 0,
      problem: reading.reason,
    })
    return
  }
  for (const piece of piecesOf(reading)) {
    if (!batch.hasRoomFor(piece)) yield batch.take()
    batch.add(piece)
  }
  const { turns, lastTurnNumber } = reading
  batch.close({ userId, sessionId, path, ...fingerprint, turns: turns.length, lastTurnNumber, problem: null })
}

/** A session as pieces of a bounded number of turns; nearly always one. */
export function* piecesOf(session: SessionReading): Generator<SessionPiece, void> {
  const { turns } = session
  if (turns.length <= PIECE_TURNS_MAX) {
    yield { session, isFirst: true, isLast: true }
    return
  }
  for (let from = 0; from < turns.length; from += PIECE_TURNS_MAX) {
    const isFirst = from === 0
    // Booked once: a second outside-turns row of the same session would be another figure.
    const outside = isFirst ? {} : { outsideInputTokens: 0, outsideOutputTokens: 0 }
    yield {
      session: { ...session, ...outside, turns: turns.slice(from, from + PIECE_TURNS_MAX) },
      isFirst,
      isLast: from + PIECE_TURNS_MAX >= turns.length,
    }
  }
}

class BatchBuilder {
  #pieces: SessionPiece[] = []
  #files: ScannedFile[] = []
  #unreadable: UnreadableFile[] = []
  #turns = 0
  #bytes = 0
  #entries = 0
  #filesDone = 0
  #filesUnchanged = 0
  #filesUnrested = 0
  #unreadableCount = 0

  get isEmpty(): boolean {
    return this.#entries === 0 && this.#pieces.length === 0
  }

  get isFull(): boolean {
    return (
      this.#turns >= BATCH_TURNS_MAX || this.#entries >= BATCH_FILES_MAX || this.#bytes >= BATCH_BYTES_MAX
    )
  }

  get result(): ScanResult {
    return {
      filesDone: this.#filesDone,
      filesUnchanged: this.#filesUnchanged,
      filesUnrested: this.#filesUnrested,
      unreadable: this.#unreadableCount,
    }
  }

  hasRoomFor(piece: SessionPiece): boolean {
    return this.#turns === 0 || this.#turns + piece.session.turns.length <= BATCH_TURNS_MAX
  }

  add(piece: SessionPiece): void {
    this.#pieces.push(piece)
    this.#turns += piece.session.turns.length
  }

  /** The file's last piece is in: its record goes into the same message or a later one, never an earlier one. */
  close(file: ScannedFile): void {
    this.#files.push(file)
    this.#bytes += file.sizeBytes
    this.#entries += 1
    this.#filesDone += 1
  }

  skip(): void {
    this.#entries += 1
    this.#filesDone += 1
    this.#filesUnchanged += 1
  }

  leaveForNext(): void {
    this.#entries += 1
    this.#filesUnrested += 1
  }

  leaveOut(entry: UnreadableFile): void {
    this.#unreadable.push(entry)
    this.#entries += 1
    this.#unreadableCount += 1
  }

  take(): ScanBatch {
    const batch = {
      kind: 'batch',
      pieces: this.#pieces,
      files: this.#files,
      unreadable: this.#unreadable,
      filesDone: this.#filesDone,
      filesUnchanged: this.#filesUnchanged,
    } satisfies ScanBatch
    this.#pieces = []
    this.#files = []
    this.#unreadable = []
    this.#turns = 0
    this.#bytes = 0
    this.#entries = 0
    return batch
  }
}
