import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, fdatasyncSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { assert } from '../kernel/weir-error.ts'
import type { BackupKey } from './backup-key.ts'
import { damaged, type Encryption } from './manifest.ts'

/**
 * The format of an encrypted backup file: a header of 64 bytes, then chunks, each sealed by itself with AES-256-GCM. The
 * key of a file is made of the stored one and a salt of its own, so that a chunk's number is enough for a nonce; the last
 * chunk says in its nonce that it is the last, and the header is authenticated with every chunk. A bit that has flipped,
 * a chunk that is missing, doubled or in another's place, and a file that was cut or added to are all refused.
 */

const MAGIC = 'WEIRENC1'
const HEADER_BYTES = 64
/** Small enough that a worker holds two of them, large enough that the 16 bytes each costs are nothing. */
const CHUNK_BYTES = 1024 * 1024
const TAG_BYTES = 16
const NONCE_BYTES = 12
const SALT_BYTES = 32
/** Each piece is synced by itself, as `copyInPieces` does. */
const CHUNKS_A_PIECE = 8

/** Bytes of a file that are through, of all. */
interface Progress {
  readonly done: number
  readonly total: number
}

/** The file that was written or read: the encrypted one. */
interface EncryptedFile {
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
}

/** Encrypts a file into another, synced piece by piece; yields the bytes read so far. */
export function* encryptInPieces(
  from: string,
  to: string,
  { kdf, key }: BackupKey,
): Generator<Progress, EncryptedFile & { readonly encryption: Encryption }> {
  const salt = randomBytes(SALT_BYTES)
  const encryption = {
    cipher: 'aes-256-gcm',
    kdf,
    salt: salt.toString('hex'),
    key_check: checkOf(key, salt),
  } as const
  const header = headerOf(encryption)
  const fileKey = fileKeyOf(key, salt)
  const hash = createHash('sha256').update(header)
  const plain = Buffer.alloc(CHUNK_BYTES)
  const source = openSync(from, 'r')
  const target = openSync(to, 'wx', 0o600)
  let bytes = header.length
  try {
    writeAll(target, header)
    const total = fstatSync(source).size
    const chunks = Math.max(1, Math.ceil(total / CHUNK_BYTES))
    for (let index = 0; index < chunks; index += 1) {
      const isLast = index === chunks - 1
      const part = plain.subarray(0, isLast ? total - index * CHUNK_BYTES : CHUNK_BYTES)
      assert(readAll(source, part), 'a snapshot does not shrink while it is encrypted')
      const cipher = createCipheriv('aes-256-gcm', fileKey, nonceOf(index, isLast)).setAAD(header)
      for (const piece of [cipher.update(part), cipher.final(), cipher.getAuthTag()]) {
        hash.update(piece)
        writeAll(target, piece)
        bytes += piece.length
      }
      if (!isLast && (index + 1) % CHUNKS_A_PIECE !== 0) continue
      fdatasyncSync(target)
      yield { done: isLast ? total : (index + 1) * CHUNK_BYTES, total }
    }
    fsyncSync(target)
  } finally {
    closeSync(source)
    closeSync(target)
  }
  return { bytes, sha256: hash.digest('hex'), encryption }
}

/**
 * Decrypts a file into a private one; yields the bytes read so far. What is written before a damaged chunk is of no use:
 * the caller removes it. Errors: `backup_damaged`.
 */
export function* decryptInPieces(
  from: string,
  to: string,
  encryption: Encryption,
  { key }: BackupKey,
): Generator<Progress, EncryptedFile> {
  const header = headerOf(encryption)
  const fileKey = fileKeyOf(key, Buffer.from(encryption.salt, 'hex'))
  const hash = createHash('sha256')
  const sealed = Buffer.alloc(CHUNK_BYTES + TAG_BYTES)
  const source = openSync(from, 'r')
  const target = openSync(to, 'w', 0o600)
  try {
    const total = fstatSync(source).size
    const found = Buffer.alloc(HEADER_BYTES)
    if (!readAll(source, found) || !found.equals(header)) throw damaged('its first bytes have changed')
    hash.update(found)
    const body = total - HEADER_BYTES
    const chunks = Math.ceil(body / sealed.length)
    if (chunks === 0) throw damaged('it was cut short')
    for (let index = 0; index < chunks; index += 1) {
      const isLast = index === chunks - 1
      const part = sealed.subarray(0, isLast ? body - index * sealed.length : sealed.length)
      if (!readAll(source, part)) throw damaged('it was cut short')
      hash.update(part)
      writeAll(target, openChunk(part, fileKey, nonceOf(index, isLast), header))
      if (!isLast && (index + 1) % CHUNKS_A_PIECE !== 0) continue
      fdatasyncSync(target)
      yield { done: isLast ? total : HEADER_BYTES + (index + 1) * sealed.length, total }
    }
    fsyncSync(target)
    return { bytes: total, sha256: hash.digest('hex') }
  } finally {
    closeSync(source)
    closeSync(target)
  }
}

/** Whether a key is the one a file was encrypted with; the file itself is not read. */
export function isKeyOf({ key }: BackupKey, encryption: Encryption): boolean {
  return checkOf(key, Buffer.from(encryption.salt, 'hex')) === encryption.key_check
}

/** Errors: `backup_damaged` for anything but the chunk that was sealed at this place of this file. */
function openChunk(part: Buffer, key: Buffer, nonce: Buffer, header: Buffer): Buffer {
  if (part.length < TAG_BYTES) throw damaged('it was cut short')
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(header)
    .setAuthTag(part.subarray(part.length - TAG_BYTES))
  try {
    const text = decipher.update(part.subarray(0, part.length - TAG_BYTES))
    // Only this says whether the tag is right; before it nothing of the chunk may be used.
    decipher.final()
    return text
  } catch {
    throw damaged('its bytes have changed')
  }
}

function headerOf({ kdf, salt }: Encryption): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write(MAGIC, 0, 'latin1')
  header.set([kdf.log2_n, kdf.r, kdf.p], 8)
  header.write(kdf.salt, 12, 'hex')
  header.write(salt, 28, 'hex')
  header.writeUInt32BE(CHUNK_BYTES, 60)
  return header
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeUInt32BE(index, 7)
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0
  return nonce
}

function fileKeyOf(key: Uint8Array, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'weir backup file', 32))
}

function checkOf(key: Uint8Array, salt: Buffer): string {
  return Buffer.from(hkdfSync('sha256', key, salt, 'weir backup check', 16)).toString('hex')
}

/** Fills the buffer; false where the file ends before. */
function readAll(file: number, into: Buffer): boolean {
  for (let done = 0; done < into.length; ) {
    const read = readSync(file, into, done, into.length - done, null)
    if (read === 0) return false
    done += read
  }
  return true
}

/** A short write means that the disk is full; the next one says so. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}
