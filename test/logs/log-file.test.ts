import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openJobLog } from '../../electron/core/jobs/job-log-file.ts'
import { type LogFile, openLogFile } from '../../electron/core/kernel/pino-logger.ts'
import { logFolderBytes } from '../../electron/core/kernel/rotating-file.ts'
import { LogReader } from '../../electron/core/logs/log-reader.ts'
import { JOB_NAMES } from '../../shared/contract/jobs.ts'
import { TestClock } from '../support/clock.ts'

let dataDir: string
let file: LogFile
let reader: LogReader
const folder = () => join(dataDir, 'logs')

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'weir-log-'))
  file = openLogFile(dataDir, 'debug')
  const clock = new TestClock(Date.now())
  reader = new LogReader({ folder: folder(), clock, keeper: file, capBytes: () => 1 })
})

afterEach(() => {
  file.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const list = (query: Partial<Parameters<LogReader['list']>[0]> = {}) => reader.list({ limit: 200, ...query })
const everything = () =>
  readdirSync(folder())
    .map((name) => readFileSync(join(folder(), name), 'utf8'))
    .join('')

const everythingIn = (name: string) =>
  readFileSync(join(folder(), name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { message: string; dropped?: number })

describe('the log folder', () => {
  test('never grows beyond its cap, whatever is written and whatever the jobs put beside it', () => {
    const cap = 400_000
    file.own()
    file.limitTo(cap)
    writeFileSync(join(folder(), 'consumption_daily.log'), 'x'.repeat(60_000))
    let largest = 0
    for (let line = 0; line < 20_000; line += 1) {
      file.log.info(`line ${line}`, { detail: 'a turn of the river '.repeat(line % 20) })
      if (line % 50 === 0) {
        file.flush()
        largest = Math.max(largest, logFolderBytes(folder()))
      }
    }
    file.flush()
    expect(Math.max(largest, logFolderBytes(folder()))).toBeLessThanOrEqual(cap)
    expect(largest, 'the cap is made use of').toBeGreaterThan(cap / 2)
    expect(everything()).toContain('"message":"line 19999"')
    file.limitTo(100_000)
    expect(logFolderBytes(folder())).toBeLessThanOrEqual(100_000)
  })

  test('keeps within its cap while the logs of jobs grow, and none of those takes more than its share', () => {
    const cap = 400_000
    file.own()
    file.limitTo(cap)
    const jobs = JOB_NAMES.map((job) => openJobLog({ folder: folder(), log: file.log, keeper: file }, job))
    const detail = 'a turn of the river '.repeat(20)
    // The folder is full, and the log itself is as large as it may be before a file is put aside.
    for (let line = 0; line < 1_000; line += 1) file.log.warn(`line ${line}`, { detail })
    while (statSync(join(folder(), 'weir.log')).size < cap / 8 - 700) file.log.warn('one more', { detail })
    let largest = 0
    for (let line = 0; line < 1_000; line += 1) {
      jobs[line % jobs.length]?.line(`line ${line} ${detail}`)
      largest = Math.max(largest, logFolderBytes(folder()))
    }
    expect(largest).toBeLessThanOrEqual(cap)
    const shares = readdirSync(folder()).filter((name) => name.startsWith('consumption_'))
    expect(shares).toHaveLength(2 * JOB_NAMES.length)
    for (const name of shares) expect(statSync(join(folder(), name)).size).toBeLessThanOrEqual(cap / 40)
    file.limitTo(100_000)
    expect(logFolderBytes(folder())).toBeLessThanOrEqual(100_000)
  })

  test('is readable by its owner only, also after a file was put aside', () => {
    file.own()
    file.limitTo(40_000)
    for (let line = 0; line < 500; line += 1) file.log.warn(`line ${line}`)
    const names = readdirSync(folder())
    expect(names).toContain('weir.1.log')
    for (const name of names) expect(statSync(join(folder(), name)).mode & 0o777).toBe(0o600)
  })

  test('is written on when somebody removed the file, or the whole folder, under a running Weir', () => {
    file.own()
    file.limitTo(40_000)
    const fill = () => {
      for (let line = 0; line < 60; line += 1) file.log.warn(`line ${line}`)
    }
    fill()
    rmSync(join(folder(), 'weir.log'))
    fill()
    file.log.warn('after the file')
    expect(readFileSync(join(folder(), 'weir.log'), 'utf8')).toContain('after the file')
    rmSync(folder(), { recursive: true })
    fill()
    file.log.warn('after the folder')
    expect(readFileSync(join(folder(), 'weir.log'), 'utf8')).toContain('after the folder')
  })

  test('is written on after a file could not be put aside, and tells how many lines are missing', () => {
    file.own()
    file.limitTo(40_000)
    // A folder cannot be replaced by a file, and with a number that nobody gives it is not moved out of the way.
    mkdirSync(join(folder(), 'weir.1.log'))
    writeFileSync(join(folder(), 'weir.0.log'), '')
    for (let line = 0; line < 100; line += 1) file.log.warn(`line ${line}`)
    const kept = everythingIn('weir.log').length
    expect(kept).toBeLessThan(100)
    for (const name of ['weir.1.log', 'weir.0.log']) rmSync(join(folder(), name), { recursive: true })
    file.log.warn('the last one')
    const after = everythingIn('weir.log')
    expect(after.map(({ message }) => message)).toEqual([
      'log lines were dropped: more came than could be written',
      'the last one',
    ])
    expect(after[0]?.dropped).toBe(100 - kept)
  })

  test('belongs to another Weir until this one owns the data folder: nothing is put aside before', () => {
    file.limitTo(2_000)
    for (let line = 0; line < 200; line += 1) file.log.warn(`line ${line}`)
    expect(readdirSync(folder())).toEqual(['weir.log'])
  })
})

describe('a secret', () => {
  const TOKEN = 'weir_SECRETMARKERabcdefgh0123456789'
  const PROMPT = 'PROMPTMARKER what is my salary'

  test('does not reach the disk, wherever somebody logs it', () => {
    const broken = (): Error => {
      try {
        JSON.parse(`PROMPTMARKER ${TOKEN}`)
        return new Error('not reached')
      } catch (error) {
        return error as Error
      }
    }
    file.log.info(`a token ${TOKEN} in the sentence`)
    file.log.warn('in fields', {
      token: TOKEN,
      headers: { authorization: `Bearer ${TOKEN}` },
      user_query: PROMPT,
    })
    file.log.warn('deep', {
      request: { body: { user_query: PROMPT }, list: [{ prompt: PROMPT, cookie: TOKEN }] },
    })
    file.log.error('an error', { error: broken(), url: `http://127.0.0.1/?code=SECRETMARKER` })
    file.log.error('a cause', { error: new Error('outer', { cause: new Error(`Bearer ${TOKEN}`) }) })
    file.flush()
    expect(everything()).toContain('"message":"an error"')
    expect(everything()).not.toMatch(/SECRETMARKER|PROMPTMARKER/)
  })
})

describe('the reader', () => {
  test('finds lines by level, area, user, request and text, the newest first', async () => {
    file.log.info('first', { area: 'http', request_id: 'r-1', user_id: 'alice' })
    file.log.debug('second', { operation: 'users.list' })
    file.log.error('third, a Flood', { event: 'database_error', area: 'limits' })
    const messages = async (query: Parameters<typeof list>[0]) =>
      (await list(query)).lines.map((line) => line.message)
    expect(await messages({})).toEqual(['third, a Flood', 'second', 'first'])
    expect(await messages({ level: 'info' })).toEqual(['third, a Flood', 'first'])
    expect(await messages({ area: 'users' })).toEqual(['second'])
    expect(await messages({ request_id: 'r-1' })).toEqual(['first'])
    expect(await messages({ user_id: 'alice' })).toEqual(['first'])
    expect(await messages({ text: 'flood' })).toEqual(['third, a Flood'])
    expect(await messages({ event: 'database_error' })).toEqual(['third, a Flood'])
    expect(await messages({ since: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
  })

  test('goes on from a cursor in both directions, over files that were put aside', async () => {
    file.own()
    file.limitTo(200_000)
    for (let line = 0; line < 1_000; line += 1) file.log.info(`line ${line}`, { area: 'é'.repeat(line % 40) })
    file.flush()
    expect(readdirSync(folder()).length).toBeGreaterThan(2)
    const seen: string[] = []
    let before: number | undefined
    for (;;) {
      const page = await list({ limit: 150, ...(before === undefined ? {} : { before }) })
      seen.push(...page.lines.map((line) => line.message))
      if (page.is_complete || page.oldest_seq === null) break
      before = page.oldest_seq
    }
    expect(new Set(seen).size).toBe(seen.length)
    const first = Number(seen.at(-1)?.slice(5))
    expect(seen).toEqual(Array.from({ length: 1_000 - first }, (_, at) => `line ${999 - at}`))
    const { newest_seq } = await list({ limit: 1 })
    file.log.info('one more')
    expect((await list({ after: newest_seq })).lines.map((line) => line.message)).toEqual(['one more'])
  })

  test('counts what one watches for since a time, and says when the log does not reach back', async () => {
    file.log.warn('a', { event: 'database_error' })
    file.log.warn('b', { event: 'database_error' })
    file.log.warn('c', { event: 'drift_warning' })
    file.log.info('the text "event":"database_error" alone is none')
    const counted = await reader.counters({})
    expect(counted.counters.map(({ event, count }) => [event, count])).toEqual([
      ['database_error', 2],
      ['drift_warning', 1],
      ['dual_write_failure', 0],
    ])
    expect(counted.reaches_back).toBe(false)
    const later = await reader.counters({ since: new Date(Date.now() + 60_000).toISOString() })
    expect(later.counters.every(({ count }) => count === 0)).toBe(true)
    expect(later.reaches_back).toBe(true)
  })

  test('answers on a folder without a log, and leaves half a line out', async () => {
    file.log.info('whole')
    file.flush()
    writeFileSync(
      join(folder(), 'weir.log'),
      `${readFileSync(join(folder(), 'weir.log'), 'utf8')}{"level":"inf`,
    )
    expect((await list()).lines.map((line) => line.message)).toEqual(['whole'])
    const empty = new LogReader({
      folder: join(dataDir, 'none'),
      clock: new TestClock(),
      keeper: undefined,
      capBytes: () => 1,
    })
    expect(await empty.list({ limit: 10 })).toMatchObject({ lines: [], newest_seq: 0, is_complete: true })
  })
})
