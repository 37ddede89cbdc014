import type { AuthMonth } from './auth-port.ts'

/** What two closings of the same month are compared by. */
export type MonthSums = Pick<
  AuthMonth,
  'inputTokens' | 'outputTokens' | 'successfulTurns' | 'failedTurns' | 'partialTurns'
>

const FIELDS = [
  ['inputTokens', 'input_tokens'],
  ['outputTokens', 'output_tokens'],
  ['successfulTurns', 'successful_turns'],
  ['failedTurns', 'failed_turns'],
  ['partialTurns', 'partial_turns'],
] as const

/** What the platform has otherwise in a month, for a person; null where both have the same. Pure. */
export function monthDifference(there: MonthSums, here: MonthSums): string | null {
  const sides = FIELDS.filter(([field]) => there[field] !== here[field]).map(
    ([field, name]) => `${name} ${there[field]} there, ${here[field]} here`,
  )
  return sides.length === 0 ? null : sides.join('; ')
}
