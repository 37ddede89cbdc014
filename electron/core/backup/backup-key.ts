import { randomBytes, scrypt } from 'node:crypto'
import { z } from 'zod'

/** From a passphrase to a key. The passphrase itself is kept nowhere. */

const KEY_BYTES = 32
const SALT_BYTES = 16
/** 2^17 rounds over 128 MiB: about half a second for whoever knows the passphrase, for each guess of whoever does not. */
const STRENGTH = { log2_n: 17, r: 8, p: 1 } as const

/** How a key is made of a passphrase with scrypt. Of a file somebody may have changed: bounded, or it could take all memory. */
export const keyDerivation = z.strictObject({
  name: z.literal('scrypt'),
  log2_n: z.int().min(14).max(20),
  r: z.int().min(1).max(8),
  p: z.int().min(1).max(4),
  /** In hex. */
  salt: z.string().regex(/^[0-9a-f]{32}$/),
})

/** The parameters of one key. */
export type KeyDerivation = z.output<typeof keyDerivation>

/** A key, and how to make it again of the passphrase. */
export interface BackupKey {
  readonly kdf: KeyDerivation
  /** 32 bytes. */
  readonly key: Uint8Array
}

/** The parameters of a new key. */
export function newKeyDerivation(): KeyDerivation {
  return { name: 'scrypt', ...STRENGTH, salt: randomBytes(SALT_BYTES).toString('hex') }
}

/** Makes the key, in a thread of the platform's. */
export function deriveKey(passphrase: string, kdf: KeyDerivation): Promise<BackupKey> {
  const { log2_n, r, p, salt } = kdf
  const N = 2 ** log2_n
  // The memory scrypt takes, and as much again for what is around it: the platform refuses less.
  const options = { N, r, p, maxmem: 2 * 128 * N * r }
  return new Promise((resolve, reject) => {
    // The same letters typed on another system may come in another form.
    const secret = passphrase.normalize('NFKC')
    scrypt(secret, Buffer.from(salt, 'hex'), KEY_BYTES, options, (error, key) => {
      if (error === null) resolve({ kdf, key })
      else reject(error)
    })
  })
}
