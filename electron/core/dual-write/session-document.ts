import type { ParsedInput } from '../../../shared/contract/index.ts'
import { usdToMicroUsd } from '../../../shared/units.ts'

/**
 * The session file Weir writes, in the platform's own form (DESIGN 6): what its tools, and the reader of
 * `electron/core/sessions`, read back is what was recorded. Pure.
 */

type Turn = ParsedInput<'turns.record'>

/** A session file as it stands; members Weir does not know are kept as they are. */
export type SessionDocument = Readonly<Record<string, unknown>>

/** What appending came to: the new document, or that the turn is in it already, with these or with other figures. */
export type Appended =
  | { readonly kind: 'added'; readonly document: SessionDocument }
  | { readonly kind: 'there' }
  | { readonly kind: 'differs'; readonly differing: readonly string[] }

/** The API does not name the collection that guided a turn; the file only says that one did. */
const UNNAMED_COLLECTION = 'unknown'

/**
 * A document with a turn more.
 *
 * @param turn with the time it happened
 * @param query what may be kept of its question
 */
export function appendTurn(
  document: SessionDocument | null,
  turn: Turn & { readonly occurred_at: string },
  query: string | null,
): Appended {
  const base = document ?? newDocument(turn)
  const data = membersOf(base['last_turn_data'])
  const history: readonly unknown[] = Array.isArray(data['workflow_history']) ? data['workflow_history'] : []
  const entry = entryOf(turn, query)
  const held = history.find((one) => membersOf(one)['turn'] === turn.turn_number)
  if (held !== undefined) {
    const differing = FIGURES.filter((name) => figureOf(membersOf(held), name) !== figureOf(entry, name))
    return differing.length === 0 ? { kind: 'there' } : { kind: 'differs', differing }
  }
  return {
    kind: 'added',
    document: {
      ...base,
      ...(turn.session_name === undefined ? {} : { name: turn.session_name }),
      input_tokens: countOf(base['input_tokens']) + turn.input_tokens,
      output_tokens: countOf(base['output_tokens']) + turn.output_tokens,
      last_turn_data: { ...data, workflow_history: [...history, entry] },
    },
  }
}

function newDocument(turn: Turn & { readonly occurred_at: string }): SessionDocument {
  return {
    id: turn.session_id,
    user_uuid: turn.user_id,
    name: turn.session_name ?? null,
    created_at: turn.occurred_at,
    provider: turn.provider,
    model: turn.model,
    input_tokens: 0,
    output_tokens: 0,
    session_history: [],
    chat_object: [],
    last_turn_data: { workflow_history: [] },
  }
}

function entryOf(turn: Turn & { readonly occurred_at: string }, query: string | null): SessionDocument {
  const isGuided = turn.rag_used ?? false
  return {
    turn: turn.turn_number,
    ...(query === null ? {} : { user_query: query }),
    timestamp: turn.occurred_at,
    provider: turn.provider,
    model: turn.model,
    turn_input_tokens: turn.input_tokens,
    turn_output_tokens: turn.output_tokens,
    ...(turn.cached_input_tokens === undefined ? {} : { turn_cached_input_tokens: turn.cached_input_tokens }),
    status: turn.status ?? 'success',
    isValid: true,
    ...(isGuided && {
      rag_source_collection_id: UNNAMED_COLLECTION,
      rag_efficiency_gain: turn.rag_tokens_saved ?? 0,
    }),
    ...(turn.cost_usd === undefined ? {} : { turn_cost: turn.cost_usd }),
    ...(turn.duration_ms === undefined ? {} : { duration_ms: turn.duration_ms }),
  }
}

/** What makes two turns of one number the same turn. */
const FIGURES = [
  'provider',
  'model',
  'turn_input_tokens',
  'turn_output_tokens',
  'status',
  'turn_cost',
] as const

function figureOf(entry: SessionDocument, name: (typeof FIGURES)[number]): unknown {
  const value = entry[name] ?? null
  return name === 'turn_cost' && typeof value === 'number' ? usdToMicroUsd(value) : value
}

function membersOf(value: unknown): SessionDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as SessionDocument)
    : {}
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
}
