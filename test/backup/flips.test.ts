import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stageBackup } from '../../electron/core/restore/staged-database.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { announceSeed, Random } from '../support/random.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK } from '../support/weir.ts'

const random = new Random(announceSeed('flips'))
/** Enough for every run of the tests; `npm run test:faults` flips 2,000 bits. */
const FLIPS = Number(process.env['WEIR_BACKUP_FLIPS'] ?? 60)
const CUTS = Math.ceil(FLIPS / 10)
const LIMIT_MS = MINUTE_MS + FLIPS * 300

let folder: string
const whole = new Map<string, Buffer>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-flips-'))
  const open = await openWeir(SYSTEM_CLOCK)
  try {
    const { id } = await open.weir.backups.create({ reason: 'manual' }, OPERATOR)
    for (const name of ['auth.db', 'manifest.json'])
      whole.set(name, readFileSync(join(open.dataDir, 'backups', id, name)))
  } finally {
    await open.close()
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The code staging a backup of these files ends with, or `whole`. */
function staged(files: ReadonlyMap<string, Buffer>): string {
  const backupFolder = join(folder, 'backup')
  rmSync(backupFolder, { recursive: true, force: true })
  mkdirSync(backupFolder)
  for (const [name, bytes] of files) writeFileSync(join(backupFolder, name), bytes)
  const staging = stageBackup({
    backupFolder,
    target: join(folder, 'work', 'staged.db'),
    sqliteBinding: null,
  })
  try {
    while (staging.next().done !== true);
    return 'whole'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function changed(name: string, change: (bytes: Buffer) => Buffer): ReadonlyMap<string, Buffer> {
  return new Map([...whole].map(([one, bytes]) => [one, one === name ? change(Buffer.from(bytes)) : bytes]))
}

test('a restore takes a backup as it was made', () => {
  expect(staged(whole)).toBe('whole')
})

test(
  'a restore refuses a backup with any single bit flipped',
  () => {
    for (let flip = 0; flip < FLIPS; flip += 1) {
      const name = random.chance(0.2) ? 'manifest.json' : 'auth.db'
      const files = changed(name, (bytes) => {
        const at = random.int(0, bytes.length - 1)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(0, 7))
        return bytes
      })
      expect(staged(files), `flip ${flip} in ${name}`).toBe('backup_damaged')
    }
  },
  LIMIT_MS,
)

test(
  'a restore refuses a backup that was cut anywhere, or lacks a file',
  () => {
    for (let cut = 0; cut < CUTS; cut += 1) {
      const name = random.chance(0.5) ? 'manifest.json' : 'auth.db'
      const files = changed(name, (bytes) => bytes.subarray(0, random.int(0, bytes.length - 1)))
      expect(staged(files), `cut ${cut} of ${name}`).toBe('backup_damaged')
    }
    for (const name of whole.keys())
      expect(staged(new Map([...whole].filter(([one]) => one !== name)))).toBe('backup_damaged')
  },
  LIMIT_MS,
)
