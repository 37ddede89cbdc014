import type { Authenticated } from './authentication.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that need no token. */
    authenticated: Authenticated | null
  }

  interface FastifyContextConfig {
    /** `public` routes need no token. A route that says nothing needs one. */
    access?: 'public'
    /** Refuses callers that come with a browser's cookie: the route is for programs. */
    tokenOnly?: boolean
  }
}
