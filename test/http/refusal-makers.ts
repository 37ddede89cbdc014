import { randomBytes } from 'node:crypto'
import BetterSqlite3 from 'better-sqlite3'
import { WeirError } from '../../electron/core/kernel/weir-error.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { listenHttp } from '../../electron/http/listen.ts'
import type { OperationName } from '../../shared/contract/index.ts'
import { ERROR_CODES } from '../../shared/error-codes.ts'
import { type Address, request } from '../e2e/support/api.ts'
import { openConsumption } from '../support/consumption.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, freshDataDir, OPERATOR, SYSTEM_CLOCK } from '../support/weir.ts'
import { harness, sendRaw } from './http-harness.ts'
import { serveWeir } from './real-http.ts'

/** Ways to be refused that an ordinary call does not have. */

/** What a caller got: over HTTP a problem document, at the start and of a run an error. */
export interface Got {
  readonly code: string
  readonly status: number
  readonly detail: string
  /** The operation that answered, whose contract must name the code. */
  readonly operation?: OperationName
}

/** What bytes get that no ordinary client would send. */
export async function raw(port: number, bytes: string): Promise<Got> {
  const answer = (await sendRaw(port, bytes)).split('HTTP/1.1 ').at(-1) ?? ''
  const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Got
  return { code: problem.code, status: Number(answer.slice(0, 3)), detail: problem.detail }
}

/** What is thrown where there is no HTTP yet, or none any more. */
export async function thrown(work: () => Promise<unknown>): Promise<Got> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof WeirError)) throw error
    return { code: error.code, status: ERROR_CODES[error.code].status, detail: error.message }
  }
  throw new Error('nothing was thrown')
}

/** The operations of a real core whose database a test can get at, over HTTP. */
export async function overCore(
  work: (core: Awaited<ReturnType<typeof openConsumption>>, by: Address) => Promise<Got>,
): Promise<Got> {
  const core = await openConsumption()
  await core.addUser('alice')
  let its = 0
  const face = await harness(
    {
      'consumption.admit': (input: Parameters<typeof core.consumption.admit>[0]) =>
        core.consumption.admit(input),
      'consumption.recordTurn': (input: Parameters<typeof core.consumption.recordTurn>[0]) =>
        core.consumption.recordTurn(input),
      'prices.list': () => {
        throw new TypeError('secret of the inside')
      },
    },
    { port: () => its },
  )
  its = (await listenHttp(face.app, 0)).port
  try {
    return await work(core, { url: `http://127.0.0.1:${its}`, token: 'weir_admin' })
  } finally {
    await face.app.close()
    await core.close()
  }
}

export async function whileLocked<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const other = new BetterSqlite3(file)
  other.exec('begin immediate')
  try {
    return await work()
  } finally {
    other.exec('rollback')
    other.close()
  }
}

/** A Weir of its own on a folder that was prepared. */
export function startOn(prepare: (dataDir: string) => Promise<void> | void): Promise<Got> {
  return thrown(async () => {
    const { dataDir, remove } = freshDataDir()
    try {
      const ports = {
        clock: SYSTEM_CLOCK,
        log: recordingLog(),
        randomBytes: (count: number) => randomBytes(count),
      }
      await (await createWeir(configOf(dataDir), ports)).close()
      await prepare(dataDir)
      await (await createWeir(configOf(dataDir), ports)).close()
    } finally {
      remove()
    }
  })
}

/** An executor that asks without a pause while a backup is really restored, until it is told to come back. */
export async function checkedWhileRestoring(): Promise<Got> {
  const open = await serveWeir()
  try {
    const { weir } = open
    await weir.users.create({ id: 'alice', username: 'Alice' }, OPERATOR)
    const by = { url: `http://127.0.0.1:${open.port}`, token: await open.tokenOf('executor') }
    const { id } = await weir.backups.create({ reason: 'manual' }, OPERATOR)
    const { run_id } = weir.restores.start({ backup_id: id, confirm: true }, OPERATOR)
    let told: Got | undefined
    let isOver = false
    const asking = (async () => {
      while (!isOver) {
        const { status, problem, headers } = await request(by, 'limits.check', { user_id: 'alice' })
        // Nothing of use: alice may run, or has asked more often than an hour allows.
        if (problem?.code !== 'restoring') continue
        if (Number(headers.get('retry-after')) < 1) throw new Error('nobody was told when to come back')
        told ??= { code: problem.code, status, detail: problem.detail, operation: 'limits.check' }
      }
    })()
    const run = await weir.restores.finished(run_id)
    isOver = true
    await asking
    if (run.status !== 'done') throw new Error(`the restore ended as ${run.status}`)
    const after = await request(by, 'limits.check', { user_id: 'alice' })
    if (after.status !== 200) throw new Error('checks were refused after the restore as well')
    if (told === undefined) throw new Error('no check came while the databases changed places')
    return told
  } finally {
    await open.close()
  }
}
