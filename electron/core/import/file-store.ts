import type { EpochMs } from '../../../shared/units.ts'
import type { Writer } from '../database/database.ts'
import { prepared } from '../database/prepared.ts'
import type { UnreadableFile } from '../sessions/list-session-files.ts'
import type { ScannedFile } from '../sessions/scan-sessions.ts'

/** The SQL of `session_files`: what was read last of each file. */

const turnsBefore = prepared<{ userId: string; sessionId: string }, { turns: number }>((db, value) =>
  db
    .selectFrom('session_files')
    .select('turns')
    .where('user_id', '=', value('userId'))
    .where('session_id', '=', value('sessionId')),
)

/**
 * Remembers files as they were read. One that has fewer turns than it had, while the ledger still holds more, is a
 * problem for a person: the numbers stay, and the file is read again until it is mended or the ledger agrees.
 */
export async function recordFiles(
  trx: Writer,
  files: readonly ScannedFile[],
  now: EpochMs,
): Promise<readonly UnreadableFile[]> {
  const shrunk: UnreadableFile[] = []
  for (const file of files) {
    const reason = file.problem ?? (await lossOf(trx, file))
    if (file.problem === null && reason !== null) shrunk.push({ path: file.path, reason })
    const seen = {
      path: file.path,
      size_bytes: file.sizeBytes,
      modified_at_ms: file.modifiedAtMs,
      sha256: file.sha256,
      read_at: now,
      problem: reason,
    }
    const read = { turns: file.turns, last_turn_number: file.lastTurnNumber }
    await trx
      .insertInto('session_files')
      .values({ user_id: file.userId, session_id: file.sessionId, ...seen, ...read })
      .onConflict((conflict) =>
        // A file with a problem says nothing about the turns it once held.
        conflict
          .columns(['user_id', 'session_id'])
          .doUpdateSet(reason === null ? { ...seen, ...read } : seen),
      )
      .execute()
  }
  return shrunk
}

/** Why a readable file says too little, or null. */
async function lossOf(trx: Writer, { userId, sessionId, turns }: ScannedFile): Promise<string | null> {
  const [before] = await turnsBefore(trx, { userId, sessionId })
  if (before === undefined || turns >= before.turns) return null
  const { held } = await trx
    .selectFrom('consumption_turns as t')
    .innerJoin('sessions as s', 's.key', 't.session_key')
    .innerJoin('users as u', 'u.key', 's.user_key')
    .select((eb) => eb.fn.countAll<number>().as('held'))
    .where('u.id', '=', userId)
    .where('s.id', '=', sessionId)
    .where('t.turn_number', '>', 0)
    .executeTakeFirstOrThrow()
  if (held <= turns) return null
  return `The file has ${turns} turns; it had ${before.turns} when it was read before, and the books hold ${held}. Nothing was taken out of the books; reconciliation shows which turns are missing.`
}
