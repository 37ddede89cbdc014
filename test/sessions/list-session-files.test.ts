import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listSessionFiles, sessionsRoot } from '../../electron/core/sessions/list-session-files.ts'
import { lookAtFolder } from '../../electron/core/sessions/look-at-folder.ts'
import { sessionText, temporaryFolder, writeSessionFile } from '../support/session-files.ts'

let dir: string
let remove: () => void

beforeEach(() => {
  const folder = temporaryFolder()
  dir = folder.path
  remove = folder.remove
})
afterEach(() => remove())

const list = () => [...listSessionFiles(sessionsRoot(dir))]
const paths = () => list().flatMap((user) => user.files.map((file) => file.path))
const leftOut = () => list().flatMap((user) => user.unreadable.map((entry) => entry.path))

describe('listing a sessions folder', () => {
  it('gives users and sessions in the order of their ids, with size and time', () => {
    for (const [user, session] of [
      ['bob', 's2'],
      ['bob', 's10'],
      ['alice', 's1'],
    ] as const) {
      writeSessionFile(dir, user, session, sessionText([]))
    }
    expect(list().map((user) => user.userId)).toEqual(['alice', 'bob'])
    expect(paths()).toEqual(['alice/s1.json', 'bob/s10.json', 'bob/s2.json'])
    expect(list()[0]?.files[0]).toEqual({
      userId: 'alice',
      sessionId: 's1',
      path: 'alice/s1.json',
      sizeBytes: sessionText([]).length,
      modifiedAtMs: expect.any(Number),
    })
  })

  it('gives a user without sessions too', () => {
    mkdirSync(join(dir, 'carol'))
    expect(list()).toEqual([{ userId: 'carol', files: [], unreadable: [] }])
  })

  it('follows no link, whatever is behind it', () => {
    writeSessionFile(dir, 'alice', 's1', sessionText([]))
    symlinkSync('/etc', join(dir, 'etc'))
    symlinkSync(join(dir, 'alice'), join(dir, 'mirror'))
    symlinkSync('/etc/passwd', join(dir, 'alice', 'passwd.json'))
    symlinkSync('s1.json', join(dir, 'alice', 's2.json'))
    symlinkSync('nowhere', join(dir, 'alice', 's3.json'))
    expect(paths()).toEqual(['alice/s1.json'])
    expect(leftOut()).toEqual(['alice/passwd.json', 'alice/s2.json', 'alice/s3.json', 'etc', 'mirror'])
    for (const user of list()) for (const { reason } of user.unreadable) expect(reason).toContain('link')
  })

  it('opens the folder itself through a link: which folder it is, the operator decides', () => {
    const real = temporaryFolder()
    writeSessionFile(real.path, 'alice', 's1', sessionText([]))
    symlinkSync(real.path, join(dir, 'sessions'))
    expect(lookAtFolder(join(dir, 'sessions'))).toMatchObject({ users: 1, files: 1, problem: null })
    real.remove()
  })

  it.each(['..%2f..%2fetc', '.hidden', '-rf', 'a b', 'a\nb', 'аlice', 'x'.repeat(129), 'a\\b', 'a;b', '...'])(
    'leaves out the name %j and says so',
    (name) => {
      writeSessionFile(dir, name, 's1', sessionText([]))
      writeSessionFile(dir, 'alice', name, sessionText([]))
      expect(paths()).toEqual([])
      expect(leftOut()).toHaveLength(2)
      for (const path of leftOut()) expect(path).not.toContain('\n')
    },
  )

  it('leaves out what is no file and files in the wrong place, and passes over what claims no session', () => {
    mkdirSync(join(dir, 'alice', 'folder.json'), { recursive: true })
    writeFileSync(join(dir, 'stray.json'), '{}')
    writeFileSync(join(dir, 'README.md'), 'hello')
    writeFileSync(join(dir, 'alice', 's1.json.tmp'), '{}')
    expect(paths()).toEqual([])
    expect(leftOut()).toEqual(['alice/folder.json', 'stray.json'])
  })

  it('refuses a folder that is not there or no folder', () => {
    writeFileSync(join(dir, 'file'), '')
    expect(() => sessionsRoot(join(dir, 'missing'))).toThrow(
      expect.objectContaining({ code: 'folder_unreadable' }),
    )
    expect(() => [...listSessionFiles(join(dir, 'file'))]).toThrow(
      expect.objectContaining({ code: 'folder_unreadable' }),
    )
  })
})

describe('a look at a folder', () => {
  it('counts users, files and bytes', () => {
    writeSessionFile(dir, 'alice', 's1', '{}')
    writeSessionFile(dir, 'alice', 's2', '{   }')
    writeSessionFile(dir, 'bob', 's1', 'x')
    expect(lookAtFolder(dir)).toEqual({
      exists: true,
      readable: true,
      users: 2,
      files: 3,
      bytes: 8,
      problem: null,
    })
  })

  it('says what is unexpected', () => {
    expect(lookAtFolder(dir)).toMatchObject({
      exists: true,
      readable: true,
      files: 0,
      problem: expect.stringContaining('<user>'),
    })
    rmSync(dir, { recursive: true })
    expect(lookAtFolder(dir)).toMatchObject({ exists: false, readable: false, problem: expect.any(String) })
    writeFileSync(dir, '')
    expect(lookAtFolder(dir)).toMatchObject({ exists: true, readable: false, problem: expect.any(String) })
  })
})
