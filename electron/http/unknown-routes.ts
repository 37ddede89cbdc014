import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refused } from '../operations/refusals.ts'
import { sendProblem } from './problems.ts'

interface KnownRoute {
  readonly pattern: RegExp
  readonly methods: readonly string[]
}

/**
 * Answers what has no route: 405 with `Allow` when the address exists for other methods, else 404.
 * Call it before the routes are added: it watches them being added.
 */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const known: KnownRoute[] = []
  app.addHook('onRoute', (route) => {
    const segments = route.url
      .split('/')
      .map((segment) =>
        segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
      )
    known.push({ pattern: new RegExp(`^${segments.join('/')}$`), methods: [route.method].flat() })
  })
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const [path = '/'] = request.url.split('?', 1)
    const methods = known.filter((route) => route.pattern.test(path)).flatMap((route) => route.methods)
    if (methods.length === 0) {
      return sendProblem(
        reply,
        refused('route_unknown', 'There is nothing at this address; /docs lists what there is.'),
      )
    }
    const allowed = [...new Set(methods)].sort().join(', ')
    reply.header('allow', allowed)
    return sendProblem(reply, refused('method_not_allowed', `This address answers to ${allowed} only.`))
  })
}
