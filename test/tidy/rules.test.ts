import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodesPage } from '../../build/make-docs.ts'
import { openApiDocument } from '../../electron/http/openapi.ts'
import { HANDLERS } from '../../electron/operations/handlers.ts'
import { OPERATIONS, type OperationName } from '../../shared/contract/index.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import { ROOT, SOURCES, withoutComments } from './source-files.ts'

const NAMES = Object.keys(OPERATIONS) as OperationName[]
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8')

describe('the core', () => {
  const CORE = SOURCES.filter((source) => source.path.startsWith('electron/core/'))

  /** What core asks of the machine it asks through a port; `homes` are the files that are the port. */
  const BANNED = [
    { what: 'Date.now()', pattern: /\bDate\.now\b/, homes: ['electron/core/kernel/'] },
    { what: 'new Date() of now', pattern: /\bnew Date\(\s*\)/, homes: [] },
    {
      what: 'performance.now()',
      pattern: /\bperformance\.now\b/,
      homes: ['electron/core/kernel/', 'electron/core/database/group-commit.ts'],
    },
    {
      what: 'a timer',
      pattern: /\bset(Timeout|Interval)\b/,
      homes: ['electron/core/kernel/', 'electron/core/database/group-commit.ts'],
    },
    { what: 'console', pattern: /\bconsole\./, homes: [] },
    { what: 'Math.random()', pattern: /\bMath\.random\b/, homes: ['electron/core/database/group-commit.ts'] },
    { what: 'process.env', pattern: /\bprocess\.env\b/, homes: [] },
  ] as const

  test.each(BANNED)('does not use $what but where it stands for the machine', ({ pattern, homes }) => {
    const found = CORE.filter(
      ({ path, text: source }) =>
        pattern.test(withoutComments(source)) && !homes.some((home) => path.startsWith(home)),
    )
    expect(found.map((source) => source.path)).toEqual([])
  })

  test('leaves no error unseen: a catch without a statement says at least why', () => {
    const found = SOURCES.filter(({ text: source }) => /catch\s*(\([^)]*\))?\s*\{\s*\}/.test(source))
    expect(found.map((source) => source.path)).toEqual([])
  })
})

describe('the tests', () => {
  test('are all run: none is left out or run alone', () => {
    // By their title: `skipIf` and Playwright's `skip(condition, reason)` show up in the count of what was skipped.
    const left = /\b(test|it|describe)\.(skip|only|todo|fails)(\(\s*['"`]|\.each)/
    const found = SOURCES.filter(
      ({ path, text: source }) => path.startsWith('test/') && left.test(withoutComments(source)),
    )
    expect(found.map((source) => source.path)).toEqual([])
  })

  test('do not replace modules by stand-ins', () => {
    const mock = new RegExp(`\\bvi\\.(${['mock', 'doMock'].join('|')})\\(`)
    expect(SOURCES.filter((source) => mock.test(source.text)).map((source) => source.path)).toEqual([])
  })
})

describe('every operation', () => {
  test('has a handler, and every handler an operation', () => {
    expect(Object.keys(HANDLERS).sort()).toEqual([...NAMES].sort())
  })

  test('is in the OpenAPI document, under its method and address', () => {
    const { paths } = openApiDocument(5055) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>
    }
    for (const name of NAMES) {
      const { method, path } = OPERATIONS[name]
      expect(paths[path]?.[method.toLowerCase()]?.operationId, `${name} at ${method} ${path}`).toBe(name)
    }
  })

  test('is named by a test', () => {
    const tests = SOURCES.filter(
      (source) => source.path.startsWith('test/') && !source.path.startsWith('test/tidy/'),
    )
      .map((source) => source.text)
      .join('\n')
    const unnamed = NAMES.filter(
      (name) => !tests.includes(`'${name}'`) && !tests.includes(`OPERATIONS['${name}']`),
    )
    expect(unnamed.map((name) => `no test names '${name}'`)).toEqual([])
  })
})

describe('every error code', () => {
  test('is documented, and nothing else is: docs/error-codes.md is what build/make-docs.ts makes', () => {
    expect(text('docs/error-codes.md')).toBe(errorCodesPage())
  })

  test('is named by a test that gets it', () => {
    const tests = SOURCES.filter(
      ({ path }) =>
        path.startsWith('test/') && !path.startsWith('test/tidy/') && !path.startsWith('test/bench/'),
    )
      .map((source) => source.text)
      .join('\n')
    const isTested = (code: string) => new RegExp(`['"\`]${code}\\b`).test(tests)
    expect(Object.keys(ERROR_CODES).filter((code) => !isTested(code))).toEqual([])
  })

  test('is used somewhere', () => {
    const product = SOURCES.filter(
      ({ path }) =>
        (path.startsWith('electron/') || path.startsWith('shared/') || path.startsWith('renderer/')) &&
        path !== 'shared/error-codes.ts',
    )
      .map((source) => source.text)
      .join('\n')
    // The limits go by their list, which is in the ledger itself.
    const ledger = text('shared/error-codes.ts')
    const isUsed = (code: string) =>
      product.includes(`'${code}'`) || ledger.slice(ledger.indexOf('LIMIT_CODES')).includes(`'${code}'`)
    expect(Object.keys(ERROR_CODES).filter((code) => !isUsed(code))).toEqual([])
  })
})

describe('dependencies', () => {
  const manifest = JSON.parse(text('package.json')) as Readonly<
    Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>
  >
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }

  test('are pinned exactly', () => {
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual(
      [],
    )
  })

  test('are each in docs/dependencies.md with their version and a reason, and nothing else is', () => {
    const rows = [
      ...text('docs/dependencies.md').matchAll(/^\| ([@\w./-]+) \| (\d[^|]*?) \| ([^|]+?) \| ([^|]+?) \|$/gm),
    ]
    const documented = Object.fromEntries(rows.map(([, name, version]) => [name, version]))
    expect(documented).toEqual(all)
    expect(
      rows.filter(([, , , licence = '', reason = '']) => licence.length < 2 || reason.length < 5),
    ).toEqual([])
  })

  test('at run time are few: the rest is bundled', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['better-sqlite3'])
  })

  test('that the code imports are all named', () => {
    const known = new Set(Object.keys(all))
    const strays = SOURCES.flatMap((source) =>
      source.packages
        .map((name) =>
          (name.startsWith('@') ? name.split('/').slice(0, 2) : name.split('/').slice(0, 1)).join('/'),
        )
        // What build/ makes while bundling is no package.
        .filter((name) => !/^(node|virtual):/.test(name) && !known.has(name))
        .map((name) => `${source.path} imports ${name}`),
    )
    expect(strays).toEqual([])
  })

  test('are locked without naming a host: whatever registry npm is told to use will do', () => {
    const lock = JSON.parse(text('package-lock.json')) as {
      readonly packages: Readonly<
        Record<string, { readonly resolved?: string; readonly integrity?: string; readonly link?: boolean }>
      >
    }
    const entries = Object.entries(lock.packages).filter(([name]) => name !== '')
    expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([name]) => name)).toEqual([])
    expect(entries.filter(([, entry]) => entry.integrity === undefined).map(([name]) => name)).toEqual([])
  })
})
