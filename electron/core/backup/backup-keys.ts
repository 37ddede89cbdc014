import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type EpochMs, toIso } from '../../../shared/units.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { readBackup } from './backup-catalogue.ts'
import { type BackupKey, deriveKey, keyDerivation, newKeyDerivation } from './backup-key.ts'
import { isKeyOf } from './encrypted-file.ts'
import type { Manifest } from './manifest.ts'

/** What `backup.key` holds: the key new backups are encrypted with, for they are made while nobody is there to be asked. */
const storedKey = z.strictObject({
  format: z.literal(1),
  set_at: z.iso.datetime(),
  kdf: keyDerivation,
  key: z.string().regex(/^[0-9a-f]{64}$/),
})

/** Whether new backups are encrypted. `unreadable`: they are to be, and the key is damaged or gone; then none is made. */
export type EncryptionState =
  | { readonly state: 'off'; readonly since: null }
  | { readonly state: 'on'; readonly since: string }
  | { readonly state: 'unreadable'; readonly since: null }

/** How one backup stands: `open` can be read without asking anybody, `locked` needs its passphrase first. */
export type Lock = 'none' | 'open' | 'locked'

interface Current extends BackupKey {
  readonly since: string
}

/** More passphrases than a person enters while a process lives; the oldest is asked for again. */
const UNLOCKED_MAX = 8

/**
 * The keys of backups in one data folder: the one of new backups, in `backup.key`, and those entered since the process
 * began, in memory only. The file is never part of a backup: whoever has a backup alone can open nothing with it.
 */
export class BackupKeys {
  readonly #file: string
  #current: Current | 'unreadable' | null
  #isWanted = false
  #unlocked: readonly BackupKey[] = []

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'backup.key')
    this.#current = readKey(this.#file)
  }

  /** Takes what the database says: without its word a key that somebody has removed looks like one that was never set. */
  want(isWanted: boolean): void {
    this.#isWanted = isWanted
  }

  state(): EncryptionState {
    if (this.#current === null && !this.#isWanted) return { state: 'off', since: null }
    return this.#current === null || this.#current === 'unreadable'
      ? { state: 'unreadable', since: null }
      : { state: 'on', since: this.#current.since }
  }

  /**
   * The key of a new backup; null where it is not to be encrypted. Errors: `storage_unavailable` where it cannot be read:
   * a backup that anybody can open would be worse than none.
   */
  forNew(): BackupKey | null {
    if (this.#current === null && !this.#isWanted) return null
    if (this.#current !== null && this.#current !== 'unreadable') return this.#current
    const isGone = this.#current === null
    throw new WeirError(
      'storage_unavailable',
      `Backups are to be encrypted, and the key in ${this.#file} ${isGone ? 'is gone' : 'cannot be read'}. ` +
        'None is made until you set the passphrase of backups again.',
      { details: { backup_key: isGone ? 'gone' : 'damaged' } },
    )
  }

  /** The key of a backup; null where it needs none. Errors: `passphrase_needed`. */
  of({ id, encryption }: Manifest): BackupKey | null {
    if (encryption === undefined) return null
    const key = this.#known().find((one) => isKeyOf(one, encryption))
    if (key !== undefined) return key
    throw new WeirError(
      'passphrase_needed',
      `Backup ${id} is encrypted with a passphrase that is not known here. Enter the one it was made with.`,
      { details: { backup_id: id } },
    )
  }

  /** The same for what lies in a folder; null too where that is no backup, which whoever reads it says. */
  ofFolder(folder: string): BackupKey | null {
    const read = readBackup(folder)
    return 'problem' in read ? null : this.of(read.manifest)
  }

  lockOf({ encryption }: Manifest): Lock {
    if (encryption === undefined) return 'none'
    return this.#known().some((one) => isKeyOf(one, encryption)) ? 'open' : 'locked'
  }

  /** Encrypts new backups from now on, or no longer with null. Backups that are there keep what they were made with. */
  async set(passphrase: string | null, now: EpochMs): Promise<void> {
    if (passphrase === null) {
      rmSync(this.#file, { force: true })
      this.#current = null
      this.#isWanted = false
      return
    }
    const { kdf, key } = await deriveKey(passphrase, newKeyDerivation())
    const since = toIso(now)
    const stored = { format: 1, set_at: since, kdf, key: Buffer.from(key).toString('hex') }
    await writeFileAtomically(this.#file, `${JSON.stringify(stored)}\n`)
    this.#current = { kdf, key, since }
    this.#isWanted = true
  }

  /**
   * Takes the passphrase of one backup, and with it of all that were made with the same, until this process ends. Errors:
   * `passphrase_wrong`; `invalid_request` for a backup that needs none.
   */
  async unlock({ id, encryption }: Manifest, passphrase: string): Promise<void> {
    if (encryption === undefined)
      throw new WeirError('invalid_request', `Backup ${id} is not encrypted: it needs no passphrase.`)
    const key = await deriveKey(passphrase, encryption.kdf)
    if (!isKeyOf(key, encryption))
      throw new WeirError(
        'passphrase_wrong',
        `This is not the passphrase backup ${id} was made with. Without it the backup cannot be opened.`,
      )
    this.#unlocked = [key, ...this.#unlocked].slice(0, UNLOCKED_MAX)
  }

  #known(): readonly BackupKey[] {
    return this.#current === null || this.#current === 'unreadable'
      ? this.#unlocked
      : [this.#current, ...this.#unlocked]
  }
}

/** Whether no backup was made for want of the key, and not because something could not be read or written. */
export function isOfMissingKey(error: WeirError): boolean {
  return error.details['backup_key'] !== undefined
}

function readKey(file: string): Current | 'unreadable' | null {
  if (!existsSync(file)) return null
  try {
    const { kdf, key, set_at } = storedKey.parse(JSON.parse(readFileSync(file, 'utf8')))
    return { kdf, key: Buffer.from(key, 'hex'), since: set_at }
  } catch {
    // Whatever is wrong with it: the reason would only quote the key.
    return 'unreadable'
  }
}
