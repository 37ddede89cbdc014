import type { OperationName, OperationOutput } from '../../shared/contract/index.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'
import type { Refusal, Weir } from '../core/api.ts'

/** What came of a call, as far as the figures are concerned. */
type Result = { readonly kind: 'done'; readonly value: unknown } | Refusal

/** Counts a call in the metrics, and tells whoever looks at Weir that something changed. A few microseconds at most. */
export function noteCall(
  weir: Weir,
  name: OperationName,
  input: unknown,
  result: Result,
  startedMs: number,
): void {
  const outcome = result.kind === 'done' ? 'ok' : result.code
  weir.metrics.noteCall(name, weir.ports.clock.monotonicMs() - startedMs, outcome)
  if (name === 'limits.check' && !isDryRun(input)) weir.metrics.noteCheck(checkOutcome(result))
  if (!isChange(name, input, result)) return
  const topic = name.slice(0, name.indexOf('.'))
  weir.changes.publish(topic)
  // What it began goes on: whoever looks at it is told of the end as well, however that was.
  const tell = (): void => weir.changes.publish(topic)
  if (result.kind === 'done') endOf(weir, name, result.value)?.then(tell, tell)
}

/** A check that says no is a change too: it is counted among the blocked requests. */
function isChange(name: OperationName, input: unknown, { kind }: Result): boolean {
  if (OPERATIONS[name].effect !== 'write') return false
  return name === 'limits.check' ? !isDryRun(input) : kind === 'done'
}

/** When the run is over that an operation has started; undefined for what is done with its answer. */
function endOf(weir: Weir, name: OperationName, value: unknown): Promise<unknown> | undefined {
  switch (name) {
    case 'import.start':
      return weir.imports.finished((value as OperationOutput<'import.start'>).run_id)
    case 'imports.undo':
      return weir.importBatches.finished()
    case 'reconciliation.start':
      return weir.reconciliation.finished((value as OperationOutput<'reconciliation.start'>).run_id)
    case 'prices.reprice':
      return weir.repricing.finished((value as OperationOutput<'prices.reprice'>).run_id)
    default:
      return undefined
  }
}

function isDryRun(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'dry_run' in input && input.dry_run === true
}

function checkOutcome(result: Result): string {
  if (result.kind === 'refused') return result.code
  const answer = result.value as OperationOutput<'limits.check'>
  if (answer.bypassed) return 'bypassed'
  return answer.would_have_blocked === null ? 'allowed' : 'would_have_blocked'
}
