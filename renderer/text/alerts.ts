import { formatAgo } from '../format.ts'
import { counted, dateTime } from './figures.ts'

/** Texts of the bell and the alerts under it. */
export const alertsText = {
  title: 'Alerts',
  close: 'Close the alerts',
  bell: (unread: number) =>
    unread === 0 ? 'Alerts: none unread' : `Alerts: ${counted(unread, 'unread one', 'unread')}`,
  loading: 'Loading the alerts',
  none: 'No alerts',
  noneWhy: 'You hear of it here when a user comes close to a limit, or when something needs you.',
  readAll: 'Mark all as read',
  allRead: 'All alerts are marked as read.',
  unread: 'unread',
  ago: (iso: string, now: number) => formatAgo(Date.parse(iso), now),
  reaches: (iso: string) => `Reaches the limit around ${dateTime(iso)} at the present pace.`,
  notBefore: 'At the present pace the limit is not reached before it starts again.',
  severity: { info: 'For your information', warning: 'Soon', critical: 'Now' },
  mute: (kind: string) => `Mute alerts of ${kind}`,
  unmute: (kind: string) => `Hear again of ${kind}`,
  muted: (kind: string) => `Alerts of ${kind} are muted. They stay in the list, unread ones are not counted.`,
  heard: (kind: string) => `You hear again of ${kind}.`,
  kinds: {
    limit_hour: 'hourly limits',
    limit_day: 'daily limits',
    limit_month: 'monthly limits',
    job_failed: 'failed jobs',
    drift: 'drift',
    backup: 'backups',
    recording: 'recording',
  },
} as const
