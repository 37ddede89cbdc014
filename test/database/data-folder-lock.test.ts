import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { claimDataFolder } from '../../electron/core/database/data-folder-lock.ts'
import { type Child, startChild } from '../support/child.ts'

const HOLDER = join(import.meta.dirname, '../support/lock-holder.ts')

let root: string
let folder: string
let child: Child | undefined

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'weir-lock-'))
  folder = join(root, 'data')
  mkdirSync(folder)
})

afterEach(async () => {
  child?.process.kill('SIGKILL')
  await child?.ended
  child = undefined
  rmSync(root, { recursive: true, force: true })
})

const claim = (path = folder) => claimDataFolder(path, null)

describe('a data folder', () => {
  test('is claimed once; the second is told that it is in use', () => {
    const lock = claim()
    expect(() => claim()).toThrow(
      expect.objectContaining({ code: 'folder_in_use', details: { data_dir: folder } }),
    )
    lock.release()
  })

  test('is free again after its release, as often as one likes', () => {
    for (let round = 0; round < 5; round += 1) claim().release()
  })

  test('under two names is one folder', () => {
    const alias = join(root, 'alias')
    symlinkSync(folder, alias)
    const lock = claim(alias)
    expect(() => claim()).toThrow(expect.objectContaining({ code: 'folder_in_use' }))
    lock.release()
  })

  test('beside another is another', () => {
    const other = join(root, 'other')
    mkdirSync(other)
    const locks = [claim(), claim(other)]
    for (const lock of locks) lock.release()
  })

  test('held by another process is refused, and free the moment that process is killed', async () => {
    child = startChild(HOLDER, [folder])
    await child.line('claimed')
    expect(() => claim()).toThrow(expect.objectContaining({ code: 'folder_in_use' }))
    child.process.kill('SIGKILL')
    await child.ended
    claim().release()
  })
})
