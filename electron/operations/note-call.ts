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
  if (result.kind === 'done' && OPERATIONS[name].effect === 'write')
    weir.changes.publish(name.slice(0, name.indexOf('.')))
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
