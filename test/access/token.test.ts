import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isTokenWellFormed,
  newToken,
  tokenPrefix,
  tokenSha256,
  tokenSha256Hex,
} from '../../electron/core/access/token.ts'

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 })
const token = secret.map((bytes) => newToken(() => bytes))
const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

describe('an access token', () => {
  test('is well formed, of one length, and made of letters and digits', () => {
    fc.assert(
      fc.property(token, (made) => {
        expect(isTokenWellFormed(made)).toBe(true)
        expect(made).toMatch(/^weir_[0-9A-Za-z]{49}$/)
      }),
    )
  })

  test('is another one for other random bytes, the smallest and the largest included', () => {
    fc.assert(
      fc.property(secret, secret, (one, other) => {
        expect(newToken(() => one) === newToken(() => other)).toBe(
          Buffer.from(one).equals(Buffer.from(other)),
        )
      }),
    )
    for (const byte of [0, 255])
      expect(isTokenWellFormed(newToken(() => new Uint8Array(32).fill(byte)))).toBe(true)
  })

  test('with any one character mistyped is refused', () => {
    fc.assert(
      fc.property(token, fc.nat(48), fc.constantFrom(...CHARACTERS), (made, place, character) => {
        const at = 'weir_'.length + place
        fc.pre(made.charAt(at) !== character)
        expect(isTokenWellFormed(made.slice(0, at) + character + made.slice(at + 1))).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  test('with a character missing, added, or two swapped is refused', () => {
    fc.assert(
      fc.property(token, fc.nat(47), fc.constantFrom(...CHARACTERS), (made, place, character) => {
        const at = 'weir_'.length + place
        expect(isTokenWellFormed(made.slice(0, at) + made.slice(at + 1))).toBe(false)
        expect(isTokenWellFormed(made.slice(0, at) + character + made.slice(at))).toBe(false)
        const [one, other] = [made.charAt(at), made.charAt(at + 1)]
        fc.pre(one !== other)
        expect(isTokenWellFormed(made.slice(0, at) + other + one + made.slice(at + 2))).toBe(false)
      }),
    )
  })

  test.each([
    '',
    'weir_',
    ' ',
    'Bearer x',
    `weir_${'0'.repeat(49)}x`,
    `WEIR_${'0'.repeat(49)}`,
    `weir_${'ä'.repeat(49)}`,
  ])('is not %j', (text) => {
    expect(isTokenWellFormed(text)).toBe(false)
  })

  test('no other text passes for one', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => !isTokenWellFormed(text)))
    fc.assert(fc.property(fc.stringMatching(/^weir_[0-9A-Za-z]{49}$/), (text) => !isTokenWellFormed(text)))
  })

  test('is known by its SHA-256 and its first ten characters', () => {
    const made = newToken(randomBytes)
    const digest = createHash('sha256').update(made).digest()
    expect(Buffer.from(tokenSha256(made)).equals(digest)).toBe(true)
    expect(tokenSha256Hex(made)).toBe(digest.toString('hex'))
    expect(tokenPrefix(made)).toBe(made.slice(0, 10))
  })
})
