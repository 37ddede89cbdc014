import {
  type EpochMs,
  type MicroUsd,
  TOKENS_MAX,
  TURN_COST_USD_MAX,
  usdToMicroUsd,
} from '../../../shared/units.ts'
import {
  SESSION_DEPTH_MAX,
  SESSION_FILE_BYTES_MAX,
  type SessionFileFacts,
  type SessionReading,
  type TurnReading,
  type TurnStatus,
  UNREADABLE,
  type UnreadableSession,
} from './session-reading.ts'
import { isBookableTime, parseSessionTime } from './session-time.ts'

/**
 * Reading a session file, by the rules 1 to 10 of DESIGN.md, 'Reading session files'. Pure: the same bytes give
 * the same reading. This is the plain reader; `scan-bytes.ts` makes files smaller before they come here.
 */

type JsonObject = Readonly<Record<string, unknown>>

/** Tokens saved or lost by one turn's retrieval; beyond that it is not a count. The bound of the API. */
const RAG_TOKENS_MAX = 1e9
/** About eleven days: the bound the API has for the duration of a turn. */
const DURATION_MS_MAX = 1e9
// Longer texts are cut to what the API accepts, so that a file cannot put more into a row than a request could.
const ID_LENGTH_MAX = 128
const PROVIDER_LENGTH_MAX = 128
const MODEL_LENGTH_MAX = 256
const NAME_LENGTH_MAX = 500
const QUERY_LENGTH_MAX = 20_000

const OUTCOMES: ReadonlyMap<unknown, TurnStatus> = new Map<unknown, TurnStatus>([
  ['failed', 'failed'],
  ['failure', 'failed'],
  ['error', 'failed'],
  ['cancelled', 'partial'],
  ['canceled', 'partial'],
  ['partial', 'partial'],
])

/** What a whole session file says; `source` is its text or its bytes. Never throws for what a file holds. */
export function readSession(
  source: string | Uint8Array,
  file: SessionFileFacts,
): SessionReading | UnreadableSession {
  if (source.length > SESSION_FILE_BYTES_MAX) return unreadable(UNREADABLE.tooLarge)
  const text = typeof source === 'string' ? withoutByteOrderMark(source) : decode(source)
  if (text === null) return unreadable(UNREADABLE.notUtf8)
  if (text === '') return unreadable(UNREADABLE.empty)
  // Before parsing: a megabyte of brackets would become a megabyte of nested objects first.
  if (nestsTooDeep(text)) return unreadable(UNREADABLE.tooDeep)
  const parsed = parse(text)
  return parsed === null ? unreadable(UNREADABLE.notJson) : interpretSession(parsed.document, file)
}

/** What a parsed session document says. Only the members named here are looked at. */
export function interpretSession(
  document: unknown,
  file: SessionFileFacts,
): SessionReading | UnreadableSession {
  if (!isObject(document)) return unreadable(UNREADABLE.notAnObject)
  const provider = textOf(document.provider, PROVIDER_LENGTH_MAX) ?? 'unknown'
  const model = textOf(document.model, MODEL_LENGTH_MAX) ?? 'unknown'
  const entries = turnEntries(document)
  const times = entries.map(({ entry }) => parseSessionTime(entry.timestamp))
  const firstTime = times.find((at) => at !== null)
  const createdAt = parseSessionTime(document.created_at) ?? firstTime ?? fileTime(file.modifiedAtMs)
  const numbers = new TurnNumbers()
  const turns = entries.map(({ entry, place }, index) =>
    readTurn(entry, numbers.take(entry.turn, place), times[index] ?? createdAt, provider, model),
  )
  const sessionInputTokens = countOf(document.input_tokens) ?? null
  const sessionOutputTokens = countOf(document.output_tokens) ?? null
  const turnsInputTokens = turns.reduce((sum, turn) => sum + turn.inputTokens, 0)
  const turnsOutputTokens = turns.reduce((sum, turn) => sum + turn.outputTokens, 0)
  return {
    kind: 'session',
    userId: file.userId,
    sessionId: file.sessionId,
    name: textOf(document.name, NAME_LENGTH_MAX),
    createdAt,
    provider,
    model,
    turns,
    sessionInputTokens,
    sessionOutputTokens,
    turnsInputTokens,
    turnsOutputTokens,
    outsideInputTokens: Math.max(0, (sessionInputTokens ?? 0) - turnsInputTokens),
    outsideOutputTokens: Math.max(0, (sessionOutputTokens ?? 0) - turnsOutputTokens),
    lastTurnNumber: numbers.highest,
    ...claimsOf(document, file),
  }
}

/** Whose session the file says it is, where its place says otherwise. */
function claimsOf(document: JsonObject, file: SessionFileFacts): Pick<SessionReading, 'claims'> {
  const sessionId = textOf(document.id, ID_LENGTH_MAX) ?? file.sessionId
  const userId = textOf(document.user_uuid, ID_LENGTH_MAX) ?? file.userId
  return sessionId === file.sessionId && userId === file.userId ? {} : { claims: { userId, sessionId } }
}

