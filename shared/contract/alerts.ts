import { z } from 'zod'
import { limitName, queryFlag, queryInt, userId } from './fields.ts'
import { operation } from './operation.ts'

/** Alerts: what the operator should know of, and when a limit will be reached. */

/** The kinds of alerts; each can be muted. */
export const ALERT_KINDS = [
  'limit_hour',
  'limit_day',
  'limit_month',
  'job_failed',
  'drift',
  'backup',
  'recording',
] as const

const kind = z.enum(ALERT_KINDS)

/** When a limit will be reached at the present pace, if it goes on. */
const outlook = z.enum(['no_limit', 'reached', 'before_reset', 'not_before_reset', 'no_usage', 'too_early'])

const alert = z.object({
  id: z.number(),
  kind,
  severity: z.enum(['info', 'warning', 'critical']),
  raised_at: z.string(),
  title: z.string(),
  detail: z.string(),
  /** Address of the console that shows more. */
  link: z.string(),
  user_id: z.string().nullable(),
  policy: limitName.nullable(),
  threshold_percent: z.number().nullable(),
  resets_at: z.string().nullable(),
  acknowledged_at: z.string().nullable(),
  is_muted: z.boolean(),
  /** For a limit that is not reached yet, while its window lasts. */
  outlook: outlook.nullable(),
  reaches_at: z.string().nullable(),
})

/** Minutes of the day in the billing time zone; over midnight when `until` is the smaller. */
const quietHours = z
  .strictObject({ from_minute: z.int().min(0).max(1439), until_minute: z.int().min(0).max(1439) })
  .nullable()

const alertSettings = z.object({
  thresholds_percent: z.array(z.number()),
  muted_kinds: z.array(kind),
  quiet_hours: quietHours,
})

export const alertOperations = {
  'alerts.list': operation({
    method: 'GET',
    path: '/api/v1/admin/alerts',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The alerts, newest first, with how many are unread',
    input: z.strictObject({
      unread: queryFlag.optional(),
      user_id: userId.optional(),
      limit: queryInt(1, 100).optional(),
      offset: queryInt(0, 1_000_000).optional(),
    }),
    output: z.object({
      alerts: z.array(alert),
      total_count: z.number(),
      /** Unread ones of kinds that are not muted. */
      unread_count: z.number(),
      limit: z.number(),
      offset: z.number(),
    }),
    errors: [],
    example: { unread: true, limit: 20 },
  }),
  'alerts.acknowledge': operation({
    method: 'POST',
    path: '/api/v1/admin/alerts/acknowledge',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Mark alerts as read: those named, or all up to a number',
    input: z.strictObject({
      ids: z.array(z.int().min(1)).max(100).optional(),
      /** Every alert up to this one: what came after the list was read stays unread. */
      up_to_id: z.int().min(1).optional(),
    }),
    output: z.object({ acknowledged: z.number(), unread_count: z.number() }),
    errors: [],
    example: { ids: [1] },
  }),
  'alerts.mute': operation({
    method: 'POST',
    path: '/api/v1/admin/alerts/mute',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Mute a kind of alerts, or hear of it again; muted ones are kept, but not counted or notified',
    input: z.strictObject({ kind, muted: z.boolean() }),
    output: alertSettings,
    errors: [],
    example: { kind: 'limit_hour', muted: true },
  }),
  'alerts.settings': operation({
    method: 'GET',
    path: '/api/v1/admin/alerts/settings',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'The thresholds, the muted kinds and the quiet hours',
    input: z.strictObject({}),
    output: alertSettings,
    errors: [],
    example: {},
  }),
  'alerts.setSettings': operation({
    method: 'PUT',
    path: '/api/v1/admin/alerts/settings',
    scopes: ['admin'],
    effect: 'write',
    status: 200,
    summary: 'Change the thresholds or the quiet hours; what is left out stays',
    input: z.strictObject({
      /** Ascending; a limit alerts once at each. */
      thresholds_percent: z.array(z.int().min(1).max(100)).min(1).max(3).optional(),
      quiet_hours: quietHours.optional(),
    }),
    output: alertSettings,
    errors: ['invalid_request'],
    example: { thresholds_percent: [75, 90, 100], quiet_hours: null },
  }),
  'limits.forecast': operation({
    method: 'GET',
    path: '/api/v1/admin/forecast',
    scopes: ['admin'],
    effect: 'read',
    status: 200,
    summary: 'When a user reaches each limit at the present pace, or that they will not before its reset',
    description:
      'The pace of a month is that of the last seven days, that of an hour or a day its own so far.',
    input: z.strictObject({ user_id: userId }),
    output: z.object({
      user_id: z.string(),
      limits: z.array(
        z.object({
          policy: limitName,
          limit: z.number().nullable(),
          used: z.number(),
          resets_at: z.string(),
          outlook,
          reaches_at: z.string().nullable(),
        }),
      ),
    }),
    errors: ['user_unknown'],
    example: { user_id: 'alice' },
  }),
}
