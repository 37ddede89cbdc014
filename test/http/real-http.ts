import { listenHttp } from '../../electron/http/listen.ts'
import { LoginCodes } from '../../electron/http/login-codes.ts'
import { buildHttp } from '../../electron/http/server.ts'
import { OPERATOR, openWeir, SYSTEM_CLOCK, type TestWeir } from '../support/weir.ts'

/** A whole Weir behind a real socket. */
export interface ServedWeir extends TestWeir {
  readonly port: number
  /** Makes a token; over this socket it is all a caller needs. */
  tokenOf(scope: 'admin' | 'executor'): Promise<string>
}

/** Opens a Weir in a folder of its own and listens on a free port; `close` ends both. */
export async function serveWeir(): Promise<ServedWeir> {
  const open = await openWeir(SYSTEM_CLOCK)
  let port = 0
  const app = await buildHttp({
    weir: open.weir,
    port: () => port,
    face: 'browser',
    rendererDir: null,
    loginCodes: new LoginCodes(open.weir.ports),
    log: open.log,
    clock: SYSTEM_CLOCK,
  })
  port = (await listenHttp(app, 0)).port
  return {
    ...open,
    port,
    tokenOf: async (scope) => (await open.weir.tokens.create({ name: scope, scope }, OPERATOR)).token,
    close: async () => {
      await app.close()
      await open.close()
    },
  }
}
