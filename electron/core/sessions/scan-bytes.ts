import { isUtf8 } from 'node:buffer'
import { FileBytes } from './file-bytes.ts'
import {
  ARRAY_CLOSES,
  ARRAY_OPENS,
  BACKSLASH,
  byteAt,
  COLON,
  COMMA,
  NOT_JSON,
  OBJECT_CLOSES,
  OBJECT_OPENS,
  type PaddedBytes,
  QUOTE,
  skipSpace,
  skipString,
  skipValue,
} from './json-skip.ts'
import { interpretSession, readSession } from './read-session.ts'
import {
  type SessionFileFacts,
  type SessionReading,
  UNREADABLE,
  type UnreadableSession,
} from './session-reading.ts'

/**
 * The fast reader. Most of a session file is conversation and traces that Weir does not need. The scanner steps
 * over those, checking that they are JSON, and copies the few members that `interpretSession` looks at into a
 * much smaller JSON text with the same meaning, which then goes the plain reader's way. It is equal to the plain
 * reader by construction wherever the smaller text keeps every needed member in its order; a test proves the rest.
 */

/** Below this size a file the scanner refuses gets the plain reader's verdict too; above it, that would take gigabytes. */
const SECOND_OPINION_BYTES_MAX = 16 * 1024 * 1024

/** The members that count, level by level. */
const ROOT_LEVEL = level(
  ['id', 'user_uuid', 'name', 'created_at', 'provider', 'model', 'input_tokens', 'output_tokens'],
  'last_turn_data',
)
const DATA_LEVEL = level([], 'workflow_history')
const TURN_LEVEL = level([
  'turn',
  'timestamp',
  'provider',
  'model',
  'turn_input_tokens',
  'turn_output_tokens',
  'status',
  'isValid',
  'rag_source_collection_id',
  'rag_efficiency_gain',
  'turn_cost',
  'user_query',
  'duration_ms',
])

interface Level {
  /** Copied when their value is a single value. */
  readonly kept: readonly string[]
  /** Leads one level down. */
  readonly inner: string | null
  /** All of them as bytes by their length: most keys of a file are told apart by it alone. */
  readonly byLength: readonly (readonly KnownKey[])[]
}

interface KnownKey {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Reads sessions one after the other with the same memory. Not for two at once. */
export class FastSessionReader {
  readonly #pruner = new Pruner()
  readonly #copied = new FileBytes()

  /** As `readSession`, faster; `source` as read from a file, or any bytes (which are copied first). */
  read(source: PaddedBytes | Uint8Array, file: SessionFileFacts): SessionReading | UnreadableSession {
    const padded = source instanceof Uint8Array ? this.#pad(source) : source
    const content = padded.bytes.subarray(0, padded.length)
    if (content.length === 0) return readSession(content, file)
    if (!isUtf8(content)) return { kind: 'unreadable', reason: UNREADABLE.notUtf8 }
    const text = this.#pruner.prune(padded)
    if (text !== null) return interpretSession(JSON.parse(text), file)
    if (content.length <= SECOND_OPINION_BYTES_MAX) return readSession(content, file)
    return { kind: 'unreadable', reason: UNREADABLE.notJson }
  }

  #pad(source: Uint8Array): PaddedBytes {
    this.#copied.reserve(source.length).set(source)
    return this.#copied
  }
}

/** The smaller JSON text with all that `interpretSession` looks at, or null when the bytes are not JSON (or nest too deep). */
export function pruneSession(source: Uint8Array): string | null {
  const padded = new FileBytes()
  padded.reserve(source.length).set(source)
  return isUtf8(source) ? new Pruner().prune(padded) : null
}

const TRUE = new TextEncoder().encode('true')

class Pruner {
  #source: PaddedBytes = new FileBytes()
  #out = new Uint8Array(64 * 1024)
  #length = 0

