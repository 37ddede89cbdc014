import {
  IconChartAreaLine,
  IconFileImport,
  IconGauge,
  IconKey,
  IconPlugConnected,
  IconUsers,
} from '@tabler/icons-react'
import { text } from '../text.ts'

/** A screen one can go to: what the navigation, the palette and the shortcuts are made of. */
export interface Screen {
  readonly id: keyof typeof text.shell.screens
  readonly path: '/dashboard' | '/users' | '/profiles' | '/access' | '/connect' | '/import'
  /** The title in the top bar. */
  readonly title: string
  /** The word in the navigation. */
  readonly label: string
  /** The letter after `g`. */
  readonly letter: string
  readonly icon: typeof IconUsers
}

/** The screens in the order of the navigation and of Ctrl/Cmd+1 to 9. Only what exists is listed. */
export const SCREENS: readonly Screen[] = [
  screen('dashboard', '/dashboard', 'd', IconChartAreaLine),
  screen('users', '/users', 'u', IconUsers),
  screen('profiles', '/profiles', 'p', IconGauge),
  screen('access', '/access', 'a', IconKey),
  screen('connect', '/connect', 'c', IconPlugConnected),
  screen('import', '/import', 'm', IconFileImport),
]

function screen(id: Screen['id'], path: Screen['path'], letter: string, icon: Screen['icon']): Screen {
  return { id, path, letter, icon, title: text.shell.screens[id], label: text.shell.navigationLabels[id] }
}

/** The screen at an address of the router, if it is one of the list. */
export function screenAt(pathname: string): Screen | undefined {
  return SCREENS.find(({ path }) => path === pathname)
}

/** The shortcuts that lead to a screen: `g d` and Ctrl/Cmd+1. */
export function shortcutsOf(target: Screen): readonly string[] {
  return [`g ${target.letter}`, `mod+${SCREENS.indexOf(target) + 1}`]
}

/** The way in for a browser; the only screen that needs no session. */
export const LOGIN_PATH = '/login'
