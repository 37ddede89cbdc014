import type { Handlers } from './dispatch-types.ts'
import { oneUser, scopedUser } from './user-scope.ts'

/** Keeping up with the session files, and what they say by themselves. */
export const sessionFileHandlers = {
  'sessionFiles.get': async (weir) => ({ kind: 'done', value: weir.sessionFiles.state() }),
  'sessionFiles.catchUp': async (weir) => ({ kind: 'done', value: await weir.sessionFiles.catchUp() }),
  'sessions.analytics': async (weir, input, caller) => {
    const whose = scopedUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    const userId = whose.kind === 'user' ? whose.userId : null
    return { kind: 'done', value: await weir.sessionFiles.analytics(userId, input.period) }
  },
  'consumption.filesSummary': async (weir, input, caller) => {
    const whose = oneUser(caller, input.user_id)
    if (whose.kind === 'refused') return whose
    return { kind: 'done', value: await weir.sessionFiles.summary(whose.userId, input.period) }
  },
} satisfies Partial<Handlers>
