import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { momentOf } from '../../electron/core/consumption/context.ts'
import { archiveClosedPeriods, importSessions } from '../../electron/core/consumption/ledger-import.ts'
import { undoMonths } from '../../electron/core/consumption/undo-archive.ts'
import { UNDO_KINDS, undoRows } from '../../electron/core/consumption/undo-rows.ts'
import { undoSessions } from '../../electron/core/consumption/undo-sessions.ts'
import { insertBatch } from '../../electron/core/import/batch-store.ts'
import { planUndo } from '../../electron/core/import/undo-plan.ts'
import type { SessionReading } from '../../electron/core/sessions/session-reading.ts'
import { DAY_MS, MINUTE_MS, toIso } from '../../shared/units.ts'
import { closeAll, digest } from '../support/books-digest.ts'
import {
  ATLAS,
  OPERATOR,
  openConsumption,
  sessionReading,
  type TestConsumption,
  turnInput,
} from '../support/consumption.ts'
import { Random } from '../support/random.ts'

/** Undoing one import of random histories, against the same history without it. */

type Step =
  | { readonly kind: 'import'; readonly sessions: readonly SessionReading[] }
  | { readonly kind: 'record'; readonly session: SessionReading; readonly turn: number }
  | { readonly kind: 'limits'; readonly tokens: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'close' }

/** Only files tell of the last two. */
const USERS = ['alice', 'ben', 'cora', 'dora'] as const
const KNOWN = ['alice', 'ben'] as const
/** Enough for every run of the tests; `WEIR_HISTORIES=200` looks longer, `WEIR_SEED` begins elsewhere. */
const HISTORIES = Number(process.env['WEIR_HISTORIES'] ?? 40)
const FIRST = Number(process.env['WEIR_SEED'] ?? 1)
const START = Date.parse('2026-11-12T10:00:00Z')

function history(random: Random): Step[] {
  const whole = Array.from({ length: 8 }, (_, index) => {
    const createdAt = START - random.int(0, 80) * DAY_MS
    const turns = Array.from({ length: random.int(0, 6) }, (_unused, place) => ({
      ...ATLAS,
      turnNumber: place + 1,
      occurredAt: createdAt + place * MINUTE_MS,
      inputTokens: random.int(1, 900),
      outputTokens: random.int(0, 90),
      status: random.pick(['success', 'failed'] as const),
    }))
    return { userId: random.pick(USERS), sessionId: `s${index}`, turns, createdAt, seed: random.int(0, 300) }
  })
  // An older copy of a file has fewer turns, and counts what it does not list yet.
  const fileOf = (one: (typeof whole)[number]) => {
    const turns = one.turns.slice(0, random.int(0, one.turns.length))
    const outside = random.chance(0.5) ? one.seed : 0
    return sessionReading(one.userId, one.sessionId, turns, {
      createdAt: one.createdAt,
      outsideInputTokens: outside,
    })
  }
  return Array.from({ length: random.int(4, 14) }, (): Step => {
    const kind = random.pick([
      'import',
      'import',
      'import',
      'record',
      'record',
      'limits',
      'wait',
      'close',
    ] as const)
    switch (kind) {
      case 'import':
        return { kind, sessions: whole.filter(() => random.chance(0.5)).map(fileOf) }
      case 'record': {
        const one = random.pick(whole.filter(({ turns }) => turns.length > 0))
        const userId = random.pick(KNOWN)
        const session = sessionReading(one.userId, one.sessionId, one.turns, { createdAt: one.createdAt })
        const isTheirs = KNOWN.some((id) => id === one.userId)
        return {
          kind,
          session: isTheirs ? session : { ...session, userId },
          turn: random.int(1, one.turns.length),
        }
      }
      case 'limits':
        return { kind, tokens: random.int(100, 5_000) }
      case 'wait':
        return { kind, ms: random.int(1, 25) * DAY_MS }
      default:
        return { kind }
    }
  })
}

