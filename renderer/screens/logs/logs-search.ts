import { z } from 'zod'
import { logLevel } from '../../../shared/contract/logs.ts'

const text = (length: number) => z.coerce.string().min(1).max(length).optional().catch(undefined)

/** Ranges of the log, in hours back from now. */
export const LOG_RANGES = { hour: 1, day: 24, week: 168 } as const

/** View state of the log as it stands in the address; what makes no sense is dropped. */
export const logsSearch = z.object({
  level: logLevel.optional().catch(undefined),
  area: text(128),
  user: text(128),
  request: text(128),
  event: text(128),
  text: text(200),
  range: z.enum(['hour', 'day', 'week']).optional().catch(undefined),
})

export type LogsSearch = z.output<typeof logsSearch>
