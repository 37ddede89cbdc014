import { Agent, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listenHttp } from '../../electron/http/listen.ts'
import { LoginCodes } from '../../electron/http/login-codes.ts'
import { buildHttp } from '../../electron/http/server.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

/** Thirty-two agents over sockets of their own ask without a pause, while the operator changes what holds for a user. */

const CLIENTS = 32
/** Checks of each client before it waits for the change to have come, and after. */
const ROUNDS = 12

let open: TestWeir
let app: Awaited<ReturnType<typeof buildHttp>>
let port = 0
let token = ''

beforeAll(async () => {
  open = await openWeir(SYSTEM_CLOCK)
  app = await buildHttp({
    weir: open.weir,
    port: () => port,
    face: 'browser',
    rendererDir: null,
    loginCodes: new LoginCodes(open.weir.ports),
    log: open.log,
    clock: SYSTEM_CLOCK,
  })
  port = (await listenHttp(app, 0)).port
  token = (await open.weir.tokens.create({ name: 'all', scope: 'admin' }, OPERATOR)).token
})
afterAll(async () => {
  await app.close()
  await open.close()
})

interface Answer {
  readonly status: number
  readonly body: {
    readonly limits?: readonly { limit: number | null; source: string }[]
    readonly code?: string
  }
}

function send(agent: Agent, method: string, path: string, input: object): Promise<Answer> {
  const body = JSON.stringify(input)
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const call = request(
      { agent, host: '127.0.0.1', port, method, path, headers },
      (response: IncomingMessage) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
        response.on('error', reject)
      },
    )
    call.on('error', reject).end(body)
  })
}

const oneSocket = () => new Agent({ keepAlive: true, maxSockets: 1 })
const check = (agent: Agent, user_id: string, dry_run: boolean) =>
  send(agent, 'POST', OPERATIONS['limits.check'].path, { user_id, dry_run })

/** The rules an answer was judged by, as text: equal texts are the same rules, whatever the answer was. */
function rulesOf({ body }: Answer): string {
  return JSON.stringify(body.limits?.map(({ limit, source }) => [limit, source]))
}

const wholly = (profile: string, limits: readonly (number | null)[]) =>
  JSON.stringify(limits.map((limit) => [limit, `profile ${profile}`]))

/**
 * Hammers, makes the change in the middle of it, and answers by which rules each check was judged: those that were on
 * their way with the change, and those sent after it was confirmed.
 */
async function hammer(userId: string, change: (agent: Agent) => Promise<Answer>) {
  const during: string[] = []
  const after: string[] = []
  let isConfirmed = false
  let started = 0
  let begin: () => void = () => {}
  const underWay = new Promise<void>((resolve) => {
    begin = resolve
  })
  const client = async (index: number): Promise<void> => {
    const agent = oneSocket()
    for (let later = 0; later < ROUNDS; ) {
      const isAfter = isConfirmed
      started += 1
      if (started === 2 * CLIENTS) begin()
      const rules = rulesOf(await check(agent, userId, (index + later) % 2 === 0))
      ;(isAfter ? after : during).push(rules)
      if (isAfter) later += 1
    }
    agent.destroy()
  }
  const operator = async (): Promise<void> => {
    await underWay
    const agent = oneSocket()
    const { status } = await change(agent)
    expect(status).toBe(200)
    isConfirmed = true
    agent.destroy()
  }
  await Promise.all([...Array.from({ length: CLIENTS }, (_, index) => client(index)), operator()])
  return { during, after }
}

describe('while 32 clients hammer over HTTP', () => {
  test('a user goes from Free to Pro: no request is judged by a mix, and none by Free once it is confirmed', async () => {
    await open.weir.users.create({ id: 'alice', username: 'Alice', consumption_profile_id: 1 }, OPERATOR)
    const free = wholly('Free', [50, 500, 100_000, 50_000, null])
    const pro = wholly('Pro', [200, 2_000, 500_000, 250_000, null])
    const path = OPERATIONS['users.setProfile'].path.replace('{id}', 'alice')
    const { during, after } = await hammer('alice', (agent) => send(agent, 'PUT', path, { profile_id: 2 }))
    expect(during).toContain(free)
    expect([free, pro]).toEqual(expect.arrayContaining([...new Set(during)]))
    expect(new Set(after)).toEqual(new Set([pro]))
    expect(after.length).toBe(CLIENTS * ROUNDS)
    expect((await open.weir.verify()).differences).toEqual([])
  })

  test('a profile is edited: every request has all of the old limits or all of the new ones', async () => {
    const fields = { name: 'Edited', prompts_per_hour: 11, prompts_per_day: 12, config_changes_per_hour: 13 }
    const rest = { input_tokens_per_month: 14_000, output_tokens_per_month: 15_000, cost_per_month_usd: 16 }
    const profile = await open.weir.profiles.create({ ...fields, ...rest }, OPERATOR)
    await open.weir.users.create({ id: 'bob', username: 'Bob', consumption_profile_id: profile.id }, OPERATOR)
    const path = OPERATIONS['profiles.update'].path.replace('{id}', String(profile.id))
    const raised = { ...fields, ...rest, prompts_per_hour: 21, prompts_per_day: 22, cost_per_month_usd: 26 }
    const { during, after } = await hammer('bob', (agent) => send(agent, 'PUT', path, raised))
    const old = wholly('Edited', [11, 12, 14_000, 15_000, 16])
    const now = wholly('Edited', [21, 22, 14_000, 15_000, 26])
    expect(during).toContain(old)
    expect([old, now]).toEqual(expect.arrayContaining([...new Set(during)]))
    expect(new Set(after)).toEqual(new Set([now]))
  })
})
