import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Weir } from '../../electron/core/api.ts'
import { type LogFile, openLogFile } from '../../electron/core/kernel/pino-logger.ts'
import { logFolderBytes } from '../../electron/core/kernel/rotating-file.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { LoginCodes } from '../../electron/http/login-codes.ts'
import { buildHttp } from '../../electron/http/server.ts'
import type { JobName } from '../../shared/contract/jobs.ts'
import { HOUR_MS, MINUTE_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { ATLAS } from '../support/consumption.ts'
import { announceSeed, Random } from '../support/random.ts'
import { configOf, freshDataDir, OPERATOR } from '../support/weir.ts'

const random = new Random(announceSeed('log soak'))
/** Enough to fill the folder several times; `npm run test:faults` plays four hundred. */
const ROUNDS = Number(process.env['WEIR_LOG_SOAK'] ?? 20)
const LIMIT_MS = 2 * MINUTE_MS + ROUNDS * 2_000
const REQUESTS_A_ROUND = 30
const USERS = 25
/** Small enough to be full soon, and larger than eight times what is written at once. */
const CAP_BYTES = 600_000
const PORT = 5055
/** No line that is logged has these letters for another reason. */
const MARKER = 'qZ7SECRETx'
const TOKEN = `weir_${MARKER}0123456789abcdefghijklmnop`
const PROMPT = `${MARKER} what does my colleague earn?`

let dataDir: string
let sessionsDir: string
let remove: () => void
let file: LogFile
let weir: Weir
let app: FastifyInstance
let clock: TestClock
/** Tokens that let somebody in: as secret as the wrong ones. */
let tokens: { readonly admin: string; readonly executor: string }

beforeEach(async () => {
  const fresh = freshDataDir()
  ;({ dataDir, remove } = fresh)
  sessionsDir = join(dataDir, '..', 'agent')
  mkdirSync(join(sessionsDir, 'user-1'), { recursive: true })
  clock = new TestClock()
  file = openLogFile(dataDir, 'debug')
  const ports = { clock, log: file.log, logKeeper: file, randomBytes: (count: number) => randomBytes(count) }
  weir = await createWeir(configOf(dataDir, { sessionsDir }), ports)
  file.own()
  file.limitTo(CAP_BYTES)
  const loginCodes = new LoginCodes(weir.ports)
  app = await buildHttp({
    weir,
    port: () => PORT,
    face: 'browser',
    rendererDir: null,
    loginCodes,
    log: file.log,
    clock,
  })
  for (let user = 0; user < USERS; user += 1)
    await weir.users.create({ id: `user-${user}`, username: `User ${user}` }, OPERATOR)
  const tokenOf = async (scope: 'admin' | 'executor') =>
    (await weir.tokens.create({ name: scope, scope }, OPERATOR)).token
  tokens = { admin: await tokenOf('admin'), executor: await tokenOf('executor') }
})

afterEach(async () => {
  await app.close()
  await weir.close()
  file.close()
  remove()
})

const folder = () => join(dataDir, 'logs')

const call = ({ headers, ...options }: InjectOptions) =>
  app.inject({ ...options, headers: { host: `127.0.0.1:${PORT}`, ...headers } })

/** What callers send: most of it is refused, and all of it carries the marker. */
function request(at: number): InjectOptions {
  const user_id = `user-${random.int(0, USERS - 1)}`
  const executor = { authorization: `Bearer ${tokens.executor}` }
  const turn = { user_id, session_id: `s-${at}`, turn_number: 1, ...ATLAS, input_tokens: 5, output_tokens: 5 }
  return random.pick<InjectOptions>([
    { method: 'POST', url: '/api/v1/limits/check', headers: executor, payload: { user_id } },
    {
      method: 'POST',
      url: '/api/v1/consumption/turns',
      headers: executor,
      payload: { ...turn, user_query: PROMPT, session_name: PROMPT },
    },
    // Unknown fields, a wrong type, half a body: the refusal must not quote what it refuses.
    {
      method: 'POST',
      url: '/api/v1/limits/check',
      headers: executor,
      payload: { user_id, [`${MARKER}`]: PROMPT },
    },
    {
      method: 'POST',
      url: '/api/v1/consumption/turns',
      headers: executor,
      payload: { ...turn, input_tokens: PROMPT },
    },
    {
      method: 'POST',
      url: '/api/v1/limits/check',
      headers: { ...executor, 'content-type': 'application/json' },
      payload: `{"user_id": "${PROMPT}`,
    },
    { method: 'POST', url: '/api/v1/limits/check', headers: executor, payload: { user_id: 'nobody' } },
    { method: 'GET', url: '/api/v1/admin/jobs', headers: { authorization: `Bearer ${TOKEN}` } },
    { method: 'GET', url: '/api/v1/admin/jobs', headers: { authorization: `Basic ${MARKER}` } },
    {
      method: 'GET',
      url: '/api/v1/admin/jobs',
      headers: { cookie: `weir=${MARKER}`, 'x-secret': MARKER, 'user-agent': MARKER },
    },
    { method: 'GET', url: `/login?code=${MARKER}` },
    {
      method: 'GET',
      url: '/api/v1/admin/jobs',
      headers: { host: 'evil.example', referer: `http://x/?${PROMPT}` },
    },
    { method: 'GET', url: '/api/v1/consumption/summary?user_id=nobody', headers: executor },
  ])
}

async function run(job: JobName): Promise<string> {
  const { run_id } = await weir.jobs.run(job, { isDryRun: false }, OPERATOR)
  return (await weir.jobs.finished(run_id)).status
}

/** From now on no counter of an idle user can be tidied, and the job says so of each. Months still begin. */
function breakTidying(): void {
  const handle = new BetterSqlite3(join(dataDir, 'auth.db'))
  handle.exec(`create trigger broken before update on user_consumption
    when old.hour_requests > 0 and new.hour_requests = 0 and new.period = old.period
    begin select raise(abort, 'the counters of this user cannot be written ${'as things are '.repeat(20)}'); end`)
  handle.close()
}

/** A session file that says a secret and ends in the middle. */
function breakSessionFile(at: number): void {
  writeFileSync(join(sessionsDir, 'user-1', `s-${at % 5}.json`), `{"id": "s", "name": "${PROMPT}", ${MARKER}`)
}

/** Looks at every file: how large they are together, and whether one has the marker or a token in it. */
function look(): { readonly bytes: number; readonly found: readonly string[] } {
  file.flush()
  const secrets = [MARKER, tokens.admin, tokens.executor]
  const found = readdirSync(folder()).filter((name) => {
    const text = readFileSync(join(folder(), name), 'utf8')
    return secrets.some((secret) => text.includes(secret))
  })
  return { bytes: logFolderBytes(folder()), found }
}

test(
  `${ROUNDS} rounds of requests, refusals, jobs and errors keep the log folder within its cap and put no secret into it`,
  async () => {
    const statuses = new Set<number>()
    const endings = new Set<string>()
    let largest = 0
    let turnedOver = false
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let at = 0; at < REQUESTS_A_ROUND; at += 1) {
        statuses.add((await call(request(round * REQUESTS_A_ROUND + at))).statusCode)
        expect(logFolderBytes(folder()), `round ${round}`).toBeLessThanOrEqual(CAP_BYTES)
      }
      for (let user = 0; user < USERS; user += 1) await weir.consumption.admit({ user_id: `user-${user}` })
      if (round === 2) breakTidying()
      if (round % 10 === 5) {
        breakSessionFile(round)
        endings.add(`reconcile ${await run('reconcile')}`)
        endings.add(`daily ${await run('daily')}`)
      }
      if (round === 5) endings.add(`backup ${await run('backup')}`)
      clock.advance(HOUR_MS)
      endings.add(`hourly ${await run('hourly')}`)
      for (let line = 0; line < 20; line += 1)
        file.log.error('something broke', { error: broken(), prompt: PROMPT })
      const { bytes, found } = look()
      expect(found, `round ${round}`).toEqual([])
      expect(bytes, `round ${round}`).toBeLessThanOrEqual(CAP_BYTES)
      largest = Math.max(largest, bytes)
      turnedOver ||= readdirSync(folder()).includes('weir.5.log')
    }
    // It was a soak: all kinds of answers, failing jobs whose logs were put aside, and a folder that became full.
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 201, 400, 401, 404]))
    expect([...endings]).toEqual(expect.arrayContaining(['hourly partial', 'backup done']))
    expect(readdirSync(folder())).toEqual(
      expect.arrayContaining(['consumption_hourly.log', 'consumption_hourly.1.log', 'weir.1.log']),
    )
    expect(largest, 'the cap is made use of').toBeGreaterThan(CAP_BYTES / 2)
    expect(turnedOver).toBe(true)
    process.stdout.write(`largest ${largest} of ${CAP_BYTES} bytes; ${[...endings].join(', ')}\n`)
  },
  LIMIT_MS,
)

function broken(): Error {
  try {
    JSON.parse(`${PROMPT} ${TOKEN}`)
    return new Error('not reached')
  } catch (error) {
    return new Error(`Bearer ${TOKEN} was read`, { cause: error })
  }
}
