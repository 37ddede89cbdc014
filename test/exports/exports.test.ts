import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Caller } from '../../electron/core/api.ts'
import { dispatchToAnswer } from '../../electron/operations/dispatch.ts'
import { EXPORT_COLUMNS, EXPORT_PIECE_BYTES } from '../../shared/contract/exports.ts'
import type { OperationInput, OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { readExcel } from '../support/read-excel.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

const CALLER: Caller = { ...OPERATOR, scope: 'admin', userId: null, tokenId: null }
const SESSIONS = 200
const TURNS_EACH = 500
const TURNS = SESSIONS * TURNS_EACH
/** What a spreadsheet would run; the setting keeps all of the text. */
const FORMULA = '=HYPERLINK("http://x","y"), and\nmore'

let open: TestWeir
let sessionsDir: string

function call<Name extends OperationName>(name: Name, input: OperationInput<Name>) {
  return dispatchToAnswer(open.weir, name, input, CALLER)
}

async function value<Name extends OperationName>(
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = await call(name, input)
  if (!answer.ok) throw new Error(answer.problem.detail)
  return answer.value as OperationOutput<Name>
}

async function ended(run_id: string): Promise<OperationOutput<'exports.getRun'>> {
  return vi.waitFor(
    async () => {
      const run = await value('exports.getRun', { run_id })
      expect(run.status).not.toBe('running')
      return run
    },
    { timeout: 120_000, interval: 20 },
  )
}

async function contentOf(run_id: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let offset: number | null = 0; offset !== null; ) {
    const piece: OperationOutput<'exports.read'> = await value('exports.read', { run_id, offset })
    pieces.push(Buffer.from(piece.data, 'base64'))
    offset = piece.next_offset
  }
  return Buffer.concat(pieces)
}

async function exported(input: OperationInput<'exports.start'>): Promise<Buffer> {
  const { run_id } = await value('exports.start', input)
  const run = await ended(run_id)
  expect(run).toMatchObject({ status: 'done', error: null })
  const content = await contentOf(run_id)
  expect(content.length).toBe(run.size_bytes)
  return content
}

/** Every turn as the API gives it, page by page. */
async function allTurns(): Promise<OperationOutput<'consumption.turns'>['turns']> {
  const turns: OperationOutput<'consumption.turns'>['turns'] = []
  while (turns.length < TURNS)
    turns.push(...(await value('consumption.turns', { limit: 1_000, offset: turns.length })).turns)
  return turns
}

beforeAll(async () => {
  open = await openWeir(SYSTEM_CLOCK)
  sessionsDir = mkdtempSync(join(tmpdir(), 'weir-export-'))
  for (let at = 0; at < SESSIONS; at += 1) {
    const user = at % 2 === 0 ? 'ada' : 'bob'
    mkdirSync(join(sessionsDir, user), { recursive: true })
    const turns = Array.from({ length: TURNS_EACH }, (_, n) => ({
      turn: n + 1,
      turn_input_tokens: n,
      turn_output_tokens: at,
      turn_cost: n / 1_000_000,
      user_query: n === 0 ? FORMULA : `question ${n}`,
      model: 'atlas',
      provider: 'acme',
      timestamp: new Date(Date.UTC(2026, 10, 1, 0, at, n)).toISOString(),
    }))
    const session = {
      id: `s${at}`,
      user_uuid: user,
      created_at: '2026-11-01T00:00:00Z',
      last_turn_data: { workflow_history: turns },
    }
    writeFileSync(join(sessionsDir, user, `s${at}.json`), JSON.stringify(session))
  }
  const started = await value('import.start', { sessions_dir: sessionsDir })
  await vi.waitFor(
    async () => {
      const run = await value('import.get', { run_id: started.run_id })
      expect(run.status).toBe('done')
    },
    { timeout: 100_000, interval: 100 },
  )
}, 300_000)

afterAll(async () => {
  await open.close()
  rmSync(sessionsDir, { recursive: true, force: true })
})

