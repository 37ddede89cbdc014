import type { Handlers } from './dispatch-types.ts'

/** The jobs, their runs and their schedules. */
export const jobHandlers = {
  'jobs.list': async (weir) => ({ kind: 'done', value: await weir.jobs.list() }),
  'jobs.get': async (weir, input) => ({ kind: 'done', value: await weir.jobs.get(input) }),
  'jobs.run': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.jobs.run(input.job, { isDryRun: input.dry_run === true }, caller),
  }),
  'jobs.run.get': async (weir, input) => ({ kind: 'done', value: await weir.jobs.getRun(input.run_id) }),
  'jobs.cancel': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.jobs.cancel(input.run_id, caller),
  }),
  'jobs.update': async (weir, input, caller) => ({
    kind: 'done',
    value: await weir.jobs.update(input, caller),
  }),
  'jobs.preview': async (weir, input) => ({ kind: 'done', value: weir.jobs.preview(input) }),
  'jobs.trustClock': async (weir, _input, caller) => ({
    kind: 'done',
    value: await weir.jobs.trustClock(caller),
  }),
} satisfies Partial<Handlers>
