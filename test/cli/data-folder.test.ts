import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeFileAtomically } from '../../electron/core/kernel/atomic-file.ts'
import { dataFolderPath, prepareDataFolder } from '../../electron/core/kernel/data-folder-path.ts'
import { openLogFile } from '../../electron/core/kernel/pino-logger.ts'
import {
  isProcessAlive,
  type RunFile,
  readRunFile,
  removeRunFile,
  writeRunFile,
} from '../../electron/core/kernel/run-file.ts'
import { findRunningInstance } from '../../electron/core/kernel/running-instance.ts'
import { parsePort, readSettingsFile } from '../../electron/core/kernel/settings-file.ts'
import { startSettings } from '../../electron/core/kernel/start-settings.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const LINUX = { flag: undefined, env: {}, platform: 'linux', homeDir: '/home/ann', workingDir: '/srv' }

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

describe('where the data is', () => {
  test('what was typed goes before the environment, relative to where it was typed', () => {
    const env = { WEIR_DATA_DIR: '/from-env' }
    expect(dataFolderPath({ ...LINUX, flag: 'data', env })).toEqual({ path: '/srv/data', isNamed: true })
    expect(dataFolderPath({ ...LINUX, env })).toEqual({ path: '/from-env', isNamed: true })
  })

  test('each platform has its own place', () => {
    expect(dataFolderPath(LINUX)).toEqual({ path: '/home/ann/.local/share/weir', isNamed: false })
    expect(dataFolderPath({ ...LINUX, env: { XDG_DATA_HOME: '/data' } }).path).toBe('/data/weir')
    expect(dataFolderPath({ ...LINUX, platform: 'darwin' }).path).toBe(
      '/home/ann/Library/Application Support/Weir/data',
    )
    expect(dataFolderPath({ ...LINUX, platform: 'win32', env: { APPDATA: '/roaming' } }).path).toBe(
      '/roaming/Weir/data',
    )
  })

  test('a relative XDG_DATA_HOME and an empty WEIR_DATA_DIR are ignored', () => {
    const env = { XDG_DATA_HOME: 'data', WEIR_DATA_DIR: '' }
    expect(dataFolderPath({ ...LINUX, env }).path).toBe('/home/ann/.local/share/weir')
  })

  test('a new folder is its owner’s alone', () => {
    const path = join(folder, 'a', 'b')
    prepareDataFolder(path)
    expect(modeOf(path)).toBe(0o700)
    expect(modeOf(join(path, 'logs'))).toBe(0o700)
  })

  test('an empty folder, or one that holds our data, is closed to others', () => {
    const path = join(folder, 'open')
    mkdirSync(path, { mode: 0o755 })
    prepareDataFolder(path)
    expect(modeOf(path)).toBe(0o700)
  })

  test('a folder with other things in it is left as open as it was', () => {
    const path = join(folder, 'shared')
    mkdirSync(path, { mode: 0o755 })
    writeFileSync(join(path, 'letter.txt'), 'hello')
    prepareDataFolder(path)
    expect(modeOf(path)).toBe(0o755)
  })

  test('a folder that cannot be made is refused with its name', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => prepareDataFolder(join(folder, 'file', 'data'))).toThrow(
      expect.objectContaining({
        code: 'storage_unavailable',
        message: expect.stringContaining('--data-dir'),
      }),
    )
  })
})