describe('an export of a hundred thousand turns', () => {
  test('is written while checks are answered, and read back it has every row as the API gives it', async () => {
    const { run_id } = await value('exports.start', { table: 'turns', filter: {}, format: 'csv' })
    let checks = 0
    while ((await value('exports.getRun', { run_id })).status === 'running') {
      expect(await value('limits.check', { user_id: 'ada', dry_run: true })).toMatchObject({ allowed: true })
      checks += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    // The main thread was free all the while: it answered many times before the file was there.
    expect(checks).toBeGreaterThan(20)
    expect(await ended(run_id)).toMatchObject({ status: 'done', rows_done: TURNS, rows_total: TURNS })
    const text = (await contentOf(run_id)).toString('utf8')
    expect(text.startsWith('\ufeff')).toBe(true)
    const rows: string[][] = parse(text, { bom: true })
    const turns = await allTurns()
    const columns = EXPORT_COLUMNS.turns
    expect(rows[0]).toEqual(columns)
    expect(rows).toHaveLength(TURNS + 1)
    for (const [at, turn] of turns.entries()) {
      const cells = columns.map((name) => {
        const member = turn[name as keyof typeof turn]
        const text = member === null || member === undefined ? '' : String(member)
        return text.startsWith('=') ? `'${text}` : text
      })
      if (rows[at + 1]?.join('|') !== cells.join('|')) expect(rows[at + 1]).toEqual(cells)
    }
  }, 300_000)

  test('is an Excel file with numbers, times and text, nothing of it a formula', async () => {
    const content = await exported({ table: 'turns', filter: {}, format: 'xlsx' })
    expect(content.length).toBeGreaterThan(EXPORT_PIECE_BYTES)
    const [sheet, ...others] = readExcel(content)
    expect(others).toEqual([])
    expect(sheet).toMatchObject({ name: 'turns', frozenRows: 1, hasFormula: false })
    expect(sheet?.rows).toHaveLength(TURNS + 1)
    const turns = await allTurns()
    const header = sheet?.rows[0] ?? []
    const row = (at: number) =>
      Object.fromEntries((sheet?.rows[at + 1] ?? []).map((cell, n) => [header[n], cell]))
    for (const [at, turn] of turns.entries()) {
      const read = row(at)
      if (
        read['id'] === turn.id &&
        read['cost_usd'] === turn.cost_usd &&
        read['user_query'] === turn.user_query
      )
        continue
      expect(read).toMatchObject({ id: turn.id, cost_usd: turn.cost_usd, user_query: turn.user_query })
    }
    expect(row(7)['occurred_at (UTC)']).toEqual({ utc: new Date(turns[7]?.occurred_at ?? '').toISOString() })
  }, 300_000)

  test('is stopped on request, and nothing of its file stays', async () => {
    const { run_id } = await value('exports.start', { table: 'turns', filter: {}, format: 'json' })
    await value('exports.cancel', { run_id })
    expect(await ended(run_id)).toMatchObject({ status: 'cancelled', error: null })
    expect(await call('exports.read', { run_id })).toMatchObject({
      ok: false,
      problem: { code: 'run_unknown' },
    })
    expect(existsSync(join(open.dataDir, 'exports', run_id))).toBe(false)
  }, 60_000)
})

describe('an export', () => {
  test('of what is filtered has those rows only, in the order of the screen', async () => {
    const filter = { user_id: 'ada', session_id: 's4' }
    const rows = JSON.parse((await exported({ table: 'turns', filter, format: 'json' })).toString('utf8'))
    const page = await value('consumption.turns', { ...filter, limit: 1_000 })
    expect(page.turns).toHaveLength(TURNS_EACH)
    expect(rows).toEqual(page.turns)
  }, 60_000)

  test('of each table has what its screen has', async () => {
    const read = async (table: 'users' | 'sessions' | 'decisions' | 'audit') =>
      JSON.parse((await exported({ table, filter: {}, format: 'json' } as never)).toString('utf8'))
    expect(await read('users')).toEqual((await value('consumption.users', { limit: 1_000 })).users)
    expect(await read('sessions')).toEqual((await value('sessions.list', { limit: 200 })).sessions)
    expect(await read('decisions')).toEqual((await value('enforcement.events', {})).events)
    const audit = await read('audit')
    expect(audit).toEqual((await value('audit.list', { limit: 500 })).entries)
    expect(audit.length).toBeGreaterThan(0)
  }, 60_000)

  test('of nothing says at least what the columns are; as text for pasting it has no mark and no commas', async () => {
    const filter = { kind: 'bypassed' } as const
    const csv = await exported({ table: 'decisions', filter, format: 'csv' })
    expect(csv.toString('utf8')).toBe(`\ufeff${EXPORT_COLUMNS.decisions.join(',')}\n`)
    const tsv = await exported({ table: 'decisions', filter, format: 'tsv' })
    expect(tsv.toString('utf8')).toBe(`${EXPORT_COLUMNS.decisions.join('\t')}\n`)
    expect((await exported({ table: 'decisions', filter, format: 'json' })).toString('utf8')).toBe('[]\n')
  }, 60_000)

  test('of a user nobody knows says so', async () => {
    const { run_id } = await value('exports.start', {
      table: 'turns',
      filter: { user_id: 'nobody' },
      format: 'csv',
    })
    expect(await ended(run_id)).toMatchObject({ status: 'failed', error: { code: 'user_unknown' } })
  })

  test('keeps the last three files, makes three at a time, and leaves no file when Weir stops', async () => {
    const first = await value('exports.start', { table: 'audit', filter: {}, format: 'csv' })
    const more = [1, 2].map(() => value('exports.start', { table: 'audit', filter: {}, format: 'csv' }))
    const runs = [first, ...(await Promise.all(more))]
    expect(await call('exports.start', { table: 'audit', filter: {}, format: 'csv' })).toMatchObject({
      ok: false,
      problem: { code: 'busy' },
    })
    for (const { run_id } of runs) await ended(run_id)
    const last = await value('exports.start', { table: 'audit', filter: {}, format: 'csv' })
    await ended(last.run_id)
    expect(await call('exports.getRun', { run_id: first.run_id })).toMatchObject({ ok: false })
    expect((await contentOf(last.run_id)).length).toBeGreaterThan(0)
    await open.weir.close()
    expect(existsSync(join(open.dataDir, 'exports'))).toBe(false)
  }, 60_000)
})
