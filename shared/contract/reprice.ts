import { z } from 'zod'
import { operation } from './operation.ts'

/** Pricing the turns of the running month again by the prices of today's table, after a look at what that changes. */

/** `fallback` leaves alone what had a price of its own when it was recorded. */
const repriceScope = z.enum(['all', 'fallback'])

const change = {
  /** Turns that would cost something else. */
  changed_turns: z.number(),
  before_usd: z.number(),
  after_usd: z.number(),
}

export const repriceRun = z.object({
  run_id: z.string(),
  status: z.enum(['running', 'done', 'failed', 'cancelled']),
  phase: z.enum(['counting', 'backup', 'writing', 'finished']),
  scope: repriceScope,
  period: z.string(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
  /** Turns looked at, of those there are. */
  turns_done: z.number(),
  /** Null until they are counted. */
  turns_total: z.number().nullable(),
  /** Turns that cost something else now. What they are is written, also when the run was cancelled. */
  changed_turns: z.number(),
  /** By how much the costs of the month have changed. */
  change_usd: z.number(),
  /** The backup made before the first change: the way back. */
  backup_id: z.string().nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
})

const runId = z.string().min(1).max(64)
const path = '/api/v1/admin/prices/reprice'

export const repriceOperations = {
  'prices.repricePlan': operation({
    method: 'GET',
    path,
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary:
      'What the recorded turns would cost by the prices of now: totals before and after, nothing is changed',
    description:
      'Every turn is priced at its own time. A cost the agent reported is never touched, and a closed month stays as it was ' +
      'billed: what it would cost is shown. The totals before are those of the books, with everything the month holds.',
    input: z.strictObject({ scope: repriceScope.optional() }),
    output: z.object({
      scope: repriceScope,
      period: z.string(),
      /** The running month, which can be priced again. */
      open: z.object({
        ...change,
        change_usd: z.number(),
        /** Turns whose cost Weir works out. */
        turns: z.number(),
        /** Turns whose cost the agent reported. */
        reported_turns: z.number(),
      }),
      /** Closed months that would change, newest first. */
      closed: z.array(z.object({ period: z.string(), ...change })),
      /** Models of the running month that would change, the greatest change first, at most 200. */
      models: z.array(
        z.object({
          provider: z.string(),
          model: z.string(),
          ...change,
          /** Whose price would count. */
          price_source: z.enum(['catalogue', 'operator', 'fallback']),
        }),
      ),
      models_count: z.number(),
      /** Users of the running month that would change, the greatest change first, at most 50. */
      users: z.array(z.object({ user_id: z.string(), username: z.string(), ...change })),
      users_count: z.number(),
      /** Users who would reach their cost budget by it. */
      users_over_budget: z.number(),
      running: repriceRun.nullable(),
    }),
    errors: ['shutting_down'],
    example: { scope: 'fallback' },
  }),
  'prices.reprice': operation({
    method: 'POST',
    path,
    scopes: ['admin'],
    effect: 'write',
    status: 202,
    summary: 'Price the turns of the running month again, after a verified backup',
    description:
      '`change_usd` is what the plan said; when something else would come of it by now, nothing is changed and the run ends ' +
      'with `confirmation_needed`. Doing it twice changes nothing; a cancelled run has priced some turns and can be done again.',
    input: z.strictObject({ scope: repriceScope.optional(), change_usd: z.number() }),
    output: repriceRun,
    errors: ['busy', 'shutting_down'],
    example: { scope: 'fallback', change_usd: -1.25 },
  }),
  'prices.repriceRun': operation({
    method: 'GET',
    path: `${path}/{run_id}`,
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary:
      'How far pricing again is; runs are known until Weir stops, what they did stands in the audit log',
    input: z.strictObject({ run_id: runId }),
    output: repriceRun,
    errors: ['run_unknown'],
    example: { run_id: 'reprice-1f2e3d4c' },
  }),
  'prices.repriceCancel': operation({
    method: 'POST',
    path: `${path}/{run_id}/cancel`,
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Stop pricing again at the next safe place; what is priced by then stays',
    input: z.strictObject({ run_id: runId }),
    output: repriceRun,
    errors: ['run_unknown'],
    example: { run_id: 'reprice-1f2e3d4c' },
  }),
}
