import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Weir } from '../../electron/core/api.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { announceSeed, Random } from '../support/random.ts'
import { configOf, freshDataDir, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'
import { makeBackup, record, restore, turnsOf, value } from './restore-fixture.ts'

/**
 * Random histories against a model: after every restore all acknowledged turns are there, no revoked token works, and
 * the limits are those of the backup.
 */

const random = new Random(announceSeed('restore histories'))
/** Enough for every run of the tests; `npm run test:faults` plays sixty. */
const HISTORIES = Number(process.env['WEIR_RESTORES'] ?? 2)
const STEPS = 14
const LIMIT_MS = MINUTE_MS + HISTORIES * 60_000
const PORTS = { clock: SYSTEM_CLOCK, log: recordingLog(), randomBytes: (count: number) => randomBytes(count) }
const USERS = ['alice', 'bob', 'carol'] as const

interface Model {
  readonly turns: Map<string, number[]>
  readonly usable: Map<number, string>
  readonly revoked: string[]
  readonly backups: { readonly id: string; readonly limit: number }[]
  limit: number
}

async function check(weir: Weir, model: Model): Promise<void> {
  for (const [user, turns] of model.turns) expect(await turnsOf(weir, user), user).toEqual(turns)
  for (const token of model.revoked) expect(await weir.tokens.authenticate(token)).toBeUndefined()
  for (const token of model.usable.values()) expect(await weir.tokens.authenticate(token)).toBeDefined()
  const { profiles } = await value(weir, 'profiles.list', {})
  expect(profiles.find(({ name }) => name === 'Pro')?.prompts_per_hour).toBe(model.limit)
  expect((await weir.verify()).differences).toEqual([])
}

/** Backups that retention has not removed, oldest first. */
function standing(weir: Weir, model: Model): Model['backups'] {
  const ids = new Set(weir.backups.list().map(({ id }) => id))
  return model.backups.filter(({ id }) => ids.has(id))
}

async function step(weir: Weir, model: Model): Promise<string> {
  const user = USERS[random.int(0, USERS.length - 1)] ?? 'alice'
  const turns = model.turns.get(user) ?? []
  const chance = random.int(0, 9)
  if (chance < 5) {
    const next = (turns.at(-1) ?? 0) + random.int(1, 2)
    await record(weir, user, next, random.int(1, 500))
    model.turns.set(user, [...turns, next])
    return `record ${user} ${next}`
  }
  if (chance === 5) {
    model.limit = random.int(1, 900)
    const { profiles } = await value(weir, 'profiles.list', {})
    const pro = profiles.find(({ name }) => name === 'Pro')
    await value(weir, 'profiles.update', { id: pro?.id ?? 0, name: 'Pro', prompts_per_hour: model.limit })
    return `limit ${model.limit}`
  }
  if (chance === 6) {
    const made = await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
    model.usable.set(made.id, made.token)
    return `token ${made.id}`
  }
  if (chance === 7) {
    const [first] = model.usable
    if (first === undefined) return 'nothing to revoke'
    const listed = (await weir.tokens.list({ includeRevoked: false })).tokens
    const one = listed.find(({ id }) => id === first[0])
    if (one === undefined) throw new Error('a usable token is listed')
    await weir.tokens.revoke(one.id, OPERATOR)
    model.usable.delete(first[0])
    model.revoked.push(first[1])
    return `revoke ${one.id}`
  }
  if (chance === 8) {
    model.backups.push({ id: await makeBackup(weir), limit: model.limit })
    return 'backup'
  }
  const chosen = standing(weir, model)[random.int(0, 2)]
  if (chosen === undefined) return 'nothing to restore'
  const run = await restore(weir, chosen.id)
  expect(run.error).toBeNull()
  model.limit = chosen.limit
  return `restore ${chosen.id}`
}

test(
  `${HISTORIES} histories of recording, changing, revoking, backing up and restoring lose nothing and revive nothing`,
  async () => {
    for (let history = 0; history < HISTORIES; history += 1) {
      const { dataDir, remove } = freshDataDir()
      const said: string[] = []
      const model: Model = {
        turns: new Map(),
        usable: new Map(),
        revoked: [],
        backups: [],
        limit: 0,
      }
      let weir = await createWeir(configOf(dataDir), PORTS)
      try {
        for (const id of USERS) await weir.users.create({ id, username: id }, OPERATOR)
        const { profiles } = await value(weir, 'profiles.list', {})
        model.limit = profiles.find(({ name }) => name === 'Pro')?.prompts_per_hour ?? 0
        model.backups.push({ id: await makeBackup(weir), limit: model.limit })
        for (let at = 0; at < STEPS; at += 1) said.push(await step(weir, model))
        const last = standing(weir, model)[0]
        if (last === undefined) throw new Error('there is a backup')
        await restore(weir, last.id)
        model.limit = last.limit
        await check(weir, model)
        await weir.close()
        weir = await createWeir(configOf(dataDir), PORTS)
        await check(weir, model)
      } catch (error) {
        throw new Error(`history ${history}: ${said.join(', ')}`, { cause: error })
      } finally {
        await weir.close()
        remove()
      }
    }
  },
  LIMIT_MS,
)
