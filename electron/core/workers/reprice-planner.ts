import type { ConsumptionContext } from '../consumption/context.ts'
import type { RepriceScope } from '../consumption/reprice-turns.ts'
import type { WorkerClient } from '../kernel/worker-client.ts'
import type { RepricePlan } from '../prices/reprice-plan.ts'
import type { WorkerTasks } from './tasks.ts'

/** What pricing again would change, added up by the worker thread. */
export function createRepricePlanner(
  worker: WorkerClient<WorkerTasks>,
  context: Pick<ConsumptionContext, 'clock' | 'settings'>,
  database: { readonly databaseFile: string; readonly sqliteBinding: string | null },
): (scope: RepriceScope) => Promise<RepricePlan> {
  return (scope) =>
    worker.run('plan-reprice', {
      databaseFile: database.databaseFile,
      sqliteBinding: database.sqliteBinding,
      scope,
      now: context.clock.now(),
      settings: context.settings(),
    })
}