/** Plays the steps but `without`; answers the batch of each import by its place. */
async function play(weir: TestConsumption, steps: readonly Step[], without: number | null) {
  const batches = new Map<number, number>()
  weir.clock.set(START)
  await weir.addProfile('narrow', { input_tokens_per_month: 1_000 })
  for (const id of KNOWN) await weir.addUser(id, { profile: 'narrow' })
  for (const [at, step] of steps.entries()) {
    // Every act has an instant of its own.
    weir.clock.set(weir.clock.now() + 1_000)
    if (at === without) continue
    if (step.kind === 'wait') weir.clock.set(weir.clock.now() + step.ms)
    if (step.kind === 'limits') await weir.setLimits('narrow', { input_tokens_per_month: step.tokens })
    if (step.kind === 'close') await closeAll(weir)
    if (step.kind === 'import') batches.set(at, await importAll(weir, step.sessions, at))
    if (step.kind === 'record') await record(weir, step.session, step.turn)
  }
  return batches
}

async function importAll(weir: TestConsumption, sessions: readonly SessionReading[], at: number) {
  const run = { id: `import-${at}`, sessionsDir: '/sessions', authDb: null }
  const batch = await weir.database.write((trx) => insertBatch(trx, run, OPERATOR, weir.clock.now()))
  await weir.database.write((trx) => importSessions(trx, sessions, weir.context, 'added again', batch))
  for (const userId of new Set(sessions.map((session) => session.userId)))
    await weir.database.write((trx) => archiveClosedPeriods(trx, userId, weir.context, batch))
  return batch
}

async function record(weir: TestConsumption, session: SessionReading, number: number) {
  const turn = session.turns.find((one) => one.turnNumber === number)
  if (turn === undefined) throw new Error('the turn is one of the session')
  const input = turnInput({
    user_id: session.userId,
    session_id: session.sessionId,
    turn_number: number,
    input_tokens: turn.inputTokens,
    output_tokens: turn.outputTokens,
    status: turn.status,
    occurred_at: toIso(turn.occurredAt),
  })
  await weir.consumption.recordTurn(input)
}

async function undo(weir: TestConsumption, batch: number) {
  const { database } = weir
  const undone = { turns: 0, reckoned: 0 }
  for (;;) {
    const slice = await database.write((trx) => undoSessions(trx, batch, weir.context))
    if (slice === null) break
    undone.turns += slice.turns
    undone.reckoned += slice.reckoned
    expect((await weir.verify()).differences).toEqual([])
  }
  while ((await database.write((trx) => undoMonths(trx, batch, momentOf(weir.context).windows))) !== null);
  for (const kind of UNDO_KINDS) while ((await database.write((trx) => undoRows(trx, batch, kind))) !== null);
  return undone
}

type Digest = Awaited<ReturnType<typeof digest>>
const monthOf = (row: Record<string, unknown>) => `${row['id']} ${row['period']}`

/** Months that were open when the import came to them. */
async function openTo(weir: TestConsumption, batch: number): Promise<readonly string[]> {
  const { rows } = await sql<Record<string, unknown>>`select u.id, m.period from import_months m
    join users u on u.key = m.user_key where m.batch_key = ${batch} and m.was_closed = 0`.execute(
    weir.database.reader,
  )
  return rows.map(monthOf)
}

/** Those of them that are closed by their sums alone: anew from what is left, with what came late. */
async function closedAnew(weir: TestConsumption, open: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<Record<string, unknown>>`select u.id, a.period from consumption_periods_archive a
    join users u on u.key = a.user_key where a.limits = '{}'`.execute(weir.database.reader)
  return new Set(rows.map(monthOf).filter((month) => open.includes(month)))
}

