import type { Selectable } from 'kysely'
import type { Reader, Writer } from '../database/database.ts'
import type { TurnExtensionsTable } from '../database/schema.ts'
import type { TurnRow } from './ledger-store.ts'

/** The SQL of `turn_extensions`: what was added to turns after they were recorded, and the growing of the ledger row itself. */

export type ExtensionRow = Readonly<Selectable<TurnExtensionsTable>>

/** What was added to a turn so far, in no particular order. */
export async function extensionsOf(
  db: Reader | Writer,
  turn: Pick<TurnRow, 'session_key' | 'turn_number'>,
): Promise<readonly ExtensionRow[]> {
  return db
    .selectFrom('turn_extensions')
    .selectAll()
    .where('session_key', '=', turn.session_key)
    .where('turn_number', '=', turn.turn_number)
    .execute()
}

/** A turn as it was before anything was added to it: what its recorder said. */
export async function withoutExtensions<Turn extends TurnRow>(
  db: Reader | Writer,
  turn: Turn,
): Promise<Turn> {
  const figures = {
    input_tokens: turn.input_tokens,
    output_tokens: turn.output_tokens,
    cached_input_tokens: turn.cached_input_tokens,
    cost_micro_usd: turn.cost_micro_usd,
  }
  for (const added of await extensionsOf(db, turn)) {
    figures.input_tokens -= added.input_tokens
    figures.output_tokens -= added.output_tokens
    figures.cached_input_tokens -= added.cached_input_tokens
    figures.cost_micro_usd -= added.added_cost_micro_usd
  }
  return { ...turn, ...figures }
}

/** Notes an extension under its key. */
export async function insertExtension(trx: Writer, extension: ExtensionRow): Promise<void> {
  await trx.insertInto('turn_extensions').values(extension).execute()
}

/** Writes the figures of an extended turn. The roll-ups MUST be told in the same transaction. */
export async function saveExtendedTurn(trx: Writer, turn: TurnRow): Promise<void> {
  await trx
    .updateTable('consumption_turns')
    .set({
      input_tokens: turn.input_tokens,
      output_tokens: turn.output_tokens,
      cached_input_tokens: turn.cached_input_tokens,
      cost_micro_usd: turn.cost_micro_usd,
      price_source: turn.price_source,
    })
    .where('id', '=', turn.id)
    .execute()
}