function readTurn(
  entry: JsonObject,
  turnNumber: number,
  occurredAt: EpochMs,
  sessionProvider: string,
  sessionModel: string,
): TurnReading {
  // Collection 0 is a real one: only null and nothing at all mean "not guided".
  const ragUsed = entry.rag_source_collection_id !== undefined && entry.rag_source_collection_id !== null
  return {
    turnNumber,
    occurredAt,
    provider: textOf(entry.provider, PROVIDER_LENGTH_MAX) ?? sessionProvider,
    model: textOf(entry.model, MODEL_LENGTH_MAX) ?? sessionModel,
    inputTokens: countOf(entry.turn_input_tokens) ?? 0,
    outputTokens: countOf(entry.turn_output_tokens) ?? 0,
    cachedInputTokens: 0,
    status: OUTCOMES.get(entry.status) ?? 'success',
    isValid: entry.isValid !== false,
    ragUsed,
    ragTokensSaved: ragUsed ? savedTokens(entry.rag_efficiency_gain) : 0,
    costMicroUsd: costOf(entry.turn_cost),
    userQuery: textOf(entry.user_query, QUERY_LENGTH_MAX),
    durationMs: countOf(entry.duration_ms, DURATION_MS_MAX) ?? null,
  }
}

/** Numbers of turns: the file's own if it is a positive integer that is still free, else the place, else the next free one after it. */
class TurnNumbers {
  readonly #used = new Set<number>()
  // Places only rise and numbers are never given back, so the search for a free one never has to start over.
  #nextFree = 1
  highest = 0

  take(own: unknown, place: number): number {
    const wanted = typeof own === 'number' && Number.isSafeInteger(own) && own > 0 && !this.#used.has(own)
    const turnNumber = wanted ? own : this.#freeFrom(place)
    this.#used.add(turnNumber)
    this.highest = Math.max(this.highest, turnNumber)
    return turnNumber
  }

  #freeFrom(place: number): number {
    this.#nextFree = Math.max(this.#nextFree, place)
    while (this.#used.has(this.#nextFree)) this.#nextFree += 1
    return this.#nextFree
  }
}

/** The objects in `last_turn_data.workflow_history` with their places, from 1. */
function turnEntries(document: JsonObject): { readonly entry: JsonObject; readonly place: number }[] {
  const data = document.last_turn_data
  const history = isObject(data) ? data.workflow_history : undefined
  if (!Array.isArray(history)) return []
  return history.flatMap((entry: unknown, index) => (isObject(entry) ? [{ entry, place: index + 1 }] : []))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A whole number from 0 to `max`, or undefined: negative, broken, endless and quoted numbers count as missing. */
function countOf(value: unknown, max: number = TOKENS_MAX): number | undefined {
  // Adding 0 turns the -0 that JSON can spell into 0.
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max
    ? value + 0
    : undefined
}

function savedTokens(value: unknown): number {
  const isCount = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= RAG_TOKENS_MAX
  return isCount ? value + 0 : 0
}

function costOf(value: unknown): MicroUsd | null {
  if (typeof value !== 'number' || !(value >= 0 && value <= TURN_COST_USD_MAX)) return null
  return usdToMicroUsd(value) + 0
}

// Halves of UTF-16 pairs and NUL: JSON can spell them, a database text cannot hold them.
const NOT_STORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

function textOf(value: unknown, lengthMax: number): string | null {
  if (typeof value !== 'string' || value === '') return null
  return value.slice(0, lengthMax).replace(NOT_STORABLE, '\uFFFD')
}

function fileTime(modifiedAtMs: number): EpochMs {
  const at = Math.floor(modifiedAtMs)
  // A file system can hold any time; one that no period exists for is as good as the first of all.
  return isBookableTime(at) ? at : 0
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

// A decoder takes it off by itself; a text that was decoded elsewhere may still have it.
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function parse(text: string): { readonly document: unknown } | null {
  try {
    return { document: JSON.parse(text) }
  } catch (error) {
    // Its message quotes the text around the fault, which may be a person's prompt: it goes no further.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ARRAY_OPENS = 0x5b
const ARRAY_CLOSES = 0x5d
const OBJECT_OPENS = 0x7b
const OBJECT_CLOSES = 0x7d

function nestsTooDeep(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === BACKSLASH) at += 1
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) {
      isInString = true
    } else if (code === OBJECT_OPENS || code === ARRAY_OPENS) {
      depth += 1
      if (depth > SESSION_DEPTH_MAX) return true
    } else if (code === OBJECT_CLOSES || code === ARRAY_CLOSES) {
      depth -= 1
    }
  }
  return false
}

function unreadable(reason: string): UnreadableSession {
  return { kind: 'unreadable', reason }
}
