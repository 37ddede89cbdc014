import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SessionFileReader } from '../../electron/core/sessions/read-session-file.ts'
import {
  BATCH_TURNS_MAX,
  PIECE_TURNS_MAX,
  type ScanBatch,
  type ScanInput,
  scanSessions,
} from '../../electron/core/sessions/scan-sessions.ts'
import {
  sessionOf,
  sessionText,
  temporaryFolder,
  turnOf,
  writeSessionFile,
} from '../support/session-files.ts'

let dir: string
let remove: () => void

beforeEach(() => {
  const folder = temporaryFolder()
  dir = folder.path
  remove = folder.remove
})
afterEach(() => remove())

function scan(options: Partial<ScanInput> = {}): ScanBatch[] {
  const messages = [...scanSessions({ sessionsDir: dir, known: new Map(), hashContents: false, ...options })]
  return messages.filter((message) => message.kind === 'batch')
}

const turns = (count: number) => Array.from({ length: count }, (_, index) => turnOf({ turn: index + 1 }))

/** A file that claims this many bytes and takes none on the disk. */
function sparseFile(session: string, bytes: number): void {
  mkdirSync(join(dir, 'alice'), { recursive: true })
  const descriptor = openSync(join(dir, 'alice', `${session}.json`), 'w')
  ftruncateSync(descriptor, bytes)
  closeSync(descriptor)
}

describe('a scan', () => {
  it('says what there is before it reads', () => {
    writeSessionFile(dir, 'alice', 's1', '{}')
    const [first] = scanSessions({ sessionsDir: dir, known: new Map(), hashContents: false })
    expect(first).toEqual({ kind: 'listed', users: 1, files: 1, bytes: 2 })
  })

  it('tells of each file what it was when it was read', () => {
    const path = writeSessionFile(dir, 'alice', 's1', sessionText([turnOf({ turn: 3 }), turnOf({ turn: 7 })]))
    const [batch] = scan({ hashContents: true })
    expect(batch?.files).toEqual([
      {
        userId: 'alice',
        sessionId: 's1',
        path: 'alice/s1.json',
        sizeBytes: statSync(path).size,
        modifiedAtMs: statSync(path).mtimeMs,
        sha256: createHash('sha256')
          .update(sessionText([turnOf({ turn: 3 }), turnOf({ turn: 7 })]))
          .digest(),
        turns: 2,
        lastTurnNumber: 7,
        problem: null,
      },
    ])
  })

  it('does not read what is known, and does when size or time differ', () => {
    const path = writeSessionFile(dir, 'alice', 's1', sessionText([]))
    const { size, mtimeMs } = statSync(path)
    const known = (sizeBytes: number, modifiedAtMs: number) =>
      new Map([['alice/s1.json', { sizeBytes, modifiedAtMs }]])
    expect(scan({ known: known(size, mtimeMs) })).toMatchObject([
      { pieces: [], filesDone: 1, filesUnchanged: 1 },
    ])
    expect(scan({ known: known(size + 1, mtimeMs) })[0]?.pieces).toHaveLength(1)
    expect(scan({ known: known(size, mtimeMs + 0.5) })[0]?.pieces).toHaveLength(1)
  })

  it('sends at most two hundred turns at once, and no file before its turns', () => {
    for (let index = 0; index < 30; index += 1)
      writeSessionFile(dir, 'alice', `s${index}`, sessionOf(turns(index)))
    const batches = scan()
    const sent = batches.map((batch) =>
      batch.pieces.reduce((sum, piece) => sum + piece.session.turns.length, 0),
    )
    expect(Math.max(...sent)).toBeLessThanOrEqual(BATCH_TURNS_MAX)
    expect(sent.reduce((a, b) => a + b)).toBe((29 * 30) / 2)
    const arrived = new Set<string>()
    for (const batch of batches) {
      for (const piece of batch.pieces) arrived.add(piece.session.sessionId)
      for (const file of batch.files) expect(arrived).toContain(file.sessionId)
    }
  })

  it('sends a session with very many turns in pieces that add up to it', () => {
    writeSessionFile(dir, 'alice', 's1', sessionOf(turns(950), { input_tokens: 1e6, output_tokens: 1e6 }))
    const pieces = scan().flatMap((batch) => batch.pieces)
    expect(Math.max(...pieces.map((piece) => piece.session.turns.length))).toBe(PIECE_TURNS_MAX)
    expect(pieces.flatMap((piece) => piece.session.turns).map((turn) => turn.turnNumber)).toEqual(
      Array.from({ length: 950 }, (_, index) => index + 1),
    )
    expect(pieces.filter((piece) => piece.isFirst)).toHaveLength(1)
    expect(pieces.filter((piece) => piece.isLast)).toHaveLength(1)
    expect(pieces.map((piece) => piece.session.outsideInputTokens)).toEqual([905_000, ...Array(9).fill(0)])
  })

  it('tells of unreadable files and goes on', () => {
    writeSessionFile(dir, 'alice', 'bad', '{"input_tokens": 12')
    writeSessionFile(dir, 'alice', 'good', sessionText([turnOf()]))
    const [batch] = scan()
    expect(batch?.unreadable).toEqual([{ path: 'alice/bad.json', reason: expect.stringContaining('JSON') }])
    expect(batch?.files).toMatchObject([
      { sessionId: 'bad', problem: expect.any(String) },
      { sessionId: 'good', problem: null },
    ])
    expect(batch?.pieces).toHaveLength(1)
  })
})

