import { sessionsRoot } from '../sessions/list-session-files.ts'
import { SessionFileReader } from '../sessions/read-session-file.ts'
import type { RereadSession } from './repair-user.ts'

/** Reads some files of one user again, for their repair; those that cannot be read are left out. Blocks: for worker threads. */
export function rereadSessions(input: {
  readonly sessionsDir: string
  readonly userId: string
  readonly sessionIds: readonly string[]
}): RereadSession[] {
  const reader = new SessionFileReader(sessionsRoot(input.sessionsDir), false)
  return input.sessionIds.flatMap((sessionId) => {
    const path = `${input.userId}/${sessionId}.json`
    const { reading, modifiedAtMs } = reader.read({
      userId: input.userId,
      sessionId,
      path,
      sizeBytes: 0,
      modifiedAtMs: 0,
    })
    return reading.kind === 'session' ? [{ session: reading, modifiedAtMs }] : []
  })
}
