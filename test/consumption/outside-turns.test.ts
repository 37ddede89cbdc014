import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LedgerAdapter } from '../../electron/core/import/ledger-adapter.ts'
import { piecesOf } from '../../electron/core/sessions/scan-sessions.ts'
import type { SessionReading } from '../../electron/core/sessions/session-reading.ts'
import { MINUTE_MS, SECOND_MS } from '../../shared/units.ts'
import {
  ATLAS,
  openConsumption,
  sessionReading,
  type TestConsumption,
  turnInput,
} from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'

let weir: TestConsumption

async function open(): Promise<TestConsumption> {
  const opened = await openConsumption()
  await opened.addUser('alice')
  return opened
}

beforeEach(async () => {
  weir = await open()
})

afterEach(async () => {
  await weir.close()
})

/** A session of turns with these input tokens each, whose own counter says `total`. */
function session(turns: readonly number[], total: number, at = '2026-11-20T12:00:00Z'): SessionReading {
  const reading = sessionReading(
    'alice',
    's1',
    turns.map((inputTokens) => ({ inputTokens, outputTokens: 0, occurredAt: Date.parse(at) })),
    { createdAt: Date.parse('2026-11-20T11:00:00Z') },
  )
  return {
    ...reading,
    sessionInputTokens: total,
    outsideInputTokens: Math.max(0, total - reading.turnsInputTokens),
  }
}

async function read(reading: SessionReading) {
  // Time passes between two readings of a file.
  weir.clock.advance(SECOND_MS)
  const ledger = new LedgerAdapter(weir.context)
  const effects = { imported: 0, alreadyThere: 0, conflicting: 0 }
  for (const piece of piecesOf(reading)) {
    const effect = await ledger.importSessions([piece.session])
    for (const name of ['imported', 'alreadyThere', 'conflicting'] as const) effects[name] += effect[name]
  }
  return effects
}

async function sums() {
  const { total_input_tokens, outside_turns_input_tokens, total_turns } = await weir.consumption.summary(
    'alice',
    '2026-11',
  )
  return {
    tokens: total_input_tokens,
    outside: outside_turns_input_tokens,
    turns: total_turns,
  }
}

const verified = async () => expect((await weir.verify()).differences).toEqual([])

describe('what a session spent outside its turns', () => {
  test('follows its file up, with every sum', async () => {
    await read(session([100], 150))
    expect(await read(session([100], 190))).toEqual({ imported: 1, alreadyThere: 1, conflicting: 0 })
    expect(await sums()).toEqual({ tokens: 190, outside: 90, turns: 1 })
    expect(await read(session([100], 190))).toEqual({ imported: 0, alreadyThere: 2, conflicting: 0 })
    await verified()
  })

  test('becomes a turn once the turn is listed, and is not counted beside it', async () => {
    await read(session([100], 100))
    // The agent is in the middle of its second turn: counted, not yet listed.
    await read(session([100], 400))
    expect(await sums()).toEqual({ tokens: 400, outside: 300, turns: 1 })
    await read(session([100, 320], 420))
    expect(await sums()).toEqual({ tokens: 420, outside: 0, turns: 2 })
    // The row that is left has no tokens: neither a second reading nor a comparison finds anything in it.
    expect(await read(session([100, 320], 420))).toMatchObject({ imported: 0, conflicting: 0 })
    await verified()
  })

  test('becomes a turn also when the agent records it through the API before the file lists it', async () => {
    await read(session([100], 400))
    weir.clock.advance(SECOND_MS)
    await weir.consumption.recordTurn(
      turnInput({
        turn_number: 2,
        input_tokens: 300,
        output_tokens: 0,
        occurred_at: '2026-11-20T12:00:00.000Z',
      }),
    )
    await read(session([100, 300], 400))
    expect(await sums()).toEqual({ tokens: 400, outside: 0, turns: 2 })
    await verified()
  })

  test('never falls by itself: a file that says less is left to a person', async () => {
    await read(session([100], 150))
    expect(await read(session([100], 120))).toEqual({ imported: 0, alreadyThere: 1, conflicting: 1 })
    expect(await sums()).toEqual({ tokens: 150, outside: 50, turns: 1 })
  })

  test('does not melt away with every reading after the clock was set back', async () => {
    await weir.consumption.recordTurn(
      turnInput({
        turn_number: 1,
        input_tokens: 7,
        output_tokens: 0,
        occurred_at: '2026-11-20T12:00:00.000Z',
      }),
    )
    weir.clock.advance(-26 * 60 * MINUTE_MS)
    await read(session([], 30))
    expect(await sums()).toEqual({ tokens: 30, outside: 23, turns: 1 })
    for (const _reading of [1, 2, 3]) await read(session([], 0))
    expect(await sums()).toEqual({ tokens: 30, outside: 23, turns: 1 })
    await verified()
  })

  test('is what a turn told after the clock was set back has spent, and not beside it', async () => {
    await read(session([100], 400))
    weir.clock.advance(-MINUTE_MS)
    await read(session([100, 320], 420))
    for (const _reading of [1, 2]) await read(session([100, 320], 420))
    expect(await sums()).toEqual({ tokens: 420, outside: 0, turns: 2 })
    await verified()
  })

  test('is not given up for turns it has heard of, when a file says less later', async () => {
    await read(session([600], 1_000))
    await read(session([600, 600], 1_600))
    await read(session([600, 600, 600], 2_200))
    expect(await sums()).toEqual({ tokens: 2_200, outside: 400, turns: 3 })
    await read(session([600], 600))
    expect(await sums()).toEqual({ tokens: 2_200, outside: 400, turns: 3 })
    await verified()
  })

  test('stays when books bring turns that are there already', async () => {
    await read(session([600], 1_000))
    await read(session([600, 600], 1_600))
    await read({ ...session([600, 600], 1_200), isFromBooks: true })
    expect(await sums()).toEqual({ tokens: 1_600, outside: 400, turns: 2 })
    await verified()
  })

  test('is not what a turn that was cut out of the file spent: that is in the ledger already', async () => {
    await read(session([100, 200], 310))
    expect(await read(session([100], 310))).toMatchObject({ imported: 0 })
    expect(await sums()).toEqual({ tokens: 310, outside: 10, turns: 2 })
    await verified()
  })

  test('of a session that comes in several parts is followed once', async () => {
    const turns = Array.from({ length: 230 }, () => 10)
    await read(session(turns.slice(0, 220), 2_300))
    expect(await sums()).toEqual({ tokens: 2_300, outside: 100, turns: 220 })
    await read(session(turns, 2_400))
    expect(await sums()).toEqual({ tokens: 2_400, outside: 100, turns: 230 })
    expect(await read(session(turns, 2_400))).toEqual({ imported: 0, alreadyThere: 231, conflicting: 0 })
    await verified()
  })

  test('is no turn, so it is never the dearest one of its session', async () => {
    await read(session([100], 150))
    await read(session([100], 90_000))
    const { top_expensive_queries } = await weir.consumption.summary('alice', '2026-11')
    expect(top_expensive_queries).toMatchObject([{ turns: 1, total_tokens: 90_000 }])
    await verified()
  })

  test('may be in a month that is closed: its ledger follows, its archive row stays', async () => {
    await read(session([100], 150))
    weir.clock.set('2026-12-05T10:00:00Z')
    await read(session([100], 190))
    expect(await sums()).toMatchObject({ tokens: 190, outside: 90 })
    await verified()
  })
})

