import { createHash, timingSafeEqual } from 'node:crypto'

/** 256 bits: nobody guesses them, so one round of SHA-256 is enough to keep them. */
export const SECRET_BYTES = 32

/** SHA-256 of a secret: all that is kept of it. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

/** Compares in a time that does not depend on where the two differ, nor on their lengths. */
export function isSameSecret(presented: string, expected: string): boolean {
  return timingSafeEqual(digestOf(presented), digestOf(expected))
}

/** A new secret in the alphabet of URLs and cookies. */
export function newSecret(randomBytes: (count: number) => Uint8Array): string {
  return Buffer.from(randomBytes(SECRET_BYTES)).toString('base64url')
}
