import type { Handlers } from './dispatch-types.ts'
import { actingFor, oneUser, refuseForeignUser } from './user-scope.ts'

/** What is counted beside turns, what is added to them, and how a user stands. */
export const countingHandlers = {
  'turns.extend': async (weir, input, caller) => {
    const whose = actingFor(caller, input)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.extendTurn(whose.input) }
  },
  'consumption.championCase': async (weir, input, caller) => {
    const foreign = refuseForeignUser(caller, input.user_id)
    if (foreign !== undefined) return foreign
    const value = await weir.consumption.countCase(input)
    return { kind: 'done', value, status: value.replayed ? 200 : 201 }
  },
  'consumption.collectionSubscription': async (weir, input, caller) => {
    const foreign = refuseForeignUser(caller, input.user_id)
    if (foreign !== undefined) return foreign
    const value = await weir.consumption.countSubscription(input)
    return { kind: 'done', value, status: value.replayed ? 200 : 201 }
  },
  'consumption.configChange': async (weir, input, caller) => {
    const foreign = refuseForeignUser(caller, input.user_id)
    if (foreign !== undefined) return foreign
    const answer = await weir.consumption.countConfigChange(input)
    return answer.kind === 'refused' ? answer : { kind: 'done', value: answer.answer }
  },
  'consumption.quotaStatus': async (weir, input, caller) => {
    const whose = oneUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.quotaStatus(whose.userId) }
  },
} satisfies Partial<Handlers>
