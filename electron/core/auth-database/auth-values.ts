import { type EpochMs, TOKENS_MAX, TURN_COST_USD_MAX, usdToMicroUsd } from '../../../shared/units.ts'
import { parseSessionTime } from '../sessions/session-time.ts'

/** Values of a foreign database, which may hold anything in any column. Pure. */

export type AuthRow = Readonly<Record<string, unknown>>

/** A row that cannot be taken; the message is for a person. */
export class BadRow extends Error {}

/** Text without blanks around it, or null. */
export function textOf(row: AuthRow, column: string): string | null {
  const value = row[column]
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || value.trim() === '') return null
  return value.trim()
}

/** Truth as SQLite and its drivers write it; what is missing is `otherwise`. */
export function flagOf(row: AuthRow, column: string, otherwise: boolean): boolean {
  const value = row[column]
  if (value === null || value === undefined) return otherwise
  return !(value === 0 || value === '0' || value === 'false' || value === 'False' || value === '')
}

/** A whole number that is not negative and that tables can hold; missing is null. */
export function countOf(row: AuthRow, column: string): number | null {
  const value = row[column]
  if (value === null || value === undefined) return null
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > TOKENS_MAX)
    throw new BadRow(`${column} is no whole number from 0 on.`)
  return value
}

/** Micro-dollars, which the platform keeps whole in columns named after cents or dollars; missing is null. */
export function microUsdOf(row: AuthRow, column: string): number | null {
  const value = row[column]
  if (value === null || value === undefined) return null
  if (typeof value !== 'number' || !(value >= 0) || value > usdToMicroUsd(TURN_COST_USD_MAX))
    throw new BadRow(`${column} is no cost.`)
  return Math.round(value)
}

// A million dollars for a million tokens is far above any price.
const USD_PER_MILLION_MAX = 1_000_000

/** Dollars per million tokens as micro-dollars. */
export function priceOf(row: AuthRow, column: string): number {
  const value = row[column]
  if (typeof value !== 'number' || !(value >= 0) || value > USD_PER_MILLION_MAX)
    throw new BadRow(`${column} is no price.`)
  return usdToMicroUsd(value)
}

/** A time as the platform writes it, without a zone for UTC; missing is null. */
export function timeOf(row: AuthRow, column: string): EpochMs | null {
  const value = row[column]
  if (value === null || value === undefined) return null
  const at = parseSessionTime(value)
  if (at === null) throw new BadRow(`${column} is no time.`)
  return at
}
