import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyBooks } from '../../electron/core/verify/verify-task.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { MINUTE_MS } from '../../shared/units.ts'
import { startChild } from '../support/child.ts'
import { turnInput } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { announceSeed, Random } from '../support/random.ts'
import { configOf, freshDataDir, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'

const random = new Random(announceSeed('restore kills'))
const WORKER = join(import.meta.dirname, 'restore-worker.ts')
const OPENER = join(import.meta.dirname, 'opener.ts')
/** Enough for every run of the tests; `npm run test:faults` kills a hundred times. */
const KILLS = Number(process.env['WEIR_RESTORE_KILLS'] ?? 3)
const USERS = 200
const TURNS = 5

let seeded: string
let backup: string
let remove: () => void

/** A backup, and much that changed since: limits, users, a revoked token, turns. */
beforeAll(async () => {
  const fresh = freshDataDir()
  remove = fresh.remove
  seeded = join(fresh.dataDir, 'seeded')
  const weir = await createWeir(configOf(seeded), {
    clock: SYSTEM_CLOCK,
    log: recordingLog(),
    randomBytes: (count) => new Uint8Array(count).map((_, index) => random.int(0, 255) ^ index),
  })
  const ids = Array.from({ length: USERS }, (_, index) => `user-${index}`)
  const record = (turn_number: number) =>
    Promise.all(
      ids.map((id) => weir.consumption.recordTurn(turnInput({ user_id: id, session_id: id, turn_number }))),
    )
  await Promise.all(ids.map((id) => weir.users.create({ id, username: id }, OPERATOR)))
  const token = await weir.tokens.create({ name: 'agent', scope: 'executor' }, OPERATOR)
  for (let turn = 1; turn <= TURNS; turn += 1) await record(turn)
  backup = (await weir.backups.create({ reason: 'manual' }, OPERATOR)).id
  const [profile] = (await weir.profiles.list()).profiles
  if (profile === undefined) throw new Error('there are shipped profiles')
  await weir.profiles.update({ id: profile.id, name: 'Renamed since', prompts_per_hour: 3 }, OPERATOR)
  await weir.tokens.revoke(token.id, OPERATOR)
  await weir.users.create({ id: 'newcomer', username: 'newcomer' }, OPERATOR)
  for (let turn = TURNS + 1; turn <= TURNS * 2; turn += 1) await record(turn)
  await weir.close()
}, 5 * MINUTE_MS)

afterAll(() => remove())

let copies = 0
function copyOfSeeded(): string {
  copies += 1
  const dataDir = join(seeded, '..', `kill-${copies}`)
  // Closed, so that a copy of its files is what it is.
  cpSync(seeded, dataDir, { recursive: true })
  return dataDir
}

/** What somebody administers and what was recorded before the restore, without times and without what it brings itself. */
function digest(file: string): string {
  return reading(file, (handle) => {
    const hash = createHash('sha256')
    for (const sql of [
      'select name, prompts_per_hour, is_default, is_active from consumption_profiles order by name',
      'select u.id, u.username, u.is_active, p.name from users u left join consumption_profiles p on p.id = u.consumption_profile_id order by u.id',
      'select name, scope, revoked_at is null from access_tokens order by name',
      `select user_id, session_id, turn_number, input_tokens, output_tokens from consumption_ledger
         where session_id not like 'kill-%' order by 1, 2, 3`,
    ])
      hash.update(JSON.stringify(handle.prepare(sql).raw().all()))
    return hash.digest('hex')
  })
}

const acknowledged = (lines: readonly string[]) => lines.filter((line) => line.startsWith('ack '))

function recorded(file: string, session: string): ReadonlySet<string> {
  return reading(
    file,
    (handle) =>
      new Set(
        handle
          .prepare<[string], number>('select turn_number from consumption_ledger where session_id = ?')
          .pluck()
          .all(session)
          .map((turn) => `ack ${session} ${turn}`),
      ),
  )
}

function reading<Value>(file: string, read: (handle: BetterSqlite3.Database) => Value): Value {
  const handle = new BetterSqlite3(file)
  try {
    return read(handle)
  } finally {
    handle.close()
  }
}

/** Opens the folder until nobody interrupts that; now and then the first attempts are killed as well. */
async function openAgain(dataDir: string, lifeMsMax: number): Promise<number> {
  let killed = 0
  while (random.chance(0.3)) {
    const child = startChild(OPENER, [dataDir])
    await pause(random.int(0, lifeMsMax))
    child.process.kill('SIGKILL')
    await child.ended
    killed += 1
  }
  const last = startChild(OPENER, [dataDir])
  expect(await last.ended, last.errors()).toBe(0)
  return killed
}

test(`killed ${KILLS} times anywhere in a restore, it is the old or the restored database, and every acknowledged turn is there`, {
  timeout: 3 * MINUTE_MS + KILLS * 60_000,
}, async () => {
  const old = digest(join(seeded, 'auth.db'))
  const whole = copyOfSeeded()
  const begunMs = performance.now()
  const uninterrupted = startChild(WORKER, [whole, backup, 'kill-0'])
  await uninterrupted.line('started')
  const startMs = performance.now() - begunMs
  await uninterrupted.line('ended done')
  const lifeMs = performance.now() - begunMs - startMs
  expect(await uninterrupted.ended, uninterrupted.errors()).toBe(0)
  const restored = digest(join(whole, 'auth.db'))
  expect(restored).not.toBe(old)
  const ends = { old: 0, restored: 0, recoveries: 0, turns: 0 }
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const dataDir = copyOfSeeded()
    const file = join(dataDir, 'auth.db')
    const session = `kill-${kill}`
    const child = startChild(WORKER, [dataDir, backup, session])
    await child.line('started')
    // Half of them where the databases change places, which is near the end and takes no time; a little longer than it took.
    await pause(Math.round(lifeMs * (random.chance(0.5) ? random.int(0, 70) : random.int(70, 115)) * 0.01))
    child.process.kill('SIGKILL')
    await child.ended
    ends.recoveries += await openAgain(dataDir, Math.round(startMs * 1.5))
    const after = digest(file)
    expect([old, restored], `kill ${kill}: neither the old nor the restored one`).toContain(after)
    ends[after === old ? 'old' : 'restored'] += 1
    const kept = recorded(file, session)
    const said = acknowledged(child.lines)
    expect(
      said.filter((line) => !kept.has(line)),
      `kill ${kill}: acknowledged and not there`,
    ).toEqual([])
    ends.turns += said.length
    expect(verifyBooks(file, null).differences, `kill ${kill}`).toEqual([])
    expect(reading(file, (handle) => handle.pragma('integrity_check', { simple: true }))).toBe('ok')
    expect(existsSync(join(dataDir, 'restore')), `kill ${kill}: something is left undecided`).toBe(false)
    // The old one is kept whenever another one serves.
    if (after === restored)
      expect(readdirSync(join(dataDir, 'quarantine')).length, `kill ${kill}`).toBeGreaterThan(0)
    rmSync(dataDir, { recursive: true })
  }
  process.stdout.write(
    `${ends.old} ended as the old and ${ends.restored} as the restored database, ${ends.recoveries} starts were killed as well, ` +
      `${ends.turns} turns were acknowledged and kept\n`,
  )
  expect(ends.turns).toBeGreaterThan(0)
})
