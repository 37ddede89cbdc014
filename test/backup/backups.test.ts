import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { removePartials } from '../../electron/core/backup/backup-task.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

let open: TestWeir
beforeEach(async () => {
  open = await openWeir(SYSTEM_CLOCK)
})
afterEach(() => open.close())

const folderOf = (id: string) => join(open.dataDir, 'backups', id)

describe('backups', () => {
  test('a backup is one database file with its manifest and was opened before it is called done', async () => {
    const made = await open.weir.backups.create({ reason: 'manual' }, OPERATOR)
    expect(made.verified_at).not.toBeNull()
    expect(readdirSync(folderOf(made.id)).sort()).toEqual(['auth.db', 'manifest.json', 'verified.json'])
    expect(readdirSync(join(open.dataDir, 'backups'))).toEqual([made.id])
    expect(open.weir.backups.list()).toEqual([made])
    expect((await open.weir.audit.list({ limit: 10, offset: 0 })).entries[0]?.action).toBe('backups.create')
  })

  test('a second backup at the same time is refused', async () => {
    const first = open.weir.backups.create({ reason: 'manual' }, OPERATOR)
    await expect(open.weir.backups.create({ reason: 'daily' }, OPERATOR)).rejects.toMatchObject({
      code: 'busy',
    })
    await first
  })

  test('a backup whose bits have flipped, that was cut or lacks a file is refused', async () => {
    const { id } = await open.weir.backups.create({ reason: 'manual' }, OPERATOR)
    for (const name of ['auth.db', 'manifest.json']) {
      const file = join(folderOf(id), name)
      const whole = readFileSync(file)
      for (const part of [0.01, 0.3, 0.7, 0.99]) {
        const at = Math.floor(whole.length * part)
        const flipped = Buffer.from(whole)
        flipped[at] = (flipped[at] ?? 0) ^ 4
        writeFileSync(file, flipped)
        await expect(open.weir.backups.verify(id)).rejects.toMatchObject({ code: 'backup_damaged' })
        truncateSync(file, at)
        await expect(open.weir.backups.verify(id)).rejects.toMatchObject({ code: 'backup_damaged' })
      }
      rmSync(file)
      await expect(open.weir.backups.verify(id)).rejects.toMatchObject({ code: 'backup_damaged' })
      writeFileSync(file, whole)
    }
    expect((await open.weir.backups.verify(id)).verified_at).not.toBeNull()
  })

  test('what a crash left half made is removed, and whole backups stay', async () => {
    const { id } = await open.weir.backups.create({ reason: 'manual' }, OPERATOR)
    const dir = join(open.dataDir, 'backups')
    mkdirSync(join(dir, '.20261124T120000Z-0001.partial'))
    removePartials(dir)
    expect(readdirSync(dir)).toEqual([id])
  })

  test('a backup that was stopped leaves nothing behind', async () => {
    const stop = new AbortController()
    stop.abort()
    const stopped = open.weir.backups.create({ reason: 'manual', signal: stop.signal }, OPERATOR)
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    expect(open.weir.backups.list()).toEqual([])
  })

  test('a backup nobody made is unknown', async () => {
    await expect(open.weir.backups.verify('../../etc')).rejects.toMatchObject({ code: 'backup_unknown' })
  })
})
