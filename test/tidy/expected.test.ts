import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BY_PATH, ROOT } from './source-files.ts'

/** docs/expected.md: what users expect, and which test holds it. */

/** As many as the table of expectations has. */
const ROWS = 64

const ROW = /^\| (\d+) \| (.+?) \| (held|partly|open) \| (.*?) \| (.*?) \|$/gm
const NAMED = /`([\w./-]+)` › “([^”]+)”/g

const rows = [...readFileSync(join(ROOT, 'docs/expected.md'), 'utf8').matchAll(ROW)].map(
  ([, number = '', , state = '', tests = '', note = '']) => ({
    number: Number(number),
    state,
    note,
    tests: [...tests.matchAll(NAMED)].map(([, file = '', title = '']) => ({ path: `test/${file}`, title })),
  }),
)

describe('the table of what users expect', () => {
  test('has every row, once and in order', () => {
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1))
  })

  test('names a test for everything that is held, and a reason for everything that is not', () => {
    const bare = rows.filter(({ state, tests, note }) =>
      state === 'held' ? tests.length === 0 : note.length < 20,
    )
    expect(bare.map(({ number }) => number)).toEqual([])
  })

  test('names only tests that are there, by their very titles', () => {
    const missing = rows.flatMap(({ number, tests }) =>
      tests
        .filter(({ path, title }) => BY_PATH.get(path)?.text.includes(title) !== true)
        .map(({ path, title }) => `row ${number}: ${path} has no test called “${title}”`),
    )
    expect(missing).toEqual([])
  })
})