  prune(source: PaddedBytes): string | null {
    this.#source = source
    this.#length = 0
    const hasMark = source.bytes[0] === 0xef && source.bytes[1] === 0xbb && source.bytes[2] === 0xbf
    const end = this.#object(skipSpace(source, hasMark ? 3 : 0), 0, ROOT_LEVEL)
    if (end === NOT_JSON || skipSpace(source, end) !== source.length) return null
    return Buffer.from(this.#out.buffer, 0, this.#length).toString('utf8')
  }

  /** An object with the members of its level; anything else becomes `true`, which is as little an object. */
  #object(from: number, depth: number, level: Level): number {
    const source = this.#source
    if (byteAt(source, from) !== OBJECT_OPENS) return this.#instead(from, depth)
    this.#put(OBJECT_OPENS)
    let at = skipSpace(source, from + 1)
    if (byteAt(source, at) === OBJECT_CLOSES) {
      this.#put(OBJECT_CLOSES)
      return at + 1
    }
    let isFirst = true
    for (;;) {
      const start = at
      if (byteAt(source, at) !== QUOTE) return NOT_JSON
      const keyEnd = skipString(source, at + 1)
      if (keyEnd === NOT_JSON) return NOT_JSON
      at = skipSpace(source, keyEnd)
      if (byteAt(source, at) !== COLON) return NOT_JSON
      const value = skipSpace(source, at + 1)
      const key = knownKey(level, source.bytes, start, keyEnd)
      if (key === undefined) {
        at = skipValue(source, value, depth + 1)
      } else {
        if (!isFirst) this.#put(COMMA)
        isFirst = false
        at = key === level.inner ? this.#inner(start, value, depth, level) : this.#member(start, value, depth)
      }
      if (at === NOT_JSON) return NOT_JSON
      at = skipSpace(source, at)
      if (byteAt(source, at) === OBJECT_CLOSES) {
        this.#put(OBJECT_CLOSES)
        return at + 1
      }
      if (byteAt(source, at) !== COMMA) return NOT_JSON
      at = skipSpace(source, at + 1)
    }
  }

  /** The array of turns; an entry that is no object keeps its place. */
  #history(from: number, depth: number): number {
    const source = this.#source
    if (byteAt(source, from) !== ARRAY_OPENS) return this.#instead(from, depth)
    this.#put(ARRAY_OPENS)
    let at = skipSpace(source, from + 1)
    if (byteAt(source, at) === ARRAY_CLOSES) {
      this.#put(ARRAY_CLOSES)
      return at + 1
    }
    for (;;) {
      at = this.#object(at, depth + 1, TURN_LEVEL)
      if (at === NOT_JSON) return NOT_JSON
      at = skipSpace(source, at)
      const byte = byteAt(source, at)
      if (byte !== COMMA && byte !== ARRAY_CLOSES) return NOT_JSON
      this.#put(byte)
      if (byte === ARRAY_CLOSES) return at + 1
      at = skipSpace(source, at + 1)
    }
  }

  #inner(start: number, value: number, depth: number, level: Level): number {
    this.#copy(start, value)
    return level === ROOT_LEVEL ? this.#object(value, depth + 1, DATA_LEVEL) : this.#history(value, depth + 1)
  }

  /** A member whose value only counts when it is a single value: a container becomes `true`. */
  #member(start: number, value: number, depth: number): number {
    const first = byteAt(this.#source, value)
    if (first === OBJECT_OPENS || first === ARRAY_OPENS) {
      this.#copy(start, value)
      return this.#instead(value, depth + 1)
    }
    const end = skipValue(this.#source, value, depth + 1)
    if (end !== NOT_JSON) this.#copy(start, end)
    return end
  }

  /** Steps over a value and leaves `true` in its place: no object, no array, no number, no text, not null, not false. */
  #instead(from: number, depth: number): number {
    this.#room(TRUE.length)
    this.#out.set(TRUE, this.#length)
    this.#length += TRUE.length
    return skipValue(this.#source, from, depth)
  }

  #put(byte: number): void {
    this.#room(1)
    this.#out[this.#length] = byte
    this.#length += 1
  }

  #copy(from: number, to: number): void {
    this.#room(to - from)
    this.#out.set(this.#source.bytes.subarray(from, to), this.#length)
    this.#length += to - from
  }

  #room(count: number): void {
    if (this.#length + count <= this.#out.length) return
    const larger = new Uint8Array((this.#length + count) * 2)
    larger.set(this.#out.subarray(0, this.#length))
    this.#out = larger
  }
}

function level(kept: readonly string[], inner: string | null = null): Level {
  const byLength: KnownKey[][] = []
  for (const name of inner === null ? kept : [...kept, inner]) {
    const bytes = new TextEncoder().encode(name)
    byLength[bytes.length] ??= []
    byLength[bytes.length]?.push({ name, bytes })
  }
  return { kept, inner, byLength }
}

/** Which key of the level stands between the two quotes, if any; one that is spelt with escapes is read first. */
function knownKey(level: Level, bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start - 2
  for (const key of level.byLength[length] ?? []) {
    let index = 0
    while (index < length && bytes[start + 1 + index] === key.bytes[index]) index += 1
    if (index === length) return key.name
  }
  for (let at = start + 1; at < end - 1; at += 1) {
    if (bytes[at] === BACKSLASH) return spelledKey(level, bytes.subarray(start, end))
  }
  return undefined
}

function spelledKey(level: Level, quoted: Uint8Array): string | undefined {
  const name: unknown = JSON.parse(new TextDecoder().decode(quoted))
  return [...level.kept, level.inner].find((key) => key !== null && key === name) ?? undefined
}
