import type { z } from 'zod'
import type { usageStatus } from '../../shared/contract/fields.ts'

/** How close to a limit somebody is. */
export type UsageStatus = z.output<typeof usageStatus>

/** Where each status begins, in percent of the limit (DESIGN 5, UX 4.0); worst first. */
const STATUS_FROM_PERCENT = [
  { from: 100, status: 'blocked' },
  { from: 90, status: 'critical' },
  { from: 75, status: 'warning' },
  { from: 50, status: 'moderate' },
] as const satisfies readonly { from: number; status: UsageStatus }[]

/** The status of one limit; null is a limit that does not exist. A user's own status comes from the core. */
export function statusOfPercent(percent: number | null): UsageStatus {
  if (percent === null) return 'unlimited'
  return STATUS_FROM_PERCENT.find((step) => percent >= step.from)?.status ?? 'good'
}
