import { afterEach, expect, test } from 'vitest'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { toIso } from '../../shared/units.ts'
import { openConsumption, type TestConsumption, turnInput } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'
import { bookRandomLedger, type LedgerTurn } from '../support/random-ledger.ts'

const seed = announceSeed('dearest questions and sessions')
const USERS = ['alice', 'bob', 'carol'] as const

let weir: TestConsumption

afterEach(() => weir.close())

const byCost = (one: { readonly cost: number }, other: { readonly cost: number }) => other.cost - one.cost
const nameOf = (turn: LedgerTurn) => `${turn.userId}/${turn.sessionId}/${turn.turnNumber}`

/** Any list of ten is right if its costs are the ten highest and each entry is a real turn with that cost. */
function checkQuestions(
  shown: readonly {
    user_id: string
    session_id: string
    turn_number: number
    cost_usd: number
    total_tokens: number
  }[],
  turns: readonly LedgerTurn[],
): void {
  expect(shown.map((question) => Math.round(question.cost_usd * 1e6))).toEqual(
    [...turns]
      .sort(byCost)
      .slice(0, 10)
      .map((turn) => turn.cost),
  )
  const known = new Map(turns.map((turn) => [nameOf(turn), turn]))
  const names = shown.map((question) => `${question.user_id}/${question.session_id}/${question.turn_number}`)
  expect(new Set(names).size).toBe(names.length)
  for (const [index, question] of shown.entries()) {
    const turn = known.get(names[index] ?? '')
    expect(turn && [turn.cost, turn.inputTokens + turn.outputTokens]).toEqual([
      Math.round(question.cost_usd * 1e6),
      question.total_tokens,
    ])
  }
}

test.each(Array.from({ length: 12 }, (_, index) => index))(
  'the dearest questions and sessions are those that a look at every turn finds (random ledger %i)',
  async (index) => {
    const random = new Random(seed + index)
    weir = await openConsumption()
    for (const user of USERS) await weir.addUser(user)
    const ledger = await bookRandomLedger(weir, random, {
      users: USERS,
      sessions: random.int(1, 50),
      days: 50,
    })
    for (const user of [null, ...USERS]) {
      for (const range of ['all', '2026-11', '2026-10']) {
        const turns = ledger.turns.filter(
          (turn) =>
            (user === null || turn.userId === user) &&
            (range === 'all' || toIso(turn.occurredAt).startsWith(range)),
        )
        const summary =
          user === null
            ? OPERATIONS['consumption.systemSummary'].output.parse(
                await weir.consumption.systemSummary(range),
              )
            : OPERATIONS['consumption.summary'].output.parse(await weir.consumption.summary(user, range))
        checkQuestions(summary.top_expensive_questions, turns)
        const spent = new Map<string, number>()
        for (const turn of turns) spent.set(turn.sessionId, (spent.get(turn.sessionId) ?? 0) + turn.cost)
        for (const session of ledger.sessions) {
          const isMine =
            (user === null || session.userId === user) &&
            (range === 'all' || toIso(session.createdAt).startsWith(range))
          if (!isMine || session.outsideInput + session.outsideOutput === 0) continue
          spent.set(
            session.sessionId,
            (spent.get(session.sessionId) ?? 0) + session.outsideInput + 2 * session.outsideOutput,
          )
        }
        const dearest = [...spent.values()].sort((one, other) => other - one).slice(0, 10)
        expect(summary.top_expensive_queries.map((session) => Math.round(session.cost_usd * 1e6))).toEqual(
          dearest,
        )
        for (const session of summary.top_expensive_queries) {
          expect(session.turns).toBe(turns.filter((turn) => turn.sessionId === session.session_id).length)
          expect(Math.round(session.cost_usd * 1e6)).toBe(spent.get(session.session_id))
        }
      }
    }
    expect(weir.verify().differences).toEqual([])
  },
)

test('of equally dear sessions the one with more tokens comes first, and a question shows what was kept of it', async () => {
  weir = await openConsumption()
  await weir.addUser('alice')
  const record = (session: string, tokens: number) =>
    weir.consumption.recordTurn(
      turnInput({
        session_id: session,
        input_tokens: tokens,
        cost_usd: 0.5,
        session_name: `Talk ${session}`,
        user_query: 'Why?',
      }),
    )
  await record('small', 10)
  await record('large', 900)
  const summary = await weir.consumption.systemSummary()
  expect(summary.top_expensive_queries.map((session) => session.session_id)).toEqual(['large', 'small'])
  expect(summary.top_expensive_questions[0]).toMatchObject({
    user_id: 'alice',
    session_name: 'Talk small',
    user_query: 'Why?',
    model: 'atlas',
    cost_usd: 0.5,
  })
})
