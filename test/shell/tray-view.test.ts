import { describe, expect, test } from 'vitest'
import { trayPixels } from '../../electron/shell/tray-icon.ts'
import { enforcementOf, type TrayItem, type TrayView, trayViewOf } from '../../electron/shell/tray-view.ts'

type Status = NonNullable<Parameters<typeof trayViewOf>[0]>

const status = (members: Partial<Status> = {}): Status => ({
  state: 'running',
  enforcement: { mode: 'on', reason: null, until: null },
  override_until: null,
  unread_alerts: 0,
  time_zone: 'Europe/Berlin',
  dashboards: {
    source: 'database',
    chosen: 'database',
    database_down_since: null,
    is_reading: false,
    read_at: null,
    problem_count: 0,
    error: null,
  },
  ...members,
})

const view = (members: Partial<Status> = {}) => trayViewOf(status(members))
const labels = ({ groups }: TrayView) => groups.map((group) => group.map(({ label }) => label))
const find = ({ groups }: TrayView, label: string): TrayItem | undefined =>
  groups
    .flat()
    .flatMap((item) => [item, ...(item.items ?? [])])
    .find((item) => item.label === label)

describe('the tray', () => {
  test('says that limits are enforced, and offers to open, to pause for a while and to quit', () => {
    const fine = view()
    expect(fine.light).toBe('fine')
    expect(fine.tooltip).toBe('Weir\nLimits are enforced')
    expect(labels(fine)).toEqual([
      ['Open Weir'],
      ['Limits are enforced'],
      ['Pause enforcement'],
      ['Quit Weir'],
    ])
    expect(find(fine, 'For 15 minutes')?.action).toEqual({ kind: 'pause', ms: 15 * 60_000 })
  })

  test('pauses for as long as its line says, however long ago the menu was made', () => {
    const action = find(view(), 'For an hour')?.action
    if (action?.kind !== 'pause') throw new Error('There is no pause in the tray.')
    const hoursLater = Date.parse('2026-11-24T15:30:00Z')
    expect(enforcementOf(action, hoursLater)).toEqual({
      mode: 'off',
      reason: 'Paused from the tray',
      until: '2026-11-24T16:30:00.000Z',
    })
  })

  test('says until when enforcement is paused or only observes, in the billing zone, and offers the way back', () => {
    const until = '2026-11-24T10:15:00.000Z'
    const paused = view({ enforcement: { mode: 'off', reason: 'a look', until } })
    expect(paused.light).toBe('paused')
    expect(paused.tooltip).toContain('Enforcement is paused until 24 Nov, 11:15')
    expect(find(paused, 'Enforce limits again')?.action).toEqual({ kind: 'enforce' })
    expect(enforcementOf({ kind: 'enforce' }, 0)).toEqual({ mode: 'on' })
    const observing = view({ enforcement: { mode: 'observe', reason: 'a trial', until: null } })
    expect([observing.light, observing.tooltip]).toEqual(['paused', 'Weir\nLimits are only observed'])
  })

  test('names what somebody should look at, each with the way to it', () => {
    const troubled = view({
      state: 'restoring',
      unread_alerts: 2,
      override_until: '2026-11-24T12:00:00.000Z',
      dashboards: { ...status().dashboards, database_down_since: '2026-11-24T09:59:00.000Z' },
    })
    expect(troubled.light).toBe('attention')
    expect(labels(troubled)[1]).toEqual([
      'Limits are enforced',
      'A backup is being restored',
      'An override holds for everybody until 24 Nov, 13:00',
      'The database cannot be read',
      '2 unread alerts',
    ])
    expect(find(troubled, 'The database cannot be read')?.action).toEqual({
      kind: 'open',
      path: '/readiness',
    })
    expect(find(troubled, 'Pause enforcement'), 'nothing is written while a backup is restored').toEqual({
      label: 'Pause enforcement',
    })
    expect(find(view({ unread_alerts: 1 }), '1 unread alert')).toBeDefined()
  })

  test('does not say that all is fine when it does not know', () => {
    const unknown = trayViewOf(null)
    expect(unknown.light).toBe('attention')
    expect(labels(unknown)).toEqual([['Open Weir'], ['The state of Weir cannot be read'], ['Quit Weir']])
  })

  test('tells its states apart by shape and not by colour alone', () => {
    const shapes = (['fine', 'attention', 'paused'] as const).map((light) =>
      trayPixels(light, 16, true).toString('hex'),
    )
    expect(new Set(shapes).size).toBe(3)
    expect(trayPixels('fine', 32, false)).toHaveLength(32 * 32 * 4)
  })
})
