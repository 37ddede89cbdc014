import type { CheckFinding, ReadinessCheck } from '../api.ts'
import type { Sample } from '../kernel/metrics.ts'
import type { DualWriter } from './dual-writer.ts'

/** What readiness and metrics are told of turns that wait for the database. */

/** Readiness: nothing recorded waits for the database. */
export function dualWriteCheck(writer: Pick<DualWriter, 'state'>): ReadinessCheck {
  return {
    id: 'dual-write',
    title: 'No recorded turn waits for the database',
    run: async (): Promise<CheckFinding> => {
      const { pending, oldest_at, last_error } = writer.state()
      if (pending === 0)
        return { state: 'ok', evidence: 'No turn waits for the database.', since: null, fix: null }
      return {
        state: 'attention',
        evidence: `${pending} recorded ${pending === 1 ? 'turn is' : 'turns are'} in the session files and not yet in the database: ${last_error ?? 'it did not answer'}`,
        since: oldest_at,
        fix: {
          text: 'Look why the database does not take them; they are tried again by themselves.',
          path: '/logs?event=dual_write_failure',
        },
      }
    },
  }
}

/** Metrics: failed second writes, and those that still wait. */
export function dualWriteSamples(writer: Pick<DualWriter, 'state'>): readonly Sample[] {
  const { pending, failures } = writer.state()
  return [
    {
      name: 'weir_dual_write_failures',
      help: 'Turns that are in their session file and wait for the database',
      type: 'gauge',
      value: pending,
    },
    {
      name: 'weir_dual_write_failures_total',
      help: 'Second writes that failed since this process started',
      type: 'counter',
      value: failures,
    },
  ]
}
