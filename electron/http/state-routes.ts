import type { FastifyInstance } from 'fastify'
import type { Weir, WeirConfig } from '../core/api.ts'
import { RESTORING, refused } from '../operations/refusals.ts'
import { OWN_CONTRACT } from './own-contract.ts'
import { sendProblem } from './problems.ts'

/** `/healthz` and `/readyz`, for whatever starts and watches Weir. Neither tells anything worth a token. */
export function addStateRoutes(
  app: FastifyInstance,
  parts: { readonly weir: Weir; readonly face: WeirConfig['face'] },
): void {
  const { healthz, readyz } = OWN_CONTRACT
  app.route({
    method: ['GET', 'HEAD'],
    url: healthz.path,
    config: { access: 'public' },
    handler: async (_request, reply) => reply.send({ status: 'up', service: 'weir', face: parts.face }),
  })
  app.route({
    method: ['GET', 'HEAD'],
    url: readyz.path,
    config: { access: 'public' },
    handler: async (_request, reply) => {
      if (parts.weir.gate.state !== 'open') return sendProblem(reply, RESTORING)
      if (await parts.weir.isReady()) return reply.send({ status: 'ready' })
      return sendProblem(
        reply,
        refused(
          'storage_unavailable',
          'Weir is up, but its database does not answer now; ask again in a moment.',
        ),
      )
    },
  })
}
