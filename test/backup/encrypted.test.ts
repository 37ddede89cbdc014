import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BackupKey } from '../../electron/core/backup/backup-key.ts'
import { decryptInPieces, encryptInPieces } from '../../electron/core/backup/encrypted-file.ts'
import type { Encryption } from '../../electron/core/backup/manifest.ts'
import { SCHEMA_VERSION } from '../../electron/core/database/open-handle.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { call, makeBackup, record, restore, turnsOf, value } from '../restore/restore-fixture.ts'
import { oldDatabase, wholeVersion } from '../restore/upgrade-fixture.ts'
import { announceSeed, Random } from '../support/random.ts'
import { temporaryFolder } from '../support/session-files.ts'
import { configOf, OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const PASSPHRASE = 'nine red kites over the harbour'
const OTHER = 'ten blue kites over the river'
const MEBIBYTE = 1024 * 1024

let open: TestWeir
let other: TestWeir | undefined
let folder: ReturnType<typeof temporaryFolder>
beforeEach(async () => {
  folder = temporaryFolder()
  open = await openWeir(SYSTEM_CLOCK)
})
afterEach(async () => {
  await other?.close()
  other = undefined
  await open.close()
  folder.remove()
})

const set = (passphrase: string | null) => value(open.weir, 'backups.setPassphrase', { passphrase })
const folderOf = (id: string, dataDir = open.dataDir) => join(dataDir, 'backups', id)

/** Every file under a folder as text. */
function contentsOf(dir: string): string {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  return files.map((one) => readFileSync(join(one.parentPath, one.name), 'latin1')).join('\n')
}

describe('with a passphrase set', () => {
  test('a backup is encrypted, proved, copied and restored without anybody being asked', async () => {
    const second = folder.path
    expect(await set(PASSPHRASE)).toMatchObject({ state: 'on' })
    expect(statSync(join(open.dataDir, 'backup.key')).mode & 0o777).toBe(0o600)
    await open.weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    await record(open.weir, 'alice', 1)
    const id = await makeBackup(open.weir)
    expect(readdirSync(folderOf(id)).sort()).toEqual(['auth.db.encrypted', 'manifest.json', 'verified.json'])
    const bytes = readFileSync(join(folderOf(id), 'auth.db.encrypted'), 'latin1')
    expect(bytes).not.toContain('SQLite format')
    expect(bytes).not.toContain('alice')
    expect(open.weir.backups.entries()).toMatchObject([{ id, status: 'verified', lock: 'open' }])
    await value(open.weir, 'settings.update', { backup_copy_dir: second })
    await value(open.weir, 'backups.copy', { backup_id: id })
    expect(readdirSync(join(second, id)).sort()).toEqual(['auth.db.encrypted', 'manifest.json'])
    await record(open.weir, 'alice', 2)
    expect(await restore(open.weir, id)).toMatchObject({ status: 'done' })
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2])
    expect(readdirSync(join(open.dataDir, 'backups')).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('a backup that would begin while the passphrase changes waits for its end, and is made with the new one', async () => {
    await set(PASSPHRASE)
    const changing = set(OTHER)
    expect(await call(open.weir, 'backups.create', {})).toMatchObject({
      ok: false,
      problem: { code: 'busy' },
    })
    await changing
    const id = await makeBackup(open.weir)
    expect(open.weir.backups.entries()).toMatchObject([{ id, status: 'verified', lock: 'open' }])
  })

  test('the nightly backup uses it, also after the next start', async () => {
    await set(PASSPHRASE)
    await open.weir.close()
    open = { ...open, weir: await createWeir(configOf(open.dataDir), open.weir.ports) }
    const { run_id } = await value(open.weir, 'jobs.run', { job: 'backup' })
    await open.weir.jobs.finished(run_id)
    expect(open.weir.backups.entries()).toMatchObject([{ reason: 'daily', status: 'verified', lock: 'open' }])
  })

  test('the passphrase stands nowhere, and its key in no backup', async () => {
    await set(PASSPHRASE)
    const id = await makeBackup(open.weir)
    const { key } = JSON.parse(readFileSync(join(open.dataDir, 'backup.key'), 'utf8')) as { key: string }
    expect(contentsOf(open.dataDir)).not.toContain(PASSPHRASE)
    expect(contentsOf(folderOf(id))).not.toContain(key)
    expect(JSON.stringify(open.log.lines)).not.toContain(PASSPHRASE)
  })

  test('no backup is made where the key is damaged: one that anybody can open would be worse', async () => {
    await set(PASSPHRASE)
    await open.weir.close()
    writeFileSync(join(open.dataDir, 'backup.key'), '{')
    open = { ...open, weir: await createWeir(configOf(open.dataDir), open.weir.ports) }
    await expect(open.weir.backups.create({ reason: 'manual' }, OPERATOR)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect((await value(open.weir, 'backups.list', {})).encryption.state).toBe('unreadable')
    await set(OTHER)
    expect(await makeBackup(open.weir)).toBeDefined()
  })
})

describe('with the key removed from the data folder', () => {
  const again = async () => {
    await open.weir.close()
    open = { ...open, weir: await createWeir(configOf(open.dataDir), open.weir.ports) }
  }
  const removeKey = async () => {
    rmSync(join(open.dataDir, 'backup.key'))
    await again()
  }
  const check = async () => (await open.weir.readiness.run()).checks.find(({ id }) => id === 'backup-key')
  const alerts = async () => (await value(open.weir, 'alerts.list', {})).alerts.map(({ title }) => title)

  test('no backup is made, readiness and an alert say why, and setting the passphrase again mends it', async () => {
    await set(PASSPHRASE)
    const first = await makeBackup(open.weir)
    expect(await check()).toMatchObject({ state: 'ok' })
    await removeKey()
    const refused = expect.objectContaining({
      code: 'storage_unavailable',
      message: expect.stringMatching(/backup\.key is gone\. .* set the passphrase of backups again\.$/),
    })
    await expect(open.weir.backups.create({ reason: 'manual' }, OPERATOR)).rejects.toEqual(refused)
    const { run_id } = await value(open.weir, 'jobs.run', { job: 'backup' })
    expect(await open.weir.jobs.finished(run_id)).toMatchObject({ status: 'failed' })
    expect(readdirSync(join(open.dataDir, 'backups'))).toEqual([first])
    expect((await value(open.weir, 'backups.list', {})).encryption.state).toBe('unreadable')
    expect(await check()).toMatchObject({ state: 'attention', fix: { path: '/backups' } })
    await again()
    expect((await alerts()).filter((title) => title.includes('key of encrypted backups'))).toHaveLength(1)
    await set(OTHER)
    expect(await check()).toMatchObject({ state: 'ok' })
    await makeBackup(open.weir)
    expect(open.weir.backups.entries()).toMatchObject([{ lock: 'open' }, { id: first, lock: 'locked' }])
    await again()
    expect(await check()).toMatchObject({ state: 'ok' })
  })

  test('plain ones are made again once encryption is switched off', async () => {
    await set(PASSPHRASE)
    await removeKey()
    await set(null)
    await makeBackup(open.weir)
    await again()
    await makeBackup(open.weir)
    expect(open.weir.backups.entries().map(({ lock }) => lock)).toEqual(['none', 'none'])
    expect(await check()).toMatchObject({ state: 'ok' })
  })

  test('a restore of a plain backup of before does not make later ones plain', async () => {
    await open.weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    const plain = await makeBackup(open.weir)
    await set(PASSPHRASE)
    expect(await restore(open.weir, plain)).toMatchObject({ status: 'done' })
    await removeKey()
    await expect(open.weir.backups.create({ reason: 'manual' }, OPERATOR)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect(await restore(open.weir, plain)).toMatchObject({
      status: 'failed',
      error: { code: 'storage_unavailable' },
    })
  })

  test('a newer Weir makes no plain backup before it brings the database up to date, and leaves it as it was', async () => {
    const dataDir = join(folder.path, 'older')
    oldDatabase(dataDir, SCHEMA_VERSION - 1)
    const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
    handle.exec(`insert into system_settings (name, value, updated_at)
      values ('backup_encryption', '"2026-11-24T10:00:00.000Z"', 0)`)
    handle.close()
    await expect(createWeir(configOf(dataDir), open.weir.ports)).rejects.toMatchObject({
      code: 'storage_unavailable',
      message: expect.stringMatching(/backup\.key is gone.*Nothing was changed/s),
    })
    expect(wholeVersion(join(dataDir, 'auth.db'))).toBe(SCHEMA_VERSION - 1)
    expect(existsSync(join(dataDir, 'backups')) ? readdirSync(join(dataDir, 'backups')) : []).toEqual([])
  })

  test('a key that is there is remembered where the database does not know of it', async () => {
    await set(PASSPHRASE)
    await open.weir.close()
    const handle = new BetterSqlite3(join(open.dataDir, 'auth.db'))
    handle.exec(`delete from system_settings where name = 'backup_encryption'`)
    handle.close()
    open = { ...open, weir: await createWeir(configOf(open.dataDir), open.weir.ports) }
    await removeKey()
    expect((await value(open.weir, 'backups.list', {})).encryption.state).toBe('unreadable')
  })
})

describe('a backup of another passphrase', () => {
  test('keeps it after a change, is shown as such, and stays proved when nobody has it', async () => {
    await set(PASSPHRASE)
    const first = await makeBackup(open.weir)
    await set(OTHER)
    const second = await makeBackup(open.weir)
    await set(null)
    const plain = await makeBackup(open.weir)
    const stands = () => open.weir.backups.entries().map(({ id, lock, status }) => [id, lock, status])
    expect(stands()).toEqual([
      [plain, 'none', 'verified'],
      [second, 'locked', 'verified'],
      [first, 'locked', 'verified'],
    ])
    expect(await call(open.weir, 'backups.verify', { backup_id: first })).toMatchObject({
      problem: { code: 'passphrase_needed', backup_id: first },
    })
    await value(open.weir, 'restore.unlock', { backup_id: first, passphrase: PASSPHRASE })
    await value(open.weir, 'backups.verify', { backup_id: first })
    expect(stands().map(([, lock]) => lock)).toEqual(['none', 'locked', 'open'])
  })

  test('is left out by the nightly job, which would fail at it every night', async () => {
    await set(PASSPHRASE)
    await makeBackup(open.weir)
    await set(null)
    const { run_id } = await value(open.weir, 'jobs.run', { job: 'backup' })
    expect(await open.weir.jobs.finished(run_id)).toMatchObject({ status: 'done' })
  })

  test('is restored in a fresh data folder with its passphrase, and refused without or with a wrong one', async () => {
    await set(PASSPHRASE)
    await open.weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
    await record(open.weir, 'alice', 1)
    const id = await makeBackup(open.weir)
    other = await openWeir(SYSTEM_CLOCK)
    const { weir, dataDir } = other
    mkdirSync(join(dataDir, 'backups'), { recursive: true })
    cpSync(folderOf(id), folderOf(id, dataDir), { recursive: true })
    const plan = () => call(weir, 'restore.plan', { backup_id: id })
    expect(await plan()).toMatchObject({ problem: { code: 'passphrase_needed' } })
    expect(await call(weir, 'restore.recover', { confirm: true })).toMatchObject({
      problem: { code: 'passphrase_needed' },
    })
    const unlock = (passphrase: string) => call(weir, 'restore.unlock', { backup_id: id, passphrase })
    expect(await unlock(OTHER)).toMatchObject({ problem: { code: 'passphrase_wrong' } })
    const refused = await restore(weir, id)
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'passphrase_needed' } })
    expect(await call(weir, 'users.list', {})).toMatchObject({ value: { users: [] } })
    expect(await unlock(PASSPHRASE)).toMatchObject({ ok: true })
    expect(await plan()).toMatchObject({ ok: true })
    expect(await restore(weir, id)).toMatchObject({ status: 'done' })
    expect(await turnsOf(weir, 'alice')).toEqual([1])
    // Nobody has set one here.
    expect(readdirSync(dataDir)).not.toContain('backup.key')
  })
})

describe('an encrypted file', () => {
  const random = new Random(announceSeed('encrypted'))
  const KEY: BackupKey = {
    kdf: { name: 'scrypt', log2_n: 17, r: 8, p: 1, salt: 'ab'.repeat(16) },
    key: Buffer.alloc(32, 7),
  }
  const place = (name: string) => join(folder.path, name)

  function encrypted(bytes: Buffer): { readonly encryption: Encryption; readonly file: Buffer } {
    writeFileSync(place('plain'), bytes)
    rmSync(place('sealed'), { force: true })
    const { encryption } = drained(encryptInPieces(place('plain'), place('sealed'), KEY))
    return { encryption, file: readFileSync(place('sealed')) }
  }

  function decrypted(file: Buffer, encryption: Encryption): Buffer | string {
    writeFileSync(place('given'), file)
    try {
      drained(decryptInPieces(place('given'), place('opened'), encryption, KEY))
      return readFileSync(place('opened'))
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error)
    }
  }

  test('reads back as it was, whatever its length', () => {
    for (const length of [0, 1, MEBIBYTE - 1, MEBIBYTE, MEBIBYTE + 1, 9 * MEBIBYTE + 5]) {
      const bytes = Buffer.alloc(length, `${length}`)
      const { encryption, file } = encrypted(bytes)
      expect(bytes.equals(decrypted(file, encryption) as Buffer), `${length} bytes`).toBe(true)
    }
  })

  test(
    'is refused with any single bit flipped, cut anywhere, or with chunks in another order',
    () => {
      const { encryption, file } = encrypted(Buffer.alloc(2 * MEBIBYTE + 100, 'weir'))
      for (let time = 0; time < 200; time += 1) {
        const flipped = Buffer.from(file)
        const at = random.chance(0.2) ? random.int(0, 100) : random.int(0, file.length - 1)
        flipped[at] = (flipped[at] ?? 0) ^ (1 << random.int(0, 7))
        expect(decrypted(flipped, encryption), `bit in byte ${at}`).toBe('backup_damaged')
        const length = random.int(0, file.length - 1)
        expect(decrypted(file.subarray(0, length), encryption), `${length} bytes`).toBe('backup_damaged')
      }
      const chunk = MEBIBYTE + 16
      const [head, one, two, rest] = [
        file.subarray(0, 64),
        file.subarray(64, 64 + chunk),
        file.subarray(64 + chunk, 64 + 2 * chunk),
        file.subarray(64 + 2 * chunk),
      ]
      const others = [
        [head, two, one, rest],
        [head, one, two],
        [head, one, rest],
        [head],
        [head, one, two, rest, rest],
      ]
      for (const parts of others) expect(decrypted(Buffer.concat(parts), encryption)).toBe('backup_damaged')
    },
    MINUTE_MS,
  )
})

function drained<Result>(work: Generator<unknown, Result>): Result {
  let next = work.next()
  while (next.done !== true) next = work.next()
  return next.value
}
