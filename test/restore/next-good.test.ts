import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insteadOf } from '../../electron/core/restore/next-good.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { announceSeed, Random } from '../support/random.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'
import { call, makeBackup, record, restore, turnsOf, value } from './restore-fixture.ts'

const random = new Random(announceSeed('cut backups'))
/** Enough for every run of the tests; `npm run test:faults` cuts at 200 places. */
const CUTS = Number(process.env['WEIR_BACKUP_CUTS'] ?? 12)
const LIMIT_MS = MINUTE_MS + CUTS * 5_000
/** What a restore reads of a backup. */
const FILES = ['auth.db', 'manifest.json'] as const

let open: TestWeir
/** Oldest first. */
let ids: readonly string[]
beforeAll(async () => {
  open = await openWeir(SYSTEM_CLOCK)
  await open.weir.users.create({ id: 'alice', username: 'alice' }, OPERATOR)
  const made: string[] = []
  for (const turn of [1, 2, 3]) {
    await record(open.weir, 'alice', turn)
    made.push(await makeBackup(open.weir))
  }
  ids = made
})
afterAll(() => open.close())

const fileOf = (id: string, name: string) => join(open.dataDir, 'backups', id, name)
const [oldest, middle, newest] = [() => ids[0] ?? '', () => ids[1] ?? '', () => ids[2] ?? '']

/** Puts the bytes back, and proves it as somebody would who has mended the disk. */
async function mend(id: string, name: string, bytes: Buffer): Promise<void> {
  writeFileSync(fileOf(id, name), bytes)
  expect((await value(open.weir, 'backups.verify', { backup_id: id })).verified_at).not.toBeNull()
}

/** Where to cut: the ends of what has a meaning there, and anywhere. */
function cutOf(size: number, at: number): number {
  const edges = [0, size - 1, 1, 15, 16, 99, 100, 4_095, 4_096, size - 4_096, size >> 1]
  const edge = edges[at]
  return edge !== undefined && edge >= 0 && edge < size ? edge : random.int(0, size - 1)
}

async function expectRefused(id: string, next: string | null, what: string): Promise<void> {
  expect(await call(open.weir, 'restore.plan', { backup_id: id }), what).toMatchObject({
    ok: false,
    problem: {
      code: 'backup_damaged',
      next_backup_id: next,
      detail: expect.stringContaining(next === null ? 'No other one was found whole' : `good one is ${next}`),
    },
  })
}

describe('a damaged backup is refused, and the next good one is named', () => {
  test(
    `cut at ${CUTS} places, at every edge and anywhere`,
    async () => {
      for (let cut = 0; cut < CUTS; cut += 1) {
        const [id, next] = cut % 2 === 0 ? [newest(), middle()] : [middle(), oldest()]
        const name = cut % 4 < 2 ? FILES[0] : FILES[1]
        const whole = readFileSync(fileOf(id, name))
        const length = cutOf(whole.length, cut >> 2)
        truncateSync(fileOf(id, name), length)
        await expectRefused(id, next, `${name} of ${id} cut at ${length} of ${whole.length}`)
        await mend(id, name, whole)
      }
      expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3])
    },
    LIMIT_MS,
  )

  test.each(FILES)('without its %s', async (name) => {
    const whole = readFileSync(fileOf(newest(), name))
    rmSync(fileOf(newest(), name))
    await expectRefused(newest(), middle(), name)
    await mend(newest(), name, whole)
  })

  test('with nothing in its folder', async () => {
    const wholes = FILES.map((name) => readFileSync(fileOf(newest(), name)))
    for (const name of readdirSync(join(open.dataDir, 'backups', newest()))) rmSync(fileOf(newest(), name))
    await expectRefused(newest(), middle(), 'an empty folder')
    for (const [at, name] of FILES.entries()) writeFileSync(fileOf(newest(), name), wholes[at] ?? '')
    expect((await value(open.weir, 'backups.verify', { backup_id: newest() })).verified_at).not.toBeNull()
  })

  test('also after a yes without a comparison, and the list tells of it from then on', async () => {
    const whole = readFileSync(fileOf(newest(), 'auth.db'))
    truncateSync(fileOf(newest(), 'auth.db'), whole.length - 1)
    const run = await restore(open.weir, newest())
    expect(run).toMatchObject({
      status: 'failed',
      safety_backup_id: null,
      error: { code: 'backup_damaged', next_backup_id: middle() },
    })
    expect(run.error?.detail).toContain(`The next good one is ${middle()}`)
    expect(run.error?.detail).toContain('is served, unchanged')
    const { backups, newest_verified } = await value(open.weir, 'backups.list', {})
    expect(backups.find(({ id }) => id === newest())).toMatchObject({ status: 'invalid', verified_at: null })
    expect(newest_verified?.id).toBe(middle())
    expect(await turnsOf(open.weir, 'alice')).toEqual([1, 2, 3])
    // What was proposed can be taken.
    expect((await value(open.weir, 'restore.plan', { backup_id: middle() })).backup.id).toBe(middle())
    await mend(newest(), 'auth.db', whole)
  })

  test('also where its manifest is gone and nobody compared', async () => {
    const whole = readFileSync(fileOf(newest(), 'manifest.json'))
    rmSync(fileOf(newest(), 'manifest.json'))
    expect(await call(open.weir, 'restore.start', { backup_id: newest(), confirm: true })).toMatchObject({
      problem: { code: 'backup_damaged', next_backup_id: middle() },
    })
    await mend(newest(), 'manifest.json', whole)
  })

  test('and never one that is damaged as well, although it was whole once', async () => {
    const wholes = [newest(), middle()].map((id) => readFileSync(fileOf(id, 'auth.db')))
    for (const id of [newest(), middle()]) truncateSync(fileOf(id, 'auth.db'), 4_096)
    await expectRefused(newest(), oldest(), 'two of three')
    // The older ones first; where none is left, a newer one is better than nothing.
    const first = readFileSync(fileOf(oldest(), 'auth.db'))
    truncateSync(fileOf(oldest(), 'auth.db'), 4_096)
    await expectRefused(oldest(), null, 'all of them')
    await mend(newest(), 'auth.db', wholes[0] ?? Buffer.alloc(0))
    await expectRefused(oldest(), newest(), 'the oldest, where only the newest is whole')
    await mend(middle(), 'auth.db', wholes[1] ?? Buffer.alloc(0))
    await mend(oldest(), 'auth.db', first)
  })

  test('nothing of looking is left behind', () => {
    const names = readdirSync(join(open.dataDir, 'backups'))
    expect(names.filter((name) => name.startsWith('.'))).toEqual([])
    expect(existsSync(join(open.dataDir, 'restore'))).toBe(false)
  })
})

test('older backups stand in before newer ones, the nearest first', () => {
  const backups = ['5', '4', '3', '2', '1'].map((id) => ({ id }) as Parameters<typeof insteadOf>[1][number])
  expect(insteadOf('3', backups).map(({ id }) => id)).toEqual(['2', '1', '4', '5'])
})
