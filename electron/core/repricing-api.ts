import type { OperationOutput, ParsedInput } from '../../shared/contract/index.ts'
import type { Actor } from './callers.ts'

/** Pricing the running month again: what it would change, and doing it. */
export interface RepricingApi {
  /** Errors: `shutting_down`. */
  plan(input: ParsedInput<'prices.repricePlan'>): Promise<OperationOutput<'prices.repricePlan'>>
  /** Answers at once with the run. Errors: `busy`, `shutting_down`. */
  start(input: ParsedInput<'prices.reprice'>, actor: Actor): OperationOutput<'prices.reprice'>
  /** Errors: `run_unknown`. */
  get(runId: string): OperationOutput<'prices.repriceRun'>
  /** Errors: `run_unknown`. */
  cancel(runId: string): OperationOutput<'prices.repriceCancel'>
  /** Settles when the run is over, whatever became of it. Errors: `run_unknown`. */
  finished(runId: string): Promise<OperationOutput<'prices.repriceRun'>>
}
