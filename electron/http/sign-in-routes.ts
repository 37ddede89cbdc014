import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Weir } from '../core/api.ts'
import { invalidInput } from '../operations/input-errors.ts'
import { refused } from '../operations/refusals.ts'
import { type Authentication, cookieName, refuseForgery } from './authentication.ts'
import type { FailedAttempts } from './failed-attempts.ts'
import { type LoginCodes, loginUrl } from './login-codes.ts'
import { OWN_CONTRACT } from './own-contract.ts'
import { sendProblem } from './problems.ts'
import type { UiSessions } from './ui-sessions.ts'

/** What signing in needs. */
export interface SignInParts {
  readonly weir: Weir
  readonly port: () => number
  readonly authentication: Authentication
  readonly sessions: UiSessions
  readonly loginCodes: LoginCodes
  readonly attempts: FailedAttempts
}

/** Signing a browser in and out. */
export function addSignInRoutes(app: FastifyInstance, parts: SignInParts): void {
  const { login, session, logout, loginCode } = OWN_CONTRACT
  app.post(login.path, { config: { access: 'public' } }, async (request, reply) =>
    signIn(request, reply, parts),
  )
  app.get(session.path, { config: { access: 'public' } }, async (request, reply) =>
    tellSession(request, reply, parts),
  )
  app.post(logout.path, { config: { access: 'public' } }, async (request, reply) =>
    signOut(request, reply, parts),
  )
  app.post(loginCode.path, { config: { tokenOnly: true } }, async (request, reply) =>
    giveLoginCode(request, reply, parts),
  )
}

async function signIn(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
): Promise<FastifyReply> {
  const tooMany = parts.attempts.refuse(request.raw.socket)
  if (tooMany !== undefined) return sendProblem(reply, tooMany)
  const parsed = OWN_CONTRACT.login.input.safeParse(request.body ?? {})
  if (!parsed.success) {
    return sendProblem(
      reply,
      refused('invalid_request', 'Send either code (from a login link) or token (an admin token).', {
        errors: invalidInput(parsed.error.issues, request.body).details['errors'],
      }),
    )
  }
  const token =
    'code' in parsed.data ? parts.loginCodes.redeem(parsed.data.code) : { issuerToken: parsed.data.token }
  if (token === undefined) {
    const refusal = refused(
      'unauthorized',
      'This login link was used already or is older than a minute; ask for a new one.',
    )
    return sendProblem(reply, await parts.attempts.note(request.raw.socket, refusal))
  }
  return await openSession(request, reply, parts, token.issuerToken)
}

async function openSession(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
  token: string | null,
): Promise<FastifyReply> {
  const caller = token === null ? undefined : await parts.weir.tokens.authenticate(token)
  if (token !== null && caller === undefined) {
    const refusal = refused('unauthorized', 'This token is unknown, expired or revoked.')
    return sendProblem(reply, await parts.attempts.note(request.raw.socket, refusal))
  }
  if (caller !== undefined && caller.scope !== 'admin') {
    return sendProblem(
      reply,
      refused('forbidden', `The console needs an admin token; this one has the scope ${caller.scope}.`),
    )
  }
  // A browser that signs in again gives its old session up; only one cookie fits under the name.
  const old = parts.authentication.cookieOf(request.headers)
  if (old !== undefined) parts.sessions.close(old)
  const { cookie, session } = parts.sessions.open(token)
  reply.header('set-cookie', `${cookieName(parts.port())}=${cookie}; HttpOnly; SameSite=Strict; Path=/`)
  return reply.send({ name: caller?.name ?? 'operator', csrf: session.csrf })
}

async function tellSession(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
): Promise<FastifyReply> {
  const cookie = parts.authentication.cookieOf(request.headers)
  const signedIn = cookie === undefined ? undefined : await parts.authentication.sessionOf(cookie)
  if (signedIn === undefined) return reply.send({ authenticated: false, name: null, csrf: null })
  const forged = refuseForgery(request.method, request.headers, signedIn.session.csrf)
  if (forged !== undefined) return sendProblem(reply, forged)
  return reply.send({ authenticated: true, name: signedIn.caller.name, csrf: signedIn.session.csrf })
}

async function signOut(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
): Promise<FastifyReply> {
  const cookie = parts.authentication.cookieOf(request.headers)
  const signedIn = cookie === undefined ? undefined : await parts.authentication.sessionOf(cookie)
  if (cookie !== undefined && signedIn !== undefined) {
    const forged = refuseForgery(request.method, request.headers, signedIn.session.csrf)
    if (forged !== undefined) return sendProblem(reply, forged)
    parts.sessions.close(cookie)
  }
  reply.header('set-cookie', `${cookieName(parts.port())}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0`)
  return reply.send({ authenticated: false })
}

async function giveLoginCode(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: SignInParts,
): Promise<FastifyReply> {
  const { authenticated } = request
  if (authenticated?.kind !== 'token' || authenticated.caller.scope !== 'admin') {
    return sendProblem(
      reply,
      refused('forbidden', 'A login link gives admin rights, so an admin token is needed.'),
    )
  }
  const parsed = OWN_CONTRACT.loginCode.input.safeParse(request.body ?? {})
  if (!parsed.success) return sendProblem(reply, invalidInput(parsed.error.issues, request.body))
  const issued = parts.loginCodes.issue(authenticated.token)
  return reply.status(201).send({ ...issued, url: loginUrl(`http://127.0.0.1:${parts.port()}`, issued.code) })
}