describe('hostile files', () => {
  const problemOf = (session: string): string | null | undefined =>
    scan()
      .flatMap((batch) => batch.files)
      .find((file) => file.sessionId === session)?.problem

  it('of a gigabyte are not opened', () => {
    sparseFile('huge', 1024 ** 3)
    expect(problemOf('huge')).toContain('256 MB')
  })

  it('of a hundred megabytes of zeros are refused', () => {
    sparseFile('zeros', 100 * 1024 ** 2)
    expect(problemOf('zeros')).toContain('JSON')
  })

  it('of brackets a million deep are refused', () => {
    writeSessionFile(dir, 'alice', 'deep', `{"session_history": ${'['.repeat(1e6)}${']'.repeat(1e6)}}`)
    writeSessionFile(dir, 'alice', 'deeper', '{"a":'.repeat(1e6))
    expect(problemOf('deep')).toContain('levels deep')
    expect(problemOf('deeper')).toContain('levels deep')
  })

  it('with a quarter of a million turns are read', () => {
    writeSessionFile(
      dir,
      'alice',
      'many',
      `{"last_turn_data":{"workflow_history":[${Array(250_000).fill('{}').join(',')}]}}`,
    )
    expect(scan().flatMap((batch) => batch.files)).toMatchObject([
      { turns: 250_000, lastTurnNumber: 250_000 },
    ])
  })

  it.skipIf(process.platform === 'win32')('that are pipes are not waited for', () => {
    mkdirSync(join(dir, 'alice'))
    execFileSync('mkfifo', [join(dir, 'alice', 'pipe.json')])
    expect(scan()[0]?.unreadable).toEqual([
      { path: 'alice/pipe.json', reason: expect.stringContaining('regular file') },
    ])
  })

  it('that turn into a link, a pipe, a folder or nothing after the listing are refused', () => {
    const path = writeSessionFile(dir, 'alice', 's1', sessionText([]))
    const listed = { userId: 'alice', sessionId: 's1', path: 'alice/s1.json', sizeBytes: 1, modifiedAtMs: 0 }
    const reader = new SessionFileReader(dir, false)
    expect(reader.read(listed).reading.kind).toBe('session')
    unlinkSync(path)
    expect(reader.read(listed).reading).toMatchObject({ reason: expect.stringContaining('disappeared') })
    symlinkSync('/etc/passwd', path)
    expect(reader.read(listed).reading).toMatchObject({ reason: expect.stringContaining('link') })
    unlinkSync(path)
    execFileSync('mkfifo', [path])
    expect(reader.read(listed).reading).toMatchObject({ reason: expect.stringContaining('regular file') })
    unlinkSync(path)
    mkdirSync(path)
    expect(reader.read(listed).reading).toMatchObject({ reason: expect.stringContaining('regular file') })
  })

  it.skipIf(process.getuid?.() === 0)(
    'that may not be read are refused (left out for root, who may read all)',
    () => {
      chmodSync(writeSessionFile(dir, 'alice', 's1', '{}'), 0)
      expect(problemOf('s1')).toContain('permissions')
    },
  )
})
