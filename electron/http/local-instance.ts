import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { SECOND_MS, toIso } from '../../shared/units.ts'
import type { Actor, Weir, WeirConfig } from '../core/api.ts'
import type { Logger } from '../core/kernel/ports.ts'
import { removeRunFile, writeRunFile } from '../core/kernel/run-file.ts'
import { listenHttp } from './listen.ts'
import { LoginCodes, loginUrl } from './login-codes.ts'
import { buildHttp } from './server.ts'

/** A Weir that can be reached on this machine: its HTTP face, and `run.json` that says where. */
export interface LocalInstance {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** An address that opens the console in a browser: good for one use within 60 seconds. */
  newLoginUrl(): string
  /** Takes no more requests, lets running ones end, and takes `run.json` and its token back. The core stays open. */
  close(): Promise<void>
}

/** What it is made of. */
export interface LocalInstanceParts {
  readonly weir: Weir
  readonly dataDir: string
  /** 0 takes any free one. */
  readonly port: number
  readonly face: WeirConfig['face']
  /** Absolute path of the built console. Without an `index.html` in it only the API is served. */
  readonly rendererDir: string
  readonly log: Logger
}

/** The name of the token in `run.json`, by which one that a crash left behind is found. */
const LOCAL_TOKEN_NAME = 'local run'

/** Checks and records take milliseconds; a connection that is open after this waits for something that will not come. */
const CLOSE_LIMIT_MS = 5 * SECOND_MS

/** Who makes and revokes that token, as the audit log names it. */
const STARTER: Actor = { name: 'weir', via: 'start' }

/** Opens the port and writes `run.json`. Errors: `port_taken`; on any error nothing stays open. */
export async function openLocalInstance(parts: LocalInstanceParts): Promise<LocalInstance> {
  const { weir, dataDir, face, log } = parts
  const { clock } = weir.ports
  const loginCodes = new LoginCodes(weir.ports)
  const rendererDir = existsSync(join(parts.rendererDir, 'index.html')) ? parts.rendererDir : null
  let port = parts.port
  const app = await buildHttp({ weir, port: () => port, face, rendererDir, loginCodes, log, clock })
  const listening = await listenHttp(app, parts.port)
  port = listening.port
  const { url } = listening
  try {
    const token = await newLocalToken(weir)
    const started_at = toIso(clock.now())
    await writeRunFile(dataDir, { pid: process.pid, port, url, token: token.token, started_at })
    weir.announceUrl(url)
    log.info('listening', { url, face })
    return {
      url,
      newLoginUrl: () => loginUrl(url, loginCodes.issue().code),
      close: async () => {
        weir.announceUrl(null)
        await closeWithin(app, CLOSE_LIMIT_MS)
        removeRunFile(dataDir, process.pid)
        await weir.tokens.revoke(token.id, STARTER)
      },
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** A process that was killed could not revoke its token; its file may have been copied meanwhile. */
async function newLocalToken(weir: Weir): Promise<{ readonly id: number; readonly token: string }> {
  const { tokens } = await weir.tokens.list({ includeRevoked: false })
  for (const old of tokens.filter((token) => token.name === LOCAL_TOKEN_NAME && token.scope === 'admin')) {
    await weir.tokens.revoke(old.id, STARTER)
  }
  return await weir.tokens.create({ name: LOCAL_TOKEN_NAME, scope: 'admin' }, STARTER)
}

async function closeWithin(app: FastifyInstance, limitMs: number): Promise<void> {
  const tooLate = setTimeout(() => app.server.closeAllConnections(), limitMs)
  await app.close()
  clearTimeout(tooLate)
}
