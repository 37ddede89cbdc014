import type { Handlers } from './dispatch-types.ts'
import { oneUser, refuseForeignUser, scopedUser } from './user-scope.ts'

/** Limits and consumption: what the executor and the dashboards ask. */
export const consumptionHandlers = {
  'limits.check': async (weir, input, caller) => {
    const foreign = refuseForeignUser(caller, input.user_id)
    if (foreign !== undefined) return foreign
    const answer = await weir.consumption.admit(input)
    return answer.kind === 'refused' ? answer : { kind: 'done', value: answer.answer }
  },
  'turns.record': async (weir, input, caller) => {
    const foreign = refuseForeignUser(caller, input.user_id)
    if (foreign !== undefined) return foreign
    const value = await weir.consumption.recordTurn(input)
    return { kind: 'done', value, status: value.replayed ? 200 : 201 }
  },
  'consumption.summary': async (weir, input, caller) => {
    const whose = oneUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.summary(whose.userId, input.period) }
  },
  'consumption.users': async (weir, input) => ({ kind: 'done', value: await weir.consumption.users(input) }),
  'consumption.turns': async (weir, input, caller) => {
    const whose = scopedUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    const query = whose.kind === 'user' ? { ...input, user_id: whose.userId } : input
    return { kind: 'done', value: await weir.consumption.turns(query) }
  },
  'consumption.history': async (weir, input, caller) => {
    const whose = oneUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.history(whose.userId, input.limit) }
  },
  'consumption.systemSummary': async (weir, input) => ({
    kind: 'done',
    value: await weir.consumption.systemSummary(input.period),
  }),
} satisfies Partial<Handlers>
