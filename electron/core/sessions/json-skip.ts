import { SESSION_DEPTH_MAX } from './session-reading.ts'

/**
 * Steps over JSON values in bytes and checks on the way that they are JSON, exactly as strictly as JSON.parse.
 * The bytes must be valid UTF-8 and end in at least four zero bytes (`PaddedBytes`): a zero is nowhere allowed
 * in JSON, so every loop stops at the end without asking where the end is.
 */

/** Bytes with room behind them, and the same memory as 32-bit words for the fast loop over strings. */
export interface PaddedBytes {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  /** How many bytes are content; zeros follow. */
  readonly length: number
}

/** No JSON value is there. All functions here answer with the position behind what they stepped over, or with this. */
export const NOT_JSON = -1

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const BACKSLASH = 0x5c
export const ARRAY_OPENS = 0x5b
export const ARRAY_CLOSES = 0x5d
export const OBJECT_OPENS = 0x7b
export const OBJECT_CLOSES = 0x7d
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const LOWER_U = 0x75
const CASE_BIT = 0x20

/** Every bit pattern of four equal bytes that the word test of `skipString` needs. */
const FOUR_ONES = 0x01010101
const FOUR_SPACES = 0x20202020
const FOUR_QUOTES = 0x22222222
const FOUR_BACKSLASHES = 0x5c5c5c5c
const FOUR_HIGH_BITS = 0x80808080 | 0

const IS_SPACE = byteSet(' \t\n\r')
const IS_ESCAPE = byteSet('"\\/bfnrt')
const IS_HEX = byteSet('0123456789abcdefABCDEF')

function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256)
  for (const character of characters) set[character.charCodeAt(0)] = 1
  return set
}

/** The byte at a position; every position up to the padding has one. */
export function byteAt(source: PaddedBytes, at: number): number {
  return source.bytes[at] as number
}

/** The position of the next byte that is not white space. */
export function skipSpace(source: PaddedBytes, from: number): number {
  const { bytes } = source
  let at = from
  while (IS_SPACE[bytes[at] as number] === 1) at += 1
  return at
}

/** Steps over the rest of a string; `from` is behind its opening quote. */
export function skipString(source: PaddedBytes, from: number): number {
  const { bytes, words } = source
  let at = from
  for (;;) {
    if ((at & 3) === 0) {
      // Four bytes a step while none of them is a control character, a quote or a backslash: subtracting borrows
      // into the high bit of a byte exactly when it was smaller; bytes that had it set before are masked out.
      let index = at >> 2
      for (;;) {
        const word = words[index] as number
        const quote = word ^ FOUR_QUOTES
        const backslash = word ^ FOUR_BACKSLASHES
        const found =
          ((word - FOUR_SPACES) & ~word) |
          ((quote - FOUR_ONES) & ~quote) |
          ((backslash - FOUR_ONES) & ~backslash)
        if ((found & FOUR_HIGH_BITS) !== 0) break
        index += 1
      }
      at = index << 2
    }
    const byte = bytes[at] as number
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH) {
      at = skipEscape(bytes, at + 1)
      if (at === NOT_JSON) return NOT_JSON
    } else if (byte < 0x20) {
      return NOT_JSON
    } else {
      at += 1
    }
  }
}

function skipEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number
  if (IS_ESCAPE[byte] === 1) return at + 1
  if (byte !== LOWER_U) return NOT_JSON
  for (let digit = 1; digit <= 4; digit += 1) {
    // One after the other: the first that is not a digit may be the last byte there is.
    if (IS_HEX[bytes[at + digit] as number] !== 1) return NOT_JSON
  }
  return at + 5
}

/** Steps over any value; `depth` is how many containers it stands in. */
export function skipValue(source: PaddedBytes, from: number, depth: number): number {
  const byte = source.bytes[from] as number
  if (byte === QUOTE) return skipString(source, from + 1)
  if (byte === OBJECT_OPENS) return skipObject(source, from + 1, depth + 1)
  if (byte === ARRAY_OPENS) return skipArray(source, from + 1, depth + 1)
  return skipScalar(source.bytes, from)
}

function skipObject(source: PaddedBytes, from: number, depth: number): number {
  if (depth > SESSION_DEPTH_MAX) return NOT_JSON
  const { bytes } = source
  let at = skipSpace(source, from)
  if (bytes[at] === OBJECT_CLOSES) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return NOT_JSON
    at = skipString(source, at + 1)
    if (at === NOT_JSON) return NOT_JSON
    at = skipSpace(source, at)
    if (bytes[at] !== COLON) return NOT_JSON
    at = skipValue(source, skipSpace(source, at + 1), depth)
    if (at === NOT_JSON) return NOT_JSON
    at = skipSpace(source, at)
    if (bytes[at] === OBJECT_CLOSES) return at + 1
    if (bytes[at] !== COMMA) return NOT_JSON
    at = skipSpace(source, at + 1)
  }
}

function skipArray(source: PaddedBytes, from: number, depth: number): number {
  if (depth > SESSION_DEPTH_MAX) return NOT_JSON
  const { bytes } = source
  let at = skipSpace(source, from)
  if (bytes[at] === ARRAY_CLOSES) return at + 1
  for (;;) {
    at = skipValue(source, at, depth)
    if (at === NOT_JSON) return NOT_JSON
    at = skipSpace(source, at)
    if (bytes[at] === ARRAY_CLOSES) return at + 1
    if (bytes[at] !== COMMA) return NOT_JSON
    at = skipSpace(source, at + 1)
  }
}

const LITERALS = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word))

function skipScalar(bytes: Uint8Array, from: number): number {
  const first = bytes[from] as number
  if (first === MINUS || isDigit(first)) return skipNumber(bytes, from)
  for (const literal of LITERALS) {
    if (first === literal[0]) return skipLiteral(bytes, from, literal)
  }
  return NOT_JSON
}

function skipLiteral(bytes: Uint8Array, from: number, literal: Uint8Array): number {
  for (let index = 1; index < literal.length; index += 1) {
    if (bytes[from + index] !== literal[index]) return NOT_JSON
  }
  return from + literal.length
}

function skipNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from
  // A zero stands alone: 01 is no number.
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at)
  if (at === NOT_JSON) return NOT_JSON
  if (bytes[at] === POINT) {
    at = skipDigits(bytes, at + 1)
    if (at === NOT_JSON) return NOT_JSON
  }
  if (((bytes[at] as number) | CASE_BIT) === 0x65) {
    const sign = bytes[at + 1]
    at = skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1)
  }
  return at
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from
  while (isDigit(bytes[at] as number)) at += 1
  return at === from ? NOT_JSON : at
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}
