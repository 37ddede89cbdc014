import type { Handlers } from './dispatch-types.ts'
import { refused } from './refusals.ts'

/** Users, profiles, grants and access tokens. */
export const administrationHandlers = {
  'users.list': async (weir, input) => ({ kind: 'done', value: await weir.users.list(input) }),
  'users.create': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.users.create(input, caller),
  }),
  'users.setProfile': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.users.setProfile(input.id, input.profile_id, caller),
  }),
  'users.update': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.users.update(input, caller),
  }),
  'profiles.list': async (weir) => ({ kind: 'done', value: await weir.profiles.list() }),
  'profiles.create': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.profiles.create(input, caller),
  }),
  'profiles.update': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.profiles.update(input, caller),
  }),
  'profiles.preview': async (weir, input) => ({ kind: 'done', value: await weir.profiles.preview(input) }),
  'profiles.delete': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.profiles.delete(input, caller),
  }),
  'grants.create': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.grants.create(input, caller),
  }),
  'grants.list': async (weir, input) => ({ kind: 'done', value: await weir.grants.list(input.id) }),
  'grants.revoke': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.grants.revoke(input.id, input.grant_id, caller),
  }),
  'tokens.list': async (weir, input) => ({
    kind: 'done',
    value: await weir.tokens.list({ includeRevoked: input.include_revoked ?? false }),
  }),
  'tokens.create': async (weir, input, caller) => {
    if (input.scope === 'user' && input.user_id === undefined) {
      return refused(
        'invalid_request',
        'A token with the scope user sees one user only: add user_id to say whom.',
        { errors: [{ path: 'user_id', message: 'is missing' }] },
      )
    }
    return { kind: 'done', value: await weir.tokens.create(input, caller) }
  },
  'tokens.revoke': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.tokens.revoke(input.id, caller),
  }),
} satisfies Partial<Handlers>
