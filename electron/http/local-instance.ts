import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { SECOND_MS, toIso } from '../../shared/units.ts'
import type { Weir, WeirConfig } from '../core/api.ts'
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
  /** Takes no more requests, lets running ones end, and takes `run.json` back. The core stays open. */
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

/** Checks and records take milliseconds; a connection that is open after this waits for something that will not come. */
const CLOSE_LIMIT_MS = 5 * SECOND_MS

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
    const started_at = toIso(clock.now())
    await writeRunFile(dataDir, { pid: process.pid, port, url, token: weir.tokens.issueLocal(), started_at })
    weir.announceUrl(url)
    log.info('listening', { url, face })
    return {
      url,
      newLoginUrl: () => loginUrl(url, loginCodes.issue().code),
      close: async () => {
        weir.announceUrl(null)
        await closeWithin(app, CLOSE_LIMIT_MS)
        removeRunFile(dataDir, process.pid)
      },
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

async function closeWithin(app: FastifyInstance, limitMs: number): Promise<void> {
  const tooLate = setTimeout(() => app.server.closeAllConnections(), limitMs)
  await app.close()
  clearTimeout(tooLate)
}
