import { Agent, request } from 'node:http'
import { isProcessAlive, type RunFile, readRunFile } from './run-file.ts'
import { WeirError } from './weir-error.ts'

/** A request to the Weir that runs on this machine. */
export interface InstanceRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  /** Sent as JSON; nothing is sent when undefined. */
  readonly body?: unknown
  /** How long to wait for the answer, in milliseconds. */
  readonly timeoutMs: number
}

export interface InstanceAnswer {
  readonly status: number
  /** The parsed JSON. */
  readonly body: unknown
}

/** A running Weir answers in milliseconds; one that needs seconds for this is stuck, and waiting longer helps nobody. */
const GREETING_LIMIT_MS = 3_000

/**
 * The Weir that has the data folder, or undefined: nobody runs, or what `run.json` names is not it (a process that got
 * the number of a dead one, a port somebody else took). It is asked with the token of `run.json`, which no other
 * Weir would accept.
 */
export async function findRunningInstance(dataDir: string): Promise<RunFile | undefined> {
  const run = readRunFile(dataDir)
  if (run === undefined || !isProcessAlive(run.pid)) return undefined
  try {
    const answer = await askInstance(run, {
      method: 'GET',
      path: '/api/v1/admin/status',
      timeoutMs: GREETING_LIMIT_MS,
    })
    return answer.status === 200 ? run : undefined
  } catch (error) {
    if (error instanceof WeirError) return undefined
    throw error
  }
}

/**
 * Asks the running Weir with the token of `run.json`. Errors: `storage_unavailable` when it does not answer, or not in
 * JSON. Goes straight to the loopback address: no proxy of the environment has anything to do with it.
 */
export function askInstance(run: RunFile, wanted: InstanceRequest): Promise<InstanceAnswer> {
  const body = wanted.body === undefined ? undefined : JSON.stringify(wanted.body)
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(noAnswer(run, cause))
    const call = request(
      new URL(wanted.path, run.url),
      {
        method: wanted.method,
        // An agent of our own: the global one may have been told to use a proxy, and would keep the process alive.
        agent: new Agent({ keepAlive: false }),
        timeout: wanted.timeoutMs,
        headers: {
          authorization: `Bearer ${run.token}`,
          accept: 'application/json',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', fail)
        response.on('end', () => {
          try {
            resolve({
              status: response.statusCode ?? 0,
              body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
            })
          } catch (error) {
            fail(error)
          }
        })
      },
    )
    call.on('error', fail)
    call.on('timeout', () => call.destroy(new Error(`no answer within ${wanted.timeoutMs / 1000} s`)))
    call.end(body)
  })
}

function noAnswer(run: RunFile, cause: unknown): WeirError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new WeirError(
    'storage_unavailable',
    `The running Weir (process ${run.pid}, ${run.url}) did not answer: ${reason}.`,
    {
      cause,
    },
  )
}
