import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { BackupManifestView } from '../api.ts'
import { SCHEMA_VERSION } from '../database/open-handle.ts'
import type { Comparison } from './compare-task.ts'

type Plan = OperationOutput<'restore.plan'>

/** The plan of a restore in the words of the contract. */
export function planOf(backup: BackupManifestView, comparison: Comparison, sessionsDir: string | null): Plan {
  const { files } = comparison
  const { id, created_at, reason, size_bytes, schema_version } = backup
  const liveProblem = problemOf(comparison)
  return {
    backup: { id, created_at, reason, size_bytes, schema_version },
    schema_version: SCHEMA_VERSION,
    live_problem: liveProblem,
    counts: [...comparison.counts],
    files: files === null || sessionsDir === null ? null : { sessions_dir: sessionsDir, ...files },
    changes: [...comparison.changes],
    changes_total: comparison.changesTotal,
    notices: noticesOf(comparison, liveProblem, schema_version),
  }
}

function problemOf({ carried }: Comparison): string | null {
  if (carried.unread.length === 0) return null
  return `Of the database of now, this cannot be read: ${carried.unread.join(', ')}.`
}

function noticesOf(
  { carried, tokensShut, files, counts }: Comparison,
  liveProblem: string | null,
  schema: number,
): string[] {
  const notices: string[] = []
  if (liveProblem !== null) {
    notices.push(
      `${liveProblem} What is newer than the backup comes from the session files alone; the damaged files are kept.`,
    )
  }
  if (carried.unread.includes('tokens')) {
    notices.push(
      `Which tokens were revoked since cannot be read, so all ${tokensShut} of the backup are revoked. Make new ones afterwards: weir tokens create.`,
    )
  } else if (tokensShut > 0) {
    notices.push(
      `${tokensShut} ${tokensShut === 1 ? 'token' : 'tokens'} of the backup ${tokensShut === 1 ? 'was' : 'were'} revoked since and will not work again.`,
    )
  }
  const back = counts.find((one) => one.subject === 'users')?.comes_back ?? 0
  if (back > 0) {
    notices.push(
      'Users who were deleted since come back inactive: activate those you want, delete the others again.',
    )
  }
  if (files === null) {
    notices.push('No folder of session files is known, so nothing can be added from them.')
  } else if (files.unreadable > 0) {
    notices.push(`${files.unreadable} session files cannot be read and add nothing.`)
  }
  if (schema < SCHEMA_VERSION) {
    notices.push(`The backup has the older schema ${schema} and is brought to ${SCHEMA_VERSION}.`)
  }
  return notices
}
