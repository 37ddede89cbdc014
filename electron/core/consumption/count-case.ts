import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import type { Writer } from '../database/database.ts'
import { WeirError } from '../kernel/weir-error.ts'
import { findCase, insertCase } from './case-store.ts'
import { saveUsage } from './consumption-store.ts'
import { type ConsumptionContext, momentOf } from './context.ts'
import { currentUsage, userOf } from './current-usage.ts'
import { readProfiles } from './limit-rules-store.ts'
import { periodText } from './windows.ts'

/**
 * Counts a champion case in the running month, once per case, or once per idempotency key when the case has no id.
 * Errors: `user_unknown`, `invalid_request`.
 */
export async function countCase(
  trx: Writer,
  input: ParsedInput<'consumption.championCase'>,
  context: ConsumptionContext,
): Promise<OperationOutput<'consumption.championCase'>> {
  const moment = momentOf(context)
  const named = nameOf(input)
  const state = await userOf(trx, input.user_id, moment)
  const { usage } = await currentUsage(trx, state, await readProfiles(trx), moment)
  const found = await findCase(trx, { user_key: state.account.key, ...named })
  const about = { session_id: input.session_id ?? null, turn_number: input.turn_number ?? null }
  if (
    found?.named_by === 'request' &&
    (found.session_id !== about.session_id || found.turn_number !== about.turn_number)
  ) {
    throw invalidKey('was used for another case; use a new key, or name the case by case_id')
  }
  const count = usage.champion_cases_created + (found === undefined ? 1 : 0)
  if (found === undefined) {
    await insertCase(trx, {
      user_key: state.account.key,
      ...named,
      ...about,
      period: usage.period,
      counted_at: moment.now,
    })
    await saveUsage(trx, { ...usage, champion_cases_created: count, last_updated_at: moment.now })
  }
  return {
    replayed: found !== undefined,
    user_id: state.account.id,
    current_period: periodText(usage.period),
    champion_cases_created: count,
  }
}

function nameOf(input: ParsedInput<'consumption.championCase'>) {
  if (input.case_id !== undefined) return { named_by: 'case', name: input.case_id } as const
  if (input.idempotency_key !== undefined)
    return { named_by: 'request', name: input.idempotency_key } as const
  throw invalidKey(
    'is missing: without case_id, send the header Idempotency-Key, so that a repetition counts once',
  )
}

function invalidKey(message: string): WeirError {
  return new WeirError('invalid_request', `The idempotency key ${message}.`, {
    details: { errors: [{ path: 'idempotency_key', message }] },
  })
}