function withClosedAnew(books: Digest, closed: ReadonlySet<string>): Digest {
  const sums = new Map(books.months.map((row) => [monthOf(row), row]))
  const archive = books.archive.map((row) =>
    closed.has(monthOf(row)) ? { ...row, ...sums.get(monthOf(row)) } : row,
  )
  return {
    ...books,
    archive: archive.map((row) => (closed.has(monthOf(row)) ? { ...row, models_used: null } : row)),
  }
}

const isTurn = (row: Record<string, unknown>) => Number(row['turn_number']) > 0

/** No session holds fewer tokens than any other import has told of it. */
function expectNoneBelow(books: Digest, steps: readonly Step[], place: number, seed: number) {
  const held = new Map<string, number>()
  for (const row of books.turns) {
    const name = `${row['user_id']} ${row['session_id']}`
    held.set(name, (held.get(name) ?? 0) + Number(row['input_tokens']))
  }
  for (const [at, step] of steps.entries()) {
    if (step.kind !== 'import' || at === place) continue
    for (const one of step.sessions) {
      const told = one.turnsInputTokens + one.outsideInputTokens
      const name = `${one.userId} ${one.sessionId}`
      expect(held.get(name) ?? 0, `seed ${seed}: ${name}`).toBeGreaterThanOrEqual(told)
    }
  }
}

/** Plays the history of a seed with one of its imports undone and without it; answers how it came out; null without an import. */
async function undoOne(seed: number): Promise<'equal' | 'reckoned' | null> {
  const random = new Random(seed)
  const steps = history(random)
  const imports = steps.flatMap((step, at) => (step.kind === 'import' ? [at] : []))
  if (imports.length === 0) return null
  const place = random.pick(imports)
  const [weir, without] = [await openConsumption(), await openConsumption()]
  try {
    const batch = (await play(weir, steps, null)).get(place)
    await play(without, steps, place)
    if (batch === undefined) throw new Error('the import has a batch')
    const open = await openTo(weir, batch)
    const plan = await planUndo(weir.database, batch, () => {})
    const undone = await undo(weir, batch)
    expect(undone, `seed ${seed}`).toEqual({ turns: plan.turns, reckoned: plan.sessions_reckoned })
    const closed = await closedAnew(weir, open)
    const expected = withClosedAnew(await digest(without), closed)
    const books = await digest(weir)
    expect((await weir.verify()).differences, `seed ${seed}`).toEqual([])
    expectNoneBelow(books, steps, place, seed)
    if (undone.reckoned > 0 && !isDeepStrictEqual(withClosedAnew(books, closed), expected)) {
      expect(books.turns.filter(isTurn), `seed ${seed}`).toEqual(expected.turns.filter(isTurn))
      return 'reckoned'
    }
    // A month that was closed anew holds all that is left of it.
    expect(withClosedAnew(books, closed).archive, `seed ${seed}`).toEqual(
      books.archive.map((row) => (closed.has(monthOf(row)) ? { ...row, models_used: null } : row)),
    )
    expect(withClosedAnew(books, closed), `seed ${seed}`).toEqual(expected)
    return 'equal'
  } finally {
    await weir.close()
    await without.close()
  }
}

test(
  'undoing an import leaves the books as if it had not been made, or says beforehand where not',
  async () => {
    const ends: (string | null)[] = []
    for (let seed = FIRST; seed < FIRST + HISTORIES; seed += 1) ends.push(await undoOne(seed))
    const equal = ends.filter((end) => end === 'equal').length
    const reckoned = ends.filter((end) => end === 'reckoned').length
    process.stdout.write(`undone: ${equal} as if it had not been made, ${reckoned} with sessions reckoned\n`)
    expect(equal).toBeGreaterThan(HISTORIES / 2)
  },
  120_000 + HISTORIES * 1_000,
)

test('what a later import told outside its turns is reckoned without the turns that go', async () => {
  for (const seed of [74, 120, 259, 387]) expect(await undoOne(seed), `seed ${seed}`).toBe('equal')
}, 60_000)
