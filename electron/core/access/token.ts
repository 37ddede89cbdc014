import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { RandomBytes } from '../kernel/ports.ts'

/** How an access token is made: `weir_`, 256 random bits, and a checksum that tells a mistyped token from an unknown one. */

const MARK = 'weir_'
// Letters and digits only: a double click selects the whole token, and no shell needs quotes around it.
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 256 bits cannot be guessed, which is also why a plain digest of them is enough at rest. */
const SECRET_BYTES = 32
/** 62^43 is the first power above 2^256. */
const SECRET_CHARACTERS = 43
/** 62^6 is the first power above 2^32, the size of the checksum. */
const CHECKSUM_CHARACTERS = 6
const TOKEN_CHARACTERS = MARK.length + SECRET_CHARACTERS + CHECKSUM_CHARACTERS
/** Of the ten characters five are random: enough to recognise a token by, 227 bits short of calling with it. */
const PREFIX_CHARACTERS = 10
const SHAPE = /^weir_[0-9A-Za-z]{49}$/

/** A new token, shown to a person once. */
export function newToken(randomBytes: RandomBytes): string {
  const secret = BigInt(`0x${Buffer.from(randomBytes(SECRET_BYTES)).toString('hex')}`)
  const body = MARK + toBase62(secret, SECRET_CHARACTERS)
  return body + checksumOf(body)
}

/** Whether the text can be a token at all: its shape and its checksum. No token with one wrong or missing character passes. */
export function isTokenWellFormed(text: string): boolean {
  if (text.length !== TOKEN_CHARACTERS || !SHAPE.test(text)) return false
  const body = text.slice(0, -CHECKSUM_CHARACTERS)
  return checksumOf(body) === text.slice(-CHECKSUM_CHARACTERS)
}

/** What a token of somebody else's making must at least be; a shorter one could be guessed. */
const FOREIGN_TOKEN = /^(?!weir_)[\x21-\x7e]{20,512}$/

/** Whether the text may be a token that was taken over with its hash: nothing more can be told of its shape. */
export function isForeignToken(text: string): boolean {
  return FOREIGN_TOKEN.test(text)
}

/** SHA-256 of the token, in hexadecimal: what caches are keyed by. */
export function tokenSha256Hex(token: string): string {
  return hash('sha256', token, 'hex')
}

/** SHA-256 of the token, 32 bytes: all the database knows of it. */
export function tokenSha256(token: string): Uint8Array {
  return Buffer.from(tokenSha256Hex(token), 'hex')
}

/** The first characters, kept to recognise the token by. */
export function tokenPrefix(token: string): string {
  return token.slice(0, PREFIX_CHARACTERS)
}

/** CRC-32 rather than a piece of a digest: it finds every single wrong character for certain, not just very likely. */
function checksumOf(body: string): string {
  let text = ''
  // Plain numbers, not `toBase62`: every request checks a token, and 32 bits fit.
  for (let rest = crc32(body); text.length < CHECKSUM_CHARACTERS; rest = Math.floor(rest / ALPHABET.length)) {
    text = ALPHABET.charAt(rest % ALPHABET.length) + text
  }
  return text
}

function toBase62(value: bigint, characters: number): string {
  const base = BigInt(ALPHABET.length)
  let text = ''
  for (let rest = value; text.length < characters; rest /= base)
    text = ALPHABET.charAt(Number(rest % base)) + text
  return text
}
