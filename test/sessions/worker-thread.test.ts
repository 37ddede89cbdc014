import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isDamagedDatabase } from '../../electron/core/database/storage-error.ts'
import type { Logger } from '../../electron/core/kernel/ports.ts'
import { WorkerClient } from '../../electron/core/kernel/worker-client.ts'
import type { ScanMessage } from '../../electron/core/sessions/scan-sessions.ts'
import type { WorkerTasks } from '../../electron/core/workers/tasks.ts'
import { TestClock } from '../support/clock.ts'
import { sessionOf, temporaryFolder, turnOf, writeSessionFile } from '../support/session-files.ts'

const WORKER_FILE = resolve(import.meta.dirname, '../../electron/core/workers/worker.ts')

let dir: string
let remove: () => void
let logged: string[]
let log: Logger
let clock: TestClock
let worker: WorkerClient<WorkerTasks>

beforeEach(() => {
  const folder = temporaryFolder()
  dir = folder.path
  remove = folder.remove
  logged = []
  const keep = (message: string) => logged.push(message)
  log = { debug: keep, info: keep, warn: keep, error: keep }
  clock = new TestClock()
  worker = new WorkerClient({ workerFile: WORKER_FILE, clock, log })
})
afterEach(async () => {
  await worker.close()
  remove()
})

const scanInput = () => ({ sessionsDir: dir, known: new Map(), hashContents: true })

function writeSessions(count: number, turns = 60): void {
  const content = sessionOf(Array.from({ length: turns }, (_, index) => turnOf({ turn: index + 1 })))
  for (let index = 0; index < count; index += 1) writeSessionFile(dir, 'alice', `s${index}`, content)
}

/** A worker of one's own making, to see what the client does when it goes wrong. */
function workerRunning(source: string, heapMb = 64): WorkerClient<WorkerTasks> {
  const workerFile = join(dir, 'worker.mjs')
  writeFileSync(workerFile, `import { parentPort } from 'node:worker_threads'\n${source}`)
  return new WorkerClient({ workerFile, clock, log, heapMb })
}

