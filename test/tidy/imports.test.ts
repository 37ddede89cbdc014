import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BY_PATH, ROOT, reachableFrom, SOURCES } from './source-files.ts'

/**
 * Which part may import which (LAYOUT, section 1): imports point down this table and to nothing that is not named.
 * A part is a folder or, in core, a single file; everything in a part may import the rest of it.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  migrations: [],
  'electron/core/kernel': ['shared'],
  'electron/core/database': ['electron/core/kernel', 'migrations', 'shared'],
  // Only types: what the faces may ask of the core.
  'electron/core/callers.ts': ['electron/core/database', 'shared'],
  'electron/core/session-files-api.ts': ['shared'],
  'electron/core/upkeep-api.ts': ['electron/core/callers.ts', 'shared'],
  'electron/core/restore-api.ts': ['electron/core/callers.ts', 'shared'],
  'electron/core/repricing-api.ts': ['electron/core/callers.ts', 'shared'],
  'electron/core/intelligence-api.ts': ['shared'],
  'electron/core/api.ts': [
    'electron/core/callers.ts',
    'electron/core/database',
    'electron/core/intelligence-api.ts',
    'electron/core/kernel',
    'electron/core/restore-api.ts',
    'electron/core/repricing-api.ts',
    'electron/core/session-files-api.ts',
    'electron/core/upkeep-api.ts',
    'shared',
  ],
  'electron/core/audit': ['electron/core/api.ts', 'electron/core/database', 'electron/core/kernel', 'shared'],
  'electron/core/settings': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/database',
    'electron/core/kernel',
    'shared',
  ],
  'electron/core/pricing': ['electron/core/database', 'electron/core/kernel', 'shared'],
  'electron/core/sessions': ['electron/core/kernel', 'shared'],
  'electron/core/alerts': [
    'electron/core/api.ts',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/consumption': [
    'electron/core/alerts',
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/pricing',
    'electron/core/sessions',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/access': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/enforcement': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/exports': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/enforcement',
    'electron/core/kernel',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/prices': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/pricing',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/intelligence': [
    'electron/core/api.ts',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'shared',
  ],
  'electron/core/import': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/sessions',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/auth-database': [
    'electron/core/access',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/import',
    'electron/core/kernel',
    'electron/core/prices',
    'electron/core/pricing',
    'electron/core/sessions',
    'shared',
  ],
  'electron/core/dual-write': [
    'electron/core/api.ts',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/import',
    'electron/core/kernel',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/files-view': [
    'electron/core/access',
    'electron/core/api.ts',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/dual-write',
    'electron/core/import',
    'electron/core/kernel',
    'electron/core/sessions',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/scheduler': ['electron/core/database', 'electron/core/kernel', 'shared'],
  'electron/core/jobs': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/scheduler',
    'shared',
  ],
  'electron/core/verify': [
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'shared',
  ],
  'electron/core/logs': ['electron/core/api.ts', 'electron/core/kernel', 'shared'],
  'electron/core/observing': [
    'electron/core/api.ts',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/logs',
    'electron/core/pricing',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/backup': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/database',
    'electron/core/kernel',
    'shared',
  ],
  'electron/core/reconciliation': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/kernel',
    'electron/core/sessions',
    'electron/core/settings',
    'shared',
  ],
  'electron/core/restore': [
    'electron/core/api.ts',
    'electron/core/audit',
    'electron/core/backup',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/import',
    'electron/core/kernel',
    'electron/core/prices',
    'electron/core/sessions',
    'electron/core/settings',
    'electron/core/verify',
    'shared',
  ],
  'electron/core/workers': [
    'electron/core/auth-database',
    'electron/core/backup',
    'electron/core/consumption',
    'electron/core/database',
    'electron/core/exports',
    'electron/core/import',
    'electron/core/intelligence',
    'electron/core/kernel',
    'electron/core/prices',
    'electron/core/reconciliation',
    'electron/core/restore',
    'electron/core/sessions',
    'electron/core/verify',
    'shared',
  ],
  // What outlives an exchange of the database.
  'electron/core/weir-host.ts': [
    'electron/core/api.ts',
    'electron/core/backup',
    'electron/core/kernel',
    'electron/core/restore',
    'electron/core/workers',
    'shared',
  ],
  'electron/core/weir-status.ts': ['electron/core', 'shared'],
  'electron/core/weir-alerts.ts': ['electron/core', 'shared'],
  'electron/core/weir-backups.ts': ['electron/core', 'shared'],
  'electron/core/weir-session-files.ts': ['electron/core', 'shared'],
  'electron/core/weir-imports.ts': ['electron/core', 'shared'],
  // The composition root knows every part of core.
  'electron/core/weir.ts': ['electron/core', 'shared'],
  'electron/operations': ['electron/core/api.ts', 'electron/core/kernel', 'shared'],
  'electron/http': ['electron/core/api.ts', 'electron/core/kernel', 'electron/operations', 'shared'],
  'electron/preload': ['shared'],
  'electron/shell': ['electron/core', 'electron/http', 'electron/operations', 'shared'],
  'electron/serve': ['electron/core', 'electron/http', 'electron/operations', 'shared'],
  // `weir serve` is a command like the others.
  'electron/cli': ['electron/core', 'electron/http', 'electron/operations', 'electron/serve', 'shared'],
  // An installed Weir decides here between its window and its command line.
  'electron/start.ts': ['electron/cli', 'electron/shell'],
  renderer: ['shared'],
  build: ['shared'],
}

const PARTS = Object.keys(MAY_IMPORT).sort((one, other) => other.length - one.length)
const isWithin = (path: string, part: string) => path === part || path.startsWith(`${part}/`)
const partOf = (path: string) => PARTS.find((part) => isWithin(path, part))

const PRODUCT = SOURCES.filter((source) => !isWithin(source.path, 'test') && source.path.includes('/'))

describe('imports', () => {
  test('point to files that exist', () => {
    const broken = SOURCES.flatMap((source) =>
      source.imports
        .filter((path) => !BY_PATH.has(path) && !path.endsWith('.json'))
        .map((path) => `${source.path} imports ${path}, which does not exist.`),
    )
    expect(broken).toEqual([])
  })

  test('every folder has its place in the table', () => {
    expect(
      PRODUCT.filter((source) => partOf(source.path) === undefined).map((source) => source.path),
    ).toEqual([])
  })

  test('point only where the table allows', () => {
    const wrong = PRODUCT.flatMap((source) => {
      const part = partOf(source.path) ?? ''
      const allowed = [part, ...(MAY_IMPORT[part] ?? [])]
      return source.imports
        .filter((path) => !allowed.some((one) => isWithin(path, one)))
        .map(
          (path) =>
            `${source.path} must not import ${path}: ${part} may import only ${allowed.slice(1).join(', ') || 'nothing of ours'}.`,
        )
    })
    expect(wrong).toEqual([])
  })

  test('go round in no circle, not even for types', () => {
    const circles = SOURCES.filter((source) => reachableFrom(source.imports).has(source.path)).map(
      (source) => `${source.path} imports itself by way of others.`,
    )
    expect(circles).toEqual([])
  })

  test('of electron are only in the shell, the preload script, and what starts or tests it', () => {
    const homes = ['electron/shell', 'electron/preload', 'build/carried-launcher.mjs', 'test/e2e']
    const strays = SOURCES.filter(
      (source) =>
        source.packages.some((name) => /^electron(\/|$)/.test(name)) &&
        !homes.some((home) => isWithin(source.path, home)),
    )
    expect(strays.map((source) => source.path)).toEqual([])
  })

  test('of Node are nowhere in what must run in a browser', () => {
    const strays = PRODUCT.filter(
      (source) =>
        ['shared', 'renderer', 'migrations'].some((part) => isWithin(source.path, part)) &&
        source.packages.some((name) => name.startsWith('node:')),
    )
    expect(strays.map((source) => source.path)).toEqual([])
  })
})

describe('files', () => {
  const ENTRIES = [
    'electron/shell/main.ts',
    'electron/start.ts',
    'electron/serve/serve.ts',
    'electron/cli/cli.ts',
    'electron/core/workers/worker.ts',
    'electron/preload/preload.ts',
    'renderer/main.tsx',
    // The page loads it by its address, before anything is painted.
    'renderer/public/theme-boot.js',
    // Run by hand after a change of a command.
    'electron/cli/write-command-docs.ts',
  ]

  test('of the product are all reached from one of its entries: what only tests use is not part of it', () => {
    const reached = reachableFrom(ENTRIES)
    // A declaration describes what runs and does not run itself.
    const runs = PRODUCT.filter(({ path }) => !isWithin(path, 'build') && !path.endsWith('.d.ts'))
    const dead = runs.filter((source) => !reached.has(source.path))
    expect(dead.map((source) => `${source.path} is imported by nothing that runs.`)).toEqual([])
  })

  test('of tests and build scripts are all run or used', () => {
    const manifest = readFileSync(join(ROOT, 'package.json'), 'utf8')
    const isRun = (path: string) => /\.(test|spec)\.tsx?$|\.config\.ts$|\.d\.ts$/.test(path)
    // Some are started as a process of their own, and named there as text.
    const scripts = `${manifest}${SOURCES.map((source) => source.text).join('')}`
    const isNamed = (path: string) => scripts.includes(path.slice(path.lastIndexOf('/') + 1))
    const roots = SOURCES.map((source) => source.path).filter(isRun)
    const reached = reachableFrom(roots)
    const others = SOURCES.filter((source) => isWithin(source.path, 'test') || isWithin(source.path, 'build'))
    expect(
      others.filter(({ path }) => !reached.has(path) && !isNamed(path)).map((source) => source.path),
    ).toEqual([])
  })

  test('have at most 400 lines', () => {
    const long = SOURCES.filter((source) => source.lines > 400)
    expect(long.map((source) => `${source.path} has ${source.lines} lines: split it.`)).toEqual([])
  })

  test('are named in lower case with dashes', () => {
    const odd = SOURCES.filter(
      ({ path }) => !/^[a-z0-9][a-z0-9.-]*$/.test(path.slice(path.lastIndexOf('/') + 1)),
    )
    expect(odd.map((source) => source.path)).toEqual([])
  })
})
