import { z } from 'zod'
import { logLine } from './logs.ts'
import { operation } from './operation.ts'
import { settingState } from './settings.ts'

/** Whether this Weir is ready for real use, and what to hand over with a report of trouble. */

const nullableText = z.string().nullable()

/** What a check came to. `unknown` is what could not be found out, in time or yet: never a good sign. */
export const checkState = z.enum(['ok', 'attention', 'unknown'])

export const readinessCheck = z.object({
  id: z.string(),
  title: z.string(),
  state: checkState,
  /** What was found, in a sentence with its figures. */
  evidence: z.string(),
  /** Since when it has been so, where that is known. */
  since: nullableText,
  /** What to do about it: a sentence, and the screen where it is done. */
  fix: z.object({ text: z.string(), path: nullableText }).nullable(),
  took_ms: z.number(),
})

/** A figure Weir is judged by after a week of use. */
export const successMetric = z.object({
  id: z.string(),
  title: z.string(),
  target: z.string(),
  /** Null while it cannot be judged. */
  measured: nullableText,
  state: z.enum(['met', 'missed', 'cannot_judge']),
  /** Against the week before; null when there is nothing to compare with. */
  trend: z.enum(['better', 'same', 'worse']).nullable(),
  evidence: z.string(),
})

export const readinessReport = z.object({
  /** `ready` only when every check is `ok`. */
  verdict: z.enum(['ready', 'attention', 'unknown']),
  ok: z.number(),
  total: z.number(),
  at: z.string(),
  checks: z.array(readinessCheck),
  success: z.array(successMetric),
})

export const readinessOperations = {
  'readiness.get': operation({
    method: 'GET',
    path: '/api/v1/admin/readiness',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'Runs all checks of readiness and says what was found, since when, and what to do',
    description: 'A check that does not answer in time is `unknown`. Nothing is changed.',
    input: z.strictObject({}),
    output: readinessReport,
    errors: [],
    example: {},
    command: 'doctor',
  }),
  'diagnostics.get': operation({
    method: 'GET',
    path: '/api/v1/admin/diagnostics',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary:
      'What to hand over with a report of trouble: versions, settings, checks, figures, the last log lines',
    description: 'Without secrets and without prompt text. Nothing is sent anywhere.',
    input: z.strictObject({}),
    output: z.object({
      made_at: z.string(),
      weir: z.object({
        version: z.string(),
        schema_version: z.number(),
        face: z.string(),
        started_at: z.string(),
        runtime: z.record(z.string(), z.string()),
        platform: z.string(),
      }),
      database_bytes: z.number(),
      settings: z.array(settingState),
      readiness: readinessReport,
      calls: z.array(
        z.object({
          operation: z.string(),
          calls: z.number(),
          p50_ms: z.number().nullable(),
          p95_ms: z.number().nullable(),
          outcomes: z.record(z.string(), z.number()),
        }),
      ),
      log: z.array(logLine),
    }),
    errors: [],
    example: {},
  }),
}
