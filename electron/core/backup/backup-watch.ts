import { dirname } from 'node:path'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../shared/units.ts'
import type { BackupsApi, CheckFinding, ReadinessCheck } from '../api.ts'
import type { Sample } from '../kernel/metrics.ts'
import type { Clock } from '../kernel/ports.ts'

/** One is made every night; an older one means that a night was missed. */
const AGE_MAX_MS = DAY_MS

/** Whether a backup made at this ISO time is as young as the newest one should be. */
export function isRecent(createdAt: string, clock: Clock): boolean {
  return clock.now() - Date.parse(createdAt) < AGE_MAX_MS
}

/** Readiness: there is a verified backup younger than a day. */
export function backupCheck(backups: BackupsApi, clock: Clock): ReadinessCheck {
  return {
    id: 'backup',
    title: 'A verified backup is younger than 24 hours',
    run: async () => {
      const newest = backups.newestVerified()
      const ageMs = newest === null ? null : clock.now() - Date.parse(newest.created_at)
      const isFresh = newest !== null && isRecent(newest.created_at, clock)
      return {
        state: isFresh ? 'ok' : 'attention',
        evidence:
          ageMs === null
            ? 'There is no verified backup.'
            : `The newest verified backup is ${Math.floor(ageMs / HOUR_MS)} hours old.`,
        since: newest?.created_at ?? null,
        fix: isFresh ? null : { text: 'Make one now.', path: '/backups' },
      }
    },
  }
}

/** Readiness: where there is a second folder, the newest verified backup is in it. */
export function backupCopyCheck(backups: BackupsApi): ReadinessCheck {
  return {
    id: 'backup-copy',
    title: 'The newest backup is in the second folder as well',
    run: async () => copyFinding(backups.overview()),
  }
}

function copyFinding({ backups, copy_dir: dir }: ReturnType<BackupsApi['overview']>): CheckFinding {
  const nothing = { since: null, fix: null }
  // Having one is the operator's choice, so that none is no fault; what is missing without it is said.
  if (dir === null)
    return { state: 'ok', evidence: 'No second folder is chosen: backups are on this disk only.', ...nothing }
  const newest = backups.find(({ status }) => status === 'verified')
  if (newest === undefined)
    return { state: 'unknown', evidence: 'There is no verified backup to be copied yet.', ...nothing }
  const { copy } = newest
  if (copy?.state === 'copying')
    return { state: 'unknown', evidence: `It is being copied to ${dir}.`, ...nothing }
  if (copy?.state === 'copied' && dirname(copy.path) === dir)
    return { state: 'ok', evidence: `It was read back whole in ${dir}.`, since: copy.at, fix: null }
  return {
    state: 'attention',
    evidence: copy?.problem ?? `It has not been copied to ${dir} yet.`,
    since: copy?.at ?? null,
    fix: { text: 'Copy it again.', path: '/backups' },
  }
}

/** Readiness: the key is there where backups are to be encrypted. */
export function backupKeyCheck(backups: BackupsApi): ReadinessCheck {
  return {
    id: 'backup-key',
    title: 'Backups are encrypted where they are to be',
    run: async () => keyFinding(backups.overview()),
  }
}

function keyFinding({ encryption: { state, since } }: ReturnType<BackupsApi['overview']>): CheckFinding {
  // Not to encrypt them is the operator's choice, so that it is no fault; what it means is said.
  if (state === 'off')
    return {
      state: 'ok',
      evidence: 'They are not to be encrypted: whoever has one can read it.',
      since,
      fix: null,
    }
  if (state === 'on')
    return { state: 'ok', evidence: 'The key of new backups is in the data folder.', since, fix: null }
  return {
    state: 'attention',
    evidence: 'They are to be encrypted, and their key is gone or damaged. No backup is made.',
    since,
    fix: { text: 'Set the passphrase of backups again.', path: '/backups' },
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
