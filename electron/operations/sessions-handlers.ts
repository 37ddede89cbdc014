import type { Handlers } from './dispatch-types.ts'
import { actingFor, refuseForeignUser, scopedUser } from './user-scope.ts'

/** Opening, renaming and closing sessions, which is what the agent tells of them, and looking at them. */
export const sessionHandlers = {
  'sessions.open': async (weir, input, caller) => {
    const foreign = refuseForeignUser(caller, input.user_id)
    if (foreign !== undefined) return foreign
    const value = await weir.consumption.openSession(input)
    return { kind: 'done', value, status: value.replayed ? 200 : 201 }
  },
  'sessions.rename': async (weir, input, caller) => {
    const whose = actingFor(caller, input)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.renameSession(whose.input) }
  },
  'sessions.close': async (weir, input, caller) => {
    const whose = actingFor(caller, input)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.closeSession(whose.input) }
  },
  'sessions.list': async (weir, input, caller) => {
    const whose = scopedUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    const query = whose.kind === 'user' ? { ...input, user_id: whose.userId } : input
    return { kind: 'done', value: await weir.consumption.sessions(query) }
  },
  'sessions.get': async (weir, input, caller) => {
    const whose = scopedUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    const query = whose.kind === 'user' ? { ...input, user_id: whose.userId } : input
    return { kind: 'done', value: await weir.consumption.session(query) }
  },
} satisfies Partial<Handlers>
