import type { OperationName } from './index.ts'

/** What the dashboards ask: these answers carry `Server-Timing`, and readiness measures them. */
export const DASHBOARD_OPERATIONS: readonly OperationName[] = [
  'consumption.summary',
  'consumption.systemSummary',
  'consumption.users',
  'consumption.turns',
  'consumption.history',
]

/** What nineteen of twenty of these answers must not be slower than, in milliseconds (DESIGN, the checklist). */
export const DASHBOARD_P95_MS = 100
