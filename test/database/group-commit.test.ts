import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { modelKeyOf } from '../../electron/core/consumption/ledger-store.ts'
import type { Writer } from '../../electron/core/database/database.ts'
import { SqliteDialect } from '../../electron/core/database/dialect.ts'
import { GroupCommit } from '../../electron/core/database/group-commit.ts'
import { noteChange } from '../../electron/core/database/noted-changes.ts'
import { openWriteHandle } from '../../electron/core/database/open-handle.ts'
import type { Schema } from '../../electron/core/database/schema.ts'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'

let folder: string
let file: string
let handle: BetterSqlite3.Database
let commits: GroupCommit

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-commit-'))
  file = join(folder, 'auth.db')
  handle = openWriteHandle(file, null)
  commits = new GroupCommit(
    new Kysely<Schema>({ dialect: new SqliteDialect(handle, { begin: 'immediate' }) }),
  )
})

afterEach(async () => {
  await commits.close()
  handle.close()
  rmSync(folder, { recursive: true, force: true })
})

const put =
  (name: string, value = '1') =>
  (trx: Writer) =>
    trx.insertInto('system_settings').values({ name, value, updated_at: 0 }).execute()
const names = () => handle.prepare<[], string>('select name from system_settings order by name').pluck().all()

const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** Commits in the write-ahead log: frames that name the size of the database (https://sqlite.org/fileformat2.html#walformat). */
function commitsInLog(): number {
  const log = readFileSync(`${file}-wal`)
  if (log.length === 0) return 0
  const frameBytes = FRAME_HEADER_BYTES + log.readUInt32BE(8)
  let count = 0
  for (let at = WAL_HEADER_BYTES; at + frameBytes <= log.length; at += frameBytes)
    if (log.readUInt32BE(at + 4) > 0) count += 1
  return count
}

describe('what a write notes', () => {
  test('is told of once it is on disk, and not when the write was undone', async () => {
    const told: (readonly string[])[] = []
    commits.whenNoted((topic) => told.push([topic, ...names()]))
    const noting = (name: string, fails: boolean) => async (trx: Writer) => {
      await put(name)(trx)
      noteChange(trx, name)
      if (fails) throw new Error('changed its mind')
    }
    const results = await Promise.allSettled([
      commits.write(noting('kept', false)),
      commits.write(noting('undone', true)),
      commits.write(put('quiet')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(told).toEqual([['kept', 'kept', 'quiet']])
  })
})

describe('writes that arrive together', () => {
  test('are one commit; writes one after the other are one each', async () => {
    await commits.write(put('first'))
    const before = commitsInLog()
    await Promise.all(Array.from({ length: 50 }, (_, index) => commits.write(put(`together ${index}`))))
    expect(commitsInLog() - before).toBe(1)
    for (let index = 0; index < 3; index += 1) await commits.write(put(`alone ${index}`))
    expect(commitsInLog() - before).toBe(4)
    expect(names()).toHaveLength(54)
  })

  test('are answered in their order, each with its own result', async () => {
    const order: number[] = []
    const results = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const result = await commits.write(async (trx) => {
          await put(`job ${index}`)(trx)
          return index
        })
        order.push(index)
        return result
      }),
    )
    expect(results).toEqual(Array.from({ length: 20 }, (_, index) => index))
    expect(order).toEqual(results)
  })

  test('are never more than 256 a commit, so that reading goes on between', async () => {
    await commits.write(put('first'))
    const before = commitsInLog()
    await Promise.all(Array.from({ length: 600 }, (_, index) => commits.write(put(`job ${index}`))))
    expect(commitsInLog() - before).toBe(3)
    expect(names()).toHaveLength(601)
  })

  test('see what those before them in the batch wrote', async () => {
    const [, seen] = await Promise.all([
      commits.write(put('one')),
      commits.write((trx) => trx.selectFrom('system_settings').select('name').execute()),
    ])
    expect(seen).toEqual([{ name: 'one' }])
  })

  test('are on disk when they are answered', async () => {
    await commits.write(put('kept'))
    const other = new BetterSqlite3(file, { readonly: true })
    expect(other.prepare('select name from system_settings').pluck().all()).toEqual(['kept'])
    other.close()
  })
})

describe('a write that comes alone', () => {
  test('leaves nothing when it fails, is told why, and the next one goes on', async () => {
    const noted: string[] = []
    commits.whenNoted((topic) => noted.push(topic))
    const failing = async (trx: Writer) => {
      await put('half')(trx)
      noteChange(trx, 'half')
      throw new WeirError('user_unknown', 'There is nobody.')
    }
    await expect(commits.write(failing)).rejects.toMatchObject({ code: 'user_unknown' })
    await expect(commits.writeSlice(failing)).rejects.toMatchObject({ code: 'user_unknown' })
    expect(names()).toEqual([])
    await commits.write(put('next'))
    expect(names()).toEqual(['next'])
    expect(noted).toEqual([])
  })

  test('cannot be added to once it is over', async () => {
    let late: Writer | undefined
    await commits.write(async (trx) => {
      late = trx
      await modelKeyOf(trx, 'Google', 'in time')
    })
    if (late === undefined) throw new Error('the write has run')
    await expect(modelKeyOf(late, 'Google', 'too late')).rejects.toThrow(/already/)
    expect(handle.prepare('select model from models').pluck().all()).toEqual(['in time'])
  })
})

describe('a slice of long work', () => {
  test('goes at once when nobody else is there, and is on disk when it is answered', async () => {
    expect(await commits.writeSlice(async (trx) => (await put('slice')(trx)).length)).toBe(1)
    expect(names()).toEqual(['slice'])
  })

  test('lets those who came with it go first, and shares no transaction with them', async () => {
    const order: string[] = []
    const before = commitsInLog()
    await Promise.all([
      commits.writeSlice(put('slice')).then(() => order.push('slice')),
      commits.write(put('check')).then(() => order.push('check')),
    ])
    expect(order).toEqual(['check', 'slice'])
    expect(commitsInLog() - before).toBe(2)
  })

  test('gets on although others never stop coming', async () => {
    let isDone = false
    const slice = commits.writeSlice(put('slice')).then(() => {
      isDone = true
    })
    let others = 0
    while (!isDone) {
      await commits.write(put(`check ${others}`))
      others += 1
    }
    await slice
    expect(others).toBeGreaterThan(0)
    expect(names()).toContain('slice')
  })

  test('that was asked for before the end is still written; one asked for later is refused', async () => {
    const slice = commits.writeSlice(put('slice'))
    await commits.close()
    await slice
    expect(names()).toEqual(['slice'])
    await expect(commits.writeSlice(put('late'))).rejects.toMatchObject({ code: 'shutting_down' })
  })
})

describe('a write that fails', () => {
  test('undoes only itself: what came with it is written', async () => {
    const broken = async (trx: Writer) => {
      await put('half')(trx)
      throw new Error('on purpose')
    }
    const outcomes = await Promise.allSettled([
      commits.write(put('before')),
      commits.write(broken),
      commits.write(put('after')),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { message: 'on purpose' } })
    expect(names()).toEqual(['after', 'before'])
  })

  test('with a statement the database refuses undoes only itself too', async () => {
    const outcomes = await Promise.allSettled([
      commits.write(put('one')),
      commits.write(put('one')),
      commits.write(put('bad', 'no json')),
      commits.write(put('two')),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    expect(names()).toEqual(['one', 'two'])
  })

  test('with a code of ours is heard by its caller as it was thrown', async () => {
    const error = new WeirError('turn_conflict', 'no')
    await expect(commits.write(() => Promise.reject(error))).rejects.toBe(error)
  })
})

describe('the end', () => {
  test('comes after what was asked before it; what is asked later is refused', async () => {
    const asked = Array.from({ length: 300 }, (_, index) => commits.write(put(`job ${index}`)))
    const closing = commits.close()
    await expect(commits.write(put('late'))).rejects.toMatchObject({ code: 'shutting_down' })
    await closing
    await Promise.all(asked)
    expect(names()).toHaveLength(300)
  })
})

describe('a full disk', () => {
  const large = (name: string) => put(name, JSON.stringify('x'.repeat(200_000)))
  const pages = () => Number(handle.pragma('page_count', { simple: true }))

  test('is told to those it hits; nothing is lost or half written, and it goes on when there is room again', async () => {
    await commits.write(put('before'))
    handle.pragma(`max_page_count = ${pages() + 10}`)
    const outcomes = await Promise.allSettled([
      commits.write(put('small')),
      commits.write(large('large')),
      commits.write(put('another')),
    ])
    expect(outcomes[1]).toMatchObject({ status: 'rejected', reason: { code: 'storage_full' } })
    const written = ['small', 'large', 'another'].filter(
      (_, index) => outcomes[index]?.status === 'fulfilled',
    )
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'storage_full' })
    expect(names()).toEqual(['before', ...written].sort())
    expect(handle.inTransaction).toBe(false)
    handle.pragma('max_page_count = 1000000')
    await commits.write(large('large again'))
    expect(names()).toContain('large again')
    expect(handle.pragma('integrity_check', { simple: true })).toBe('ok')
  })

  test('that fills up bit by bit keeps exactly what was answered with yes', async () => {
    handle.pragma(`max_page_count = ${pages() + 60}`)
    const acknowledged: string[] = []
    let refused = 0
    for (let round = 0; round < 40; round += 1) {
      const batch = Array.from(
        { length: 8 },
        (_, index) => `row ${String(round * 8 + index).padStart(4, '0')}`,
      )
      const outcomes = await Promise.allSettled(
        batch.map((name) => commits.write(put(name, JSON.stringify('y'.repeat(3_000))))),
      )
      for (const [index, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') acknowledged.push(batch[index] ?? '')
        else {
          refused += 1
          expect(outcome.reason).toMatchObject({ code: 'storage_full' })
        }
      }
    }
    expect(refused).toBeGreaterThan(0)
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(names()).toEqual(acknowledged.sort())
    expect(handle.pragma('integrity_check', { simple: true })).toBe('ok')
  })
})

describe('another program that holds the write lock', () => {
  /** Takes the lock and gives it back after `ms`; timers that run meanwhile show that the loop is not held up. */
  async function whileLocked<Result>(
    ms: number,
    work: () => Promise<Result>,
  ): Promise<{ readonly outcome: PromiseSettledResult<Result>; readonly ticks: number }> {
    const other = new BetterSqlite3(file)
    other.exec('begin immediate')
    let ticks = 0
    let longestMs = 0
    let last = performance.now()
    const timer = setInterval(() => {
      ticks += 1
      longestMs = Math.max(longestMs, performance.now() - last)
      last = performance.now()
    }, 5)
    const released = new Promise<void>((resolve) => {
      setTimeout(() => {
        other.exec('rollback')
        other.close()
        resolve()
      }, ms)
    })
    const [outcome] = await Promise.allSettled([work()])
    await released
    clearInterval(timer)
    process.stdout.write(
      `lock held for ${ms} ms: ${ticks} timers ran, the longest pause was ${Math.round(longestMs)} ms\n`,
    )
    return { outcome, ticks }
  }

  test('for a moment is waited for', async () => {
    const { outcome, ticks } = await whileLocked(700, () => commits.write(put('patient')))
    expect(outcome.status).toBe('fulfilled')
    expect(ticks).toBeGreaterThan(2)
    expect(names()).toEqual(['patient'])
  })

  test('for three seconds does not stop the loop: the write is refused, others go on, and later ones are written', async () => {
    const { outcome, ticks } = await whileLocked(3_000, () => commits.write(put('impatient')))
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: 'storage_unavailable', details: { sqlite_code: 'SQLITE_BUSY' } },
    })
    expect(ticks).toBeGreaterThan(8)
    await commits.write(put('later'))
    expect(names()).toEqual(['later'])
  })
})
