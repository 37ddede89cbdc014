import type { EpochMs } from '../../../shared/units.ts'
import type { Actor } from '../api.ts'
import type { Writer } from '../database/database.ts'

/** One change as the audit log keeps it: who did what to which object, and how it looked before and after. */
export interface AuditEntry {
  readonly at: EpochMs
  readonly actor: Actor
  /** The operation, as `users.create`; jobs and the start name what they do. */
  readonly action: string
  readonly objectKind: string
  readonly objectId: string
  /** What the change was about, before it; left out or null where there was nothing. Must be plain JSON. */
  readonly before?: unknown
  /** The same after it; left out or null where nothing is left. */
  readonly after?: unknown
}

/** What an access token looks like; a person may paste one into a name or a reason by mistake. */
const TOKEN_LIKE = /weir_[0-9A-Za-z]{20,}/g

/**
 * Writes the entry in the transaction of the change it describes, so that neither exists without the other.
 * Secrets do not belong into `before` and `after`; what looks like an access token is hidden all the same.
 */
export async function audit(trx: Writer, entry: AuditEntry): Promise<void> {
  await trx
    .insertInto('audit_log')
    .values({
      at: entry.at,
      actor: withoutTokens(entry.actor.name),
      via: entry.actor.via,
      action: entry.action,
      object_kind: entry.objectKind,
      object_id: withoutTokens(entry.objectId),
      before: toJson(entry.before),
      after: toJson(entry.after),
    })
    .execute()
}

function toJson(value: unknown): string | null {
  return value === undefined || value === null ? null : withoutTokens(JSON.stringify(value))
}

function withoutTokens(text: string): string {
  return text.replace(TOKEN_LIKE, 'weir_(hidden)')
}
