import {
  IconBulb,
  IconCalendarTime,
  IconChartAreaLine,
  IconChecklist,
  IconCoin,
  IconDatabaseExport,
  IconFileImport,
  IconFileText,
  IconGauge,
  IconHistory,
  IconKey,
  IconMessages,
  IconPlugConnected,
  IconScale,
  IconSettings,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react'
import { text } from '../text.ts'

/** A screen one can go to: what the navigation, the palette and the shortcuts are made of. */
export interface Screen {
  readonly id: keyof typeof text.shell.screens
  readonly path:
    | '/dashboard'
    | '/users'
    | '/sessions'
    | '/costs'
    | '/intelligence'
    | '/profiles'
    | '/access'
    | '/connect'
    | '/import'
    | '/reconciliation'
    | '/jobs'
    | '/logs'
    | '/readiness'
    | '/settings'
    | '/enforcement'
    | '/audit'
    | '/backups'
  /** The title in the top bar. */
  readonly title: string
  /** The word in the navigation. */
  readonly label: string
  /** The letter after `g`. */
  readonly letter: string
  readonly icon: typeof IconUsers
  readonly group: ScreenGroup
}

/** What belongs together in the navigation. */
export type ScreenGroup = keyof typeof text.shell.screenGroups

/** The screens in the order of the navigation and of Ctrl/Cmd+1 to 9, group by group. Only what exists is listed. */
export const SCREENS: readonly Screen[] = [
  ...group('consumption', [
    screen('dashboard', '/dashboard', 'd', IconChartAreaLine),
    screen('users', '/users', 'u', IconUsers),
    screen('sessions', '/sessions', 't', IconMessages),
    screen('costs', '/costs', 'c', IconCoin),
    screen('intelligence', '/intelligence', 'i', IconBulb),
  ]),
  ...group('limits', [
    screen('profiles', '/profiles', 'p', IconGauge),
    screen('enforcement', '/enforcement', 'e', IconShieldCheck),
    screen('access', '/access', 'a', IconKey),
    screen('connect', '/connect', 'k', IconPlugConnected),
  ]),
  ...group('books', [
    screen('import', '/import', 'm', IconFileImport),
    screen('reconciliation', '/reconciliation', 'r', IconScale),
    screen('jobs', '/jobs', 'j', IconCalendarTime),
    screen('backups', '/backups', 'b', IconDatabaseExport),
  ]),
  ...group('system', [
    screen('readiness', '/readiness', 'y', IconChecklist),
    screen('audit', '/audit', 'h', IconHistory),
    screen('logs', '/logs', 'l', IconFileText),
    screen('settings', '/settings', 's', IconSettings),
  ]),
]

type ScreenOfGroup = Omit<Screen, 'group'>

function group(name: ScreenGroup, screens: readonly ScreenOfGroup[]): readonly Screen[] {
  return screens.map((each) => ({ ...each, group: name }))
}

function screen(id: Screen['id'], path: Screen['path'], letter: string, icon: Screen['icon']): ScreenOfGroup {
  return { id, path, letter, icon, title: text.shell.screens[id], label: text.shell.navigationLabels[id] }
}

/** The screen at an address of the router, if it is one of the list. */
export function screenAt(pathname: string): Screen | undefined {
  return SCREENS.find(({ path }) => path === pathname)
}

// There is no Ctrl/Cmd+10.
const NUMBERED_MAX = 9

/** The shortcuts that lead to a screen: `g d`, and Ctrl/Cmd+1 for the first nine. */
export function shortcutsOf(target: Screen): readonly string[] {
  const place = SCREENS.indexOf(target) + 1
  const numbered = place <= NUMBERED_MAX ? [`mod+${place}`] : []
  // What every program has its settings under.
  const custom = target.id === 'settings' ? ['mod+,'] : []
  return [`g ${target.letter}`, ...numbered, ...custom]
}

/** The way in for a browser; the only screen that needs no session. */
export const LOGIN_PATH = '/login'
