import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { windowsAt } from '../consumption/windows.ts'
import type { Database, Reader } from '../database/database.ts'
import type { JobWork } from '../scheduler/job-work.ts'
import { idleUsers, tidyUsers } from './idle-counters.ts'
import { forUsers, type SliceTools } from './user-slices.ts'

/** What the hourly job needs besides slices. */
export interface HourlyTools extends SliceTools {
  readonly database: Pick<Database, 'reader' | 'write' | 'writeSlice'>
  readonly zone: () => string
  /** Writes down which enforcement mode and override have ended by themselves. */
  readonly noteEnds: () => Promise<void>
}

const BY_ITSELF: Actor = { name: 'Weir', via: 'job' }

/** Keeps peaks, gives expired reservations back, starts idle hours again, and writes down which grants are over. */
export function hourlyJob(tools: HourlyTools): JobWork {
  return async (run) => {
    const { database, clock } = tools
    const windows = windowsAt(tools.zone(), clock.now())
    const userKeys = await idleUsers(database.reader, 'hour', windows)
    const grants = await grantsOver(database.reader, windows.now)
    const counts = {
      users: userKeys.length,
      idle_hours: 0,
      reservations_expired: 0,
      peaks: 0,
      grants_ended: grants.length,
    }
    if (run.dryRun) {
      run.log.info(
        `Would tidy the counters of ${userKeys.length} users and note the end of ${grants.length} grants`,
      )
      return { counts, failures: 0, firstError: null }
    }
    const failed = await forUsers(tools, run, {
      userKeys,
      phase: 'Tidying hours',
      some: (trx, keys) => tidyUsers(trx, keys, windows),
      count: (tidied) => {
        counts.idle_hours += tidied.counters
        counts.reservations_expired += tidied.reservations
        counts.peaks += tidied.peaks
      },
    })
    run.signal.throwIfAborted()
    await noteGrantEnds(database, windows.now)
    await tools.noteEnds()
    return { counts, ...failed }
  }
}

function grantsOver(db: Reader, now: EpochMs): Promise<readonly { readonly id: number }[]> {
  return db
    .selectFrom('limit_grants')
    .select('id')
    .where('expires_at', '<=', now)
    .where('revoked_at', 'is', null)
    .where('end_noted_at', 'is', null)
    .execute()
}

/** A grant ends to the millisecond by itself; that it has, the audit log is told here, once. */
async function noteGrantEnds(database: Pick<Database, 'write'>, now: EpochMs): Promise<void> {
  await database.write(async (trx) => {
    const ended = await trx
      .updateTable('limit_grants')
      .set({ end_noted_at: now })
      .where('expires_at', '<=', now)
      .where('revoked_at', 'is', null)
      .where('end_noted_at', 'is', null)
      .returning(['id', 'limit_name', 'amount', 'expires_at'])
      .execute()
    for (const { id, ...before } of ended) {
      const objectId = String(id)
      await audit(trx, {
        at: now,
        actor: BY_ITSELF,
        action: 'grants.end',
        objectKind: 'grant',
        objectId,
        before,
      })
    }
  })
}