describe('settings.json', () => {
  const start = { ...LINUX, portFlag: undefined, sessionsDirFlag: undefined }

  test('without a file nothing is set, and the port is 5055', () => {
    expect(readSettingsFile(folder)).toEqual({ port: null, sessionsDir: null })
    expect(startSettings({ ...start, flag: folder })).toEqual({
      dataDir: folder,
      isDataDirNamed: true,
      port: 5055,
      sessionsDir: null,
    })
  })

  test('typed goes before the environment, that before the file', () => {
    writeFileSync(
      join(folder, 'settings.json'),
      JSON.stringify({ port: 6001, sessions_dir: 'sessions', other: 1 }),
    )
    const choice = { ...start, flag: folder }
    expect(startSettings(choice)).toMatchObject({ port: 6001, sessionsDir: join(folder, 'sessions') })
    expect(startSettings({ ...choice, env: { WEIR_PORT: '6002' } })).toMatchObject({ port: 6002 })
    const typed = { ...choice, env: { WEIR_PORT: '6002' }, portFlag: '0', sessionsDirFlag: 's' }
    expect(startSettings(typed)).toMatchObject({ port: 0, sessionsDir: '/srv/s' })
  })

  test('a file that cannot be understood is said, not skipped', () => {
    for (const text of ['{', '{"port": "5055"}', '{"port": 70000}', '[]']) {
      writeFileSync(join(folder, 'settings.json'), text)
      expect(() => readSettingsFile(folder)).toThrow(expect.objectContaining({ code: 'storage_unavailable' }))
    }
  })

  test('only a port is a port', () => {
    expect(parsePort('5055', '--port')).toBe(5055)
    for (const text of ['', 'http', '-1', '65536', '5055.5', '0x10', '1e3']) {
      expect(() => parsePort(text, '--port')).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    }
  })
})

describe('run.json', () => {
  const run: RunFile = {
    pid: process.pid,
    port: 5055,
    url: 'http://127.0.0.1:5055',
    token: 'weir_secret',
    started_at: '2026-11-24T00:00:00.000Z',
  }

  test('is readable by its owner only and read back as it was written', async () => {
    await writeRunFile(folder, run)
    expect(modeOf(join(folder, 'run.json'))).toBe(0o600)
    expect(readRunFile(folder)).toEqual(run)
    expect(readdirSync(folder)).toEqual(['run.json'])
  })

  test('one that is missing or broken names nobody', () => {
    expect(readRunFile(folder)).toBeUndefined()
    writeFileSync(join(folder, 'run.json'), '{"pid": 1')
    expect(readRunFile(folder)).toBeUndefined()
  })

  test('is removed by the process that wrote it, and by no other', async () => {
    await writeRunFile(folder, run)
    removeRunFile(folder, run.pid + 1)
    expect(readRunFile(folder)).toEqual(run)
    removeRunFile(folder, run.pid)
    removeRunFile(folder, run.pid)
    expect(readRunFile(folder)).toBeUndefined()
  })

  test('a dead process, or a port where something else is, is no running Weir', async () => {
    expect(isProcessAlive(process.pid)).toBe(true)
    expect(isProcessAlive(2 ** 22 + 1)).toBe(false)
    await writeRunFile(folder, { ...run, pid: 2 ** 22 + 1 })
    expect(await findRunningInstance(folder)).toBeUndefined()
    // Port 1 answers nobody.
    await writeRunFile(folder, { ...run, port: 1, url: 'http://127.0.0.1:1' })
    expect(await findRunningInstance(folder)).toBeUndefined()
  })
})

describe('files on disk', () => {
  test('a write that fails leaves the old text and nothing else', async () => {
    const path = join(folder, 'file.json')
    await writeFileAtomically(path, 'old')
    mkdirSync(join(folder, 'blocked.json'))
    await expect(writeFileAtomically(join(folder, 'blocked.json'), 'new')).rejects.toThrow()
    expect(readdirSync(folder).sort()).toEqual(['blocked.json', 'file.json'])
  })

  test('the log hides secrets, is private, and is put aside when it is large', async () => {
    prepareDataFolder(folder)
    const file = openLogFile(folder, 'nonsense')
    file.log.debug('not written')
    file.log.info('hello', { token: 'weir_secret', headers: { authorization: 'Bearer weir_secret' } })
    file.flush()
    const path = join(folder, 'logs', 'weir.log')
    const line = JSON.parse(readFileSync(path, 'utf8'))
    expect(line).toMatchObject({ level: 'info', message: 'hello', token: '[hidden]' })
    expect(line.headers).toBe('[hidden]')
    expect(modeOf(path)).toBe(0o600)
    file.own()
    file.limitTo(8_000)
    expect(readdirSync(join(folder, 'logs'))).toEqual(['weir.log'])
    file.log.warn('x'.repeat(1_000))
    file.log.warn('after')
    expect(readdirSync(join(folder, 'logs'))).toContain('weir.1.log')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ level: 'warn', message: 'after' })
    file.close()
    expect(() => file.log.info('too late')).not.toThrow()
  })
})