describe('the worker thread', () => {
  it('looks at a folder', async () => {
    writeSessions(3)
    await expect(worker.run('look-at-folder', { sessionsDir: dir })).resolves.toMatchObject({
      users: 1,
      files: 3,
    })
  })

  it('says of damage what SQLite says, so that it is known as damage', async () => {
    const databaseFile = join(dir, 'auth.db')
    writeFileSync(databaseFile, 'no database at all '.repeat(100))
    const failure = await worker
      .run('make-backup', {
        databaseFile,
        sqliteBinding: null,
        backupsDir: join(dir, 'backups'),
        id: '20261124T100000Z-0001',
        createdAt: '2026-11-24T10:00:00.000Z',
        reason: 'manual',
        appVersion: '2.0.0',
      })
      .catch((error: unknown) => error)
    expect(isDamagedDatabase(failure)).toBe(true)
  })

  it('reads sessions and hands them over batch by batch', async () => {
    writeSessions(10)
    const messages: ScanMessage[] = []
    const result = await worker.run('scan-sessions', scanInput(), {
      onBatch: (message) => void messages.push(message),
    })
    expect(result).toEqual({ filesDone: 10, filesUnchanged: 0, filesUnrested: 0, unreadable: 0 })
    expect(messages[0]).toMatchObject({ kind: 'listed', files: 10 })
    const batches = messages.filter((message) => message.kind === 'batch')
    expect(batches.flatMap((batch) => batch.pieces.map((piece) => piece.session.sessionId)).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `s${index}`).sort(),
    )
    expect(batches[0]?.files[0]?.sha256).toHaveLength(32)
  })

  it('waits until a batch was taken in before it sends many more', async () => {
    writeSessions(40)
    let inHand = 0
    let most = 0
    await worker.run('scan-sessions', scanInput(), {
      onBatch: async () => {
        inHand += 1
        most = Math.max(most, inHand)
        await new Promise((done) => setTimeout(done, 5))
        inHand -= 1
      },
    })
    expect(most).toBe(1)
  })

  it('runs several tasks at once', async () => {
    writeSessions(20)
    const [scan, look] = await Promise.all([
      worker.run('scan-sessions', scanInput()),
      worker.run('look-at-folder', { sessionsDir: dir }),
    ])
    expect([scan.filesDone, look.files]).toEqual([20, 20])
  })

  it('stops when it is cancelled', async () => {
    writeSessions(40)
    const stop = new AbortController()
    let batches = 0
    const onBatch = () => {
      batches += 1
      stop.abort()
    }
    const run = worker.run('scan-sessions', scanInput(), { onBatch, signal: stop.signal })
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    expect(batches).toBeLessThan(5)
    await expect(worker.run('scan-sessions', scanInput(), { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
    await expect(worker.run('look-at-folder', { sessionsDir: dir })).resolves.toMatchObject({ files: 40 })
  })

  it('stops when a batch cannot be taken in, and says why', async () => {
    writeSessions(40)
    const onBatch = () => Promise.reject(new Error('the disk is full'))
    await expect(worker.run('scan-sessions', scanInput(), { onBatch })).rejects.toThrow('the disk is full')
    await expect(worker.run('scan-sessions', scanInput())).resolves.toMatchObject({ filesDone: 40 })
  })

  it('passes on what went wrong, with its code', async () => {
    const missing = { ...scanInput(), sessionsDir: join(dir, 'missing') }
    await expect(worker.run('scan-sessions', missing)).rejects.toMatchObject({ code: 'folder_unreadable' })
  })

  it('refuses tasks once it is closed, also those that run', async () => {
    writeSessions(40)
    const run = worker.run('scan-sessions', scanInput(), { onBatch: () => worker.close() })
    await expect(run).rejects.toMatchObject({ code: 'shutting_down' })
    await expect(worker.run('look-at-folder', { sessionsDir: dir })).rejects.toMatchObject({
      code: 'shutting_down',
    })
  })
})

describe('a worker that is closed', () => {
  const endsWith = (action: string) =>
    `import { writeFileSync } from 'node:fs'
     parentPort.on('message', ({ kind }) => { if (kind === 'end') { ${action} } else { for (const until = Date.now() + 200; Date.now() < until;); } })`

  it('ends after what it is doing, by itself', async () => {
    const file = join(dir, 'ended')
    const ending = workerRunning(endsWith(`writeFileSync(${JSON.stringify(file)}, ''); parentPort.close()`))
    const run = ending.run('look-at-folder', { sessionsDir: dir })
    await Promise.all([ending.close(), expect(run).rejects.toMatchObject({ code: 'shutting_down' })])
    expect(existsSync(file)).toBe(true)
  })

  it('is ended when it does not listen', async () => {
    const deaf = workerRunning(endsWith(''))
    const run = deaf.run('look-at-folder', { sessionsDir: dir })
    await Promise.all([deaf.close(), expect(run).rejects.toMatchObject({ code: 'shutting_down' })])
    expect(logged).toEqual([])
  })
})

describe('a worker that dies', () => {
  const DIES = `parentPort.on('message', () => { throw new Error('boom') })`

  it('fails its tasks with a sentence and a cause, and is started again', async () => {
    const dying = workerRunning(DIES)
    const look = () => dying.run('look-at-folder', { sessionsDir: dir })
    const error = await look().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('try again') })
    expect(error).toMatchObject({ cause: expect.objectContaining({ message: 'boom' }) })
    expect(logged).toEqual(['the worker thread stopped'])
    writeFileSync(
      join(dir, 'worker.mjs'),
      `import { parentPort } from 'node:worker_threads'
       parentPort.on('message', ({ id }) => parentPort.postMessage({ kind: 'done', id, result: 'well again' }))`,
    )
    await expect(look()).resolves.toBe('well again')
    await dying.close()
  })

  it('is not started for ever', async () => {
    const dying = workerRunning(DIES)
    const look = () => dying.run('look-at-folder', { sessionsDir: dir })
    for (let attempt = 0; attempt < 5; attempt += 1) await expect(look()).rejects.toThrow('unexpectedly')
    await expect(look()).rejects.toThrow('five times within a minute')
    clock.advance(61_000)
    await expect(look()).rejects.toThrow('unexpectedly')
    await dying.close()
  })

  it('by leaving is noticed as well', async () => {
    const leaving = workerRunning(`parentPort.on('message', () => process.exit(3))`)
    await expect(leaving.run('look-at-folder', { sessionsDir: dir })).rejects.toMatchObject({
      code: 'internal',
      cause: expect.objectContaining({ message: expect.stringContaining('code 3') }),
    })
    await leaving.close()
  })

  it('by taking too much memory says so', async () => {
    const hungry = workerRunning(
      `parentPort.on('message', () => { const all = []; for (;;) all.push(new Array(1e6).fill({})) })`,
    )
    await expect(hungry.run('look-at-folder', { sessionsDir: dir })).rejects.toThrow('more memory')
    await hungry.close()
  })
})
