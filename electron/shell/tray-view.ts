import type { OperationInput, OperationOutput } from '../../shared/contract/index.ts'
import { type EpochMs, HOUR_MS, MINUTE_MS, toIso } from '../../shared/units.ts'

/** What the tray says and offers, worked out from the state of Weir. Pure. */

/** What the icon shows at a glance: limits hold, somebody should look, or nobody is held to limits. */
export type TrayLight = 'fine' | 'attention' | 'paused'

/** What choosing an item does. */
export type TrayAction =
  | { readonly kind: 'open'; readonly path: string | null }
  | { readonly kind: 'enforce' }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'quit' }

/** A line of the menu; one without an action only says something. */
export interface TrayItem {
  readonly label: string
  readonly action?: TrayAction
  readonly items?: readonly TrayItem[]
}

export interface TrayView {
  readonly light: TrayLight
  readonly tooltip: string
  /** Groups with a line between them. */
  readonly groups: readonly (readonly TrayItem[])[]
}

type Status = Pick<
  OperationOutput<'status.get'>,
  'state' | 'enforcement' | 'override_until' | 'unread_alerts' | 'time_zone' | 'dashboards'
>

// As long as one looks into something, and as long as a meeting; more is decided on the Enforcement screen.
const PAUSES = [
  { label: 'For 15 minutes', ms: 15 * MINUTE_MS },
  { label: 'For an hour', ms: HOUR_MS },
] as const

const OPEN: TrayItem = { label: 'Open Weir', action: { kind: 'open', path: null } }
const QUIT: TrayItem = { label: 'Quit Weir', action: { kind: 'quit' } }

/** The tray of a Weir in that state; null when the state cannot be told. */
export function trayViewOf(status: Status | null): TrayView {
  if (status === null) {
    const line = 'The state of Weir cannot be read'
    return { light: 'attention', tooltip: `Weir: ${line}`, groups: [[OPEN], [{ label: line }], [QUIT]] }
  }
  const { enforcement } = status
  const problems = problemsOf(status)
  const line = enforcementLine(status)
  const light = enforcement.mode !== 'on' ? 'paused' : problems.length > 0 ? 'attention' : 'fine'
  return {
    light,
    tooltip: ['Weir', line, ...problems.map(({ label }) => label)].join('\n'),
    groups: [
      [OPEN],
      [{ label: line, action: { kind: 'open', path: '/enforcement' } }, ...problems],
      [switchOf(status)],
      [QUIT],
    ],
  }
}

/** What the choice asks for. A pause begins when it is chosen: the menu may have been made hours before. */
export function enforcementOf(
  action: Extract<TrayAction, { kind: 'enforce' | 'pause' }>,
  now: EpochMs,
): OperationInput<'enforcement.set'> {
  return action.kind === 'enforce'
    ? { mode: 'on' }
    : { mode: 'off', reason: 'Paused from the tray', until: toIso(now + action.ms) }
}

function enforcementLine({ enforcement: { mode, until }, time_zone }: Status): string {
  const end = until === null ? '' : ` until ${timeIn(time_zone, until)}`
  if (mode === 'on') return 'Limits are enforced'
  return mode === 'observe' ? `Limits are only observed${end}` : `Enforcement is paused${end}`
}

function problemsOf(status: Status): readonly TrayItem[] {
  const { unread_alerts: unread, override_until: override } = status
  return [
    ...(status.state === 'restoring' ? [goingTo('A backup is being restored', '/backups')] : []),
    ...(override === null
      ? []
      : [
          goingTo(
            `An override holds for everybody until ${timeIn(status.time_zone, override)}`,
            '/enforcement',
          ),
        ]),
    ...(status.dashboards.database_down_since !== null
      ? [goingTo('The database cannot be read', '/readiness')]
      : []),
    ...(unread === 0 ? [] : [goingTo(unread === 1 ? '1 unread alert' : `${unread} unread alerts`, null)]),
  ]
}

function goingTo(label: string, path: string | null): TrayItem {
  return { label, action: { kind: 'open', path } }
}

/** The way out of what holds now. */
function switchOf({ enforcement, state }: Status): TrayItem {
  // While the database is exchanged nothing can be written.
  if (state === 'restoring' || state === 'stopping') return { label: 'Pause enforcement' }
  if (enforcement.mode !== 'on') return { label: 'Enforce limits again', action: { kind: 'enforce' } }
  return {
    label: 'Pause enforcement',
    items: PAUSES.map(({ label, ms }) => ({ label, action: { kind: 'pause', ms } })),
  }
}

function timeIn(zone: string, at: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(at))
}
