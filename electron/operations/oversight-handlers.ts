import type { Handlers } from './dispatch-types.ts'
import { oneUser } from './user-scope.ts'

/** Whom the rules touch. */
export const oversightHandlers = {
  'limits.ladder': async (weir) => ({ kind: 'done', value: await weir.enforcement.ladder() }),
  'override.preview': async (weir, input) => ({
    kind: 'done',
    value: await weir.enforcement.previewOverride(input),
  }),
  'consumption.days': async (weir, input, caller) => {
    const whose = oneUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.consumption.days(whose.userId, input.days) }
  },
} satisfies Partial<Handlers>
