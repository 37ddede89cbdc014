import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../shared/units.ts'
import type { BackupsApi, ReadinessCheck } from '../api.ts'
import type { Sample } from '../kernel/metrics.ts'
import type { Clock } from '../kernel/ports.ts'

/** One is made every night; an older one means that a night was missed. */
const AGE_MAX_MS = DAY_MS

/** Readiness: there is a verified backup younger than a day. */
export function backupCheck(backups: BackupsApi, clock: Clock): ReadinessCheck {
  return {
    id: 'backup',
    title: 'A verified backup is younger than 24 hours',
    run: async () => {
      const newest = backups.newestVerified()
      const ageMs = newest === null ? null : clock.now() - Date.parse(newest.created_at)
      const isFresh = ageMs !== null && ageMs < AGE_MAX_MS
      return {
        state: isFresh ? 'ok' : 'attention',
        evidence:
          ageMs === null
            ? 'There is no verified backup.'
            : `The newest verified backup is ${Math.floor(ageMs / HOUR_MS)} hours old.`,
        since: newest?.created_at ?? null,
        fix: isFresh ? null : { text: 'Make one: weir backup create.', path: null },
      }
    },
  }
}

/** Metrics: how old the newest verified backup is, and how large; nothing where there is none. */
export function backupSamples(backups: BackupsApi, clock: Clock): readonly Sample[] {
  const newest = backups.newestVerified()
  if (newest === null) return []
  return [
    {
      name: 'weir_backup_age_seconds',
      help: 'Age of the newest verified backup.',
      type: 'gauge',
      value: (clock.now() - Date.parse(newest.created_at)) / SECOND_MS,
    },
    {
      name: 'weir_backup_size_bytes',
      help: 'Size of the newest verified backup.',
      type: 'gauge',
      value: newest.size_bytes,
    },
  ]
}
