import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../shared/units.ts'
import { announceSeed, Random } from '../support/random.ts'
import { OPERATOR } from '../support/weir.ts'
import { HistoryWeir } from './history-model.ts'
import { makeBackup, restore, value } from './restore-fixture.ts'

/**
 * Random histories against a model: after every restore and every crash all acknowledged turns are counted once, no
 * revoked token works, and the limits are those of the backup.
 */

const random = new Random(announceSeed('restore histories'))
/** Enough for every run of the tests; `npm run test:faults` plays three hundred. */
const HISTORIES = Number(process.env['WEIR_RESTORES'] ?? 2)
const STEPS = 16
const LIMIT_MS = MINUTE_MS + HISTORIES * 60_000
const USERS = ['alice', 'bob', 'carol'] as const
/** A restore changes files about so many times; some crashes come after its end. */
const CHANGES = 30
const RETENTION_DAYS = [32, 45, 90] as const

async function record(history: HistoryWeir, isAdmitted: boolean): Promise<string> {
  const { model, weir, clock } = history
  const user = random.pick(USERS)
  const turns = model.turns.get(user) ?? []
  const number = (turns.at(-1)?.number ?? 0) + random.int(1, 2)
  const input = random.int(1, 500)
  const estimate = { user_id: user, estimated_input_tokens: random.int(1, 500), estimated_output_tokens: 5 }
  // The turn settles what was reserved for it; one whose turn never comes expires, and counts for nothing.
  const check = isAdmitted ? await weir.consumption.admit(estimate) : null
  const admission = check?.kind === 'allowed' ? check.answer.admission_id : null
  if (check !== null && random.chance(0.2)) return `admit ${user} and nothing more`
  await weir.consumption.recordTurn({
    user_id: user,
    session_id: `s-${user}`,
    turn_number: number,
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    input_tokens: input,
    output_tokens: input * 2,
    ...(admission !== null && { admission_id: admission }),
  })
  model.turns.set(user, [...turns, { number, input, at: clock.now() }])
  clock.advance(random.int(1, 3) * MINUTE_MS)
  return `${isAdmitted ? 'settle' : 'record'} ${user} ${number}`
}

async function changeLimit({ model, weir }: HistoryWeir): Promise<string> {
  model.limit = random.int(1, 900)
  const { profiles } = await value(weir, 'profiles.list', {})
  const pro = profiles.find(({ name }) => name === 'Pro')
  await value(weir, 'profiles.update', { id: pro?.id ?? 0, name: 'Pro', prompts_per_hour: model.limit })
  return `limit ${model.limit}`
}

async function makeToken({ model, weir }: HistoryWeir): Promise<string> {
  const made = await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
  model.usable.set(made.id, made.token)
  return `token ${made.id}`
}

async function revokeToken({ model, weir }: HistoryWeir): Promise<string> {
  const [first] = model.usable
  if (first === undefined) return 'nothing to revoke'
  const { tokens } = await weir.tokens.list({ includeRevoked: false })
  // By its name: a restore may have given it another number.
  const one = tokens.find(({ id }) => id === first[0])
  if (one === undefined) throw new Error('a usable token is listed')
  await weir.tokens.revoke(one.id, OPERATOR)
  model.usable.delete(first[0])
  model.revoked.push(first[1])
  return `revoke ${one.id}`
}

async function backUp({ model, weir }: HistoryWeir): Promise<string> {
  const id = await makeBackup(weir)
  model.backups.push({ id, limit: model.limit })
  return `backup ${id}`
}

async function goBack(history: HistoryWeir): Promise<string> {
  const chosen = random.pick(history.standing())
  const run = await restore(history.weir, chosen.id)
  expect(run.error).toBeNull()
  history.model.limit = chosen.limit
  await history.check()
  return `restore ${chosen.id}`
}

async function goBackAndCrash(history: HistoryWeir): Promise<string> {
  const chosen = random.pick(history.standing())
  const at = random.int(0, CHANGES)
  const isRestored = await history.restoreUntilCrash(chosen.id, at)
  if (isRestored) history.model.limit = chosen.limit
  await history.check()
  return `restore ${chosen.id}, crash before change ${at}: ${isRestored ? 'new' : 'old'}`
}

async function crash(history: HistoryWeir): Promise<string> {
  await history.crash()
  await history.check()
  return 'crash'
}

async function removeOld(history: HistoryWeir): Promise<string> {
  // Nothing is removed unless a proved backup is recent.
  const made = await backUp(history)
  const days = random.pick(RETENTION_DAYS)
  await history.retain(days)
  return `${made}, keep ${days} days`
}

/** What may come next, each as often as its number says. */
const ACTS: Readonly<Record<string, readonly [number, (history: HistoryWeir) => Promise<string>]>> = {
  record: [5, (history) => record(history, false)],
  settle: [4, (history) => record(history, true)],
  limit: [2, changeLimit],
  token: [2, makeToken],
  revoke: [2, revokeToken],
  backup: [1, backUp],
  'roll over': [2, (history) => history.rollOver().then(() => 'roll over')],
  retention: [2, removeOld],
  crash: [1, crash],
  restore: [1, goBack],
  'crash in a restore': [1, goBackAndCrash],
}
const DRAWN = Object.entries(ACTS).flatMap(([name, [times]]) => Array.from({ length: times }, () => name))
const came = new Map<string, number>()

async function act(history: HistoryWeir): Promise<string> {
  const name = random.pick(DRAWN)
  const said = await ACTS[name]?.[1](history)
  came.set(name, (came.get(name) ?? 0) + 1)
  return said ?? name
}

async function play(history: HistoryWeir, said: string[]): Promise<void> {
  await history.open()
  for (const id of USERS) await history.weir.users.create({ id, username: id }, OPERATOR)
  history.model.limit = await history.limit()
  said.push(await backUp(history))
  for (let at = 0; at < STEPS; at += 1) said.push(await act(history))
  said.push(await goBack(history))
  await history.reopen()
  await history.check()
}

test(
  `${HISTORIES} histories of recording, settling, changing, revoking, rolling over, removing, crashing and going back lose nothing and revive nothing`,
  async () => {
    let removed = 0
    for (let number = 1; number <= HISTORIES; number += 1) {
      const history = new HistoryWeir()
      const said: string[] = []
      try {
        await play(history, said)
        removed += history.removed()
      } catch (error) {
        throw new Error(`history ${number}: ${said.join('; ')}`, { cause: error })
      } finally {
        await history.end()
      }
    }
    process.stdout.write(
      `${HISTORIES} histories; ${removed} turns removed by retention; ${[...came].join(' ')}\n`,
    )
  },
  LIMIT_MS,
)
