import type { Refusal } from '../core/api.ts'
import type { Authenticated } from './authentication.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that need no token. */
    authenticated: Authenticated | null
    /** What the answer refused with, for its line in the log; null while nothing was refused. */
    refusal: Refusal | null
  }

  interface FastifyContextConfig {
    /** `public` routes need no token. A route that says nothing needs one. */
    access?: 'public'
    /** Refuses callers that come with a browser's cookie: the route is for programs. */
    tokenOnly?: boolean
  }
}
