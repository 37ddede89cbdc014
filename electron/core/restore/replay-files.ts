import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { LedgerImport } from '../import/ledger-port.ts'
import { slicesOf } from '../import/write-slices.ts'
import type { SessionScanner } from '../sessions/session-scanner.ts'

/** What the session files added. */
export interface Replayed {
  readonly files: number
  readonly turns: number
  readonly conflicting: number
  readonly unreadable: number
}

/**
 * Books the turns of the session files that a ledger has not, the way an import does; what it has stays as it is.
 * Errors: `folder_unreadable`, `cancelled`.
 */
export async function replayFiles(
  ledger: LedgerImport,
  scanner: SessionScanner,
  sessionsDir: string,
  signal: AbortSignal | undefined,
): Promise<Replayed> {
  let turns = 0
  let conflicting = 0
  const userIds = new Set<string>()
  const input = { sessionsDir, known: new Map(), hashContents: false }
  const result = await scanner.scan(input, async (message) => {
    signal?.throwIfAborted()
    if (message.kind === 'listed') return
    for (const slice of slicesOf(message.pieces)) {
      const effects = await ledger.importSessions(slice.map((piece) => piece.session))
      turns += effects.imported
      conflicting += effects.conflicting
      for (const { session } of slice) userIds.add(session.userId)
      // Limit checks that came meanwhile are answered before the next slice.
      await nextMacrotask()
    }
    await ledger.recordFiles(message.files)
  })
  if (turns > 0) await ledger.archiveClosedPeriods([...userIds])
  return { files: result.filesDone, turns, conflicting, unreadable: result.unreadable }
}
