import type { Reader, Writer } from '../database/database.ts'
import type { AdmissionRow } from './admission-store.ts'
import type { TurnRow } from './ledger-store.ts'

/** The SQL of `exceeded_reservations`: what turns had reserved that used more than that. */

/** What a turn had reserved. */
export interface Reserved {
  readonly input_tokens: number
  readonly output_tokens: number
}

type Turn = Pick<TurnRow, 'session_key' | 'turn_number'>

/** What the turn had reserved when it used more, or null. A direction nothing was reserved for had no estimate to exceed. */
export function exceededBy(
  turn: Pick<TurnRow, 'input_tokens' | 'output_tokens'>,
  admission: Pick<AdmissionRow, 'reserved_input_tokens' | 'reserved_output_tokens'> | undefined,
): Reserved | null {
  const input_tokens = admission?.reserved_input_tokens ?? 0
  const output_tokens = admission?.reserved_output_tokens ?? 0
  const isExceeded =
    (input_tokens > 0 && turn.input_tokens > input_tokens) ||
    (output_tokens > 0 && turn.output_tokens > output_tokens)
  return isExceeded ? { input_tokens, output_tokens } : null
}

/**
 * Notes it beside the turn, which MUST be in the ledger already. A turn that was read from a file may settle several
 * reservations, one after the other: what is noted first stays, as the turn's first answer said it.
 */
export async function noteExceeded(trx: Writer, turn: Turn, reserved: Reserved): Promise<void> {
  await trx
    .insertInto('exceeded_reservations')
    .values({
      session_key: turn.session_key,
      turn_number: turn.turn_number,
      reserved_input_tokens: reserved.input_tokens,
      reserved_output_tokens: reserved.output_tokens,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** What each of some turns had reserved if it used more. */
export async function exceededOf(
  db: Reader | Writer,
  turns: readonly Turn[],
): Promise<(turn: Turn) => Reserved | null> {
  const sessions = [...new Set(turns.map((turn) => turn.session_key))]
  if (sessions.length === 0) return () => null
  const rows = await db
    .selectFrom('exceeded_reservations')
    .selectAll()
    .where('session_key', 'in', sessions)
    .execute()
  const byTurn = new Map(rows.map((row) => [`${row.session_key} ${row.turn_number}`, row]))
  return (turn) => {
    const row = byTurn.get(`${turn.session_key} ${turn.turn_number}`)
    return row === undefined
      ? null
      : { input_tokens: row.reserved_input_tokens, output_tokens: row.reserved_output_tokens }
  }
}