test('a day that begins holds what an agent whose clock is ahead told of it the day before', async () => {
  // Told on the 24th of tomorrow: 30 tokens outside turns, of which 7 turn out to be a turn.
  const reading = (turns: readonly number[], total: number) => ({
    ...session(turns, total, '2026-11-25T12:00:00Z'),
    createdAt: Date.parse('2026-11-25T11:00:00Z'),
  })
  await read(reading([], 30))
  const today = async () => (await weir.consumption.summary('alice')).input_tokens_today
  expect(await today()).toBe(0)
  weir.clock.set('2026-11-25T10:00:00Z')
  expect(await today()).toBe(30)
  await read(reading([7], 30))
  expect(await today()).toBe(30)
  expect(await sums()).toEqual({ tokens: 30, outside: 23, turns: 1 })
  weir.clock.set('2026-11-26T10:00:00Z')
  expect(await today()).toBe(0)
})

test('a session that is read at any moment of its life ends with what its file says', async () => {
  const random = new Random(announceSeed('growing session'))
  for (let round = 0; round < 15; round += 1) {
    const turns: number[] = []
    let counted = 0
    const isRecordedToo = random.chance(0.5)
    for (let step = 0; step < 25; step += 1) {
      // A call of the model: counted at once. At the end of a turn its calls are listed together.
      const running = [random.int(0, 500), random.int(0, 500)]
      for (const tokens of running) {
        counted += tokens
        if (random.chance(0.3)) await read(session(turns, counted))
      }
      if (random.chance(0.8)) {
        turns.push(running.reduce((sum, tokens) => sum + tokens, 0))
        if (isRecordedToo && random.chance(0.7)) {
          weir.clock.advance(SECOND_MS)
          await weir.consumption.recordTurn(
            turnInput({
              ...ATLAS,
              turn_number: turns.length,
              input_tokens: turns.at(-1) ?? 0,
              output_tokens: 0,
              occurred_at: '2026-11-20T12:00:00.000Z',
            }),
          )
        }
        if (random.chance(0.3)) await read(session(turns, counted))
      }
    }
    if (counted > 0) {
      await read(session(turns, counted))
      expect(await sums()).toEqual({
        tokens: counted,
        outside: counted - turns.reduce((sum, tokens) => sum + tokens, 0),
        turns: turns.length,
      })
    }
    await verified()
    await weir.close()
    weir = await open()
  }
})
