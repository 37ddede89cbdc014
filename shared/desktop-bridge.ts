import type { OperationInput, OperationName, OperationOutput } from './contract/index.ts'
import type { OperationAnswer } from './contract/problem.ts'

/**
 * What the window's page and the process behind it say to each other. The page sees it as `window.weir`;
 * in a browser that member is missing, and the page talks HTTP instead.
 */

/** A screen the native menu can open; `path` is its address in the page's router. */
export interface MenuScreen {
  readonly id: string
  readonly label: string
  readonly path: `/${string}`
}

/** The screens of the Go menu in the order of their shortcuts: the first is Ctrl/Cmd+1. */
export const MENU_SCREENS = [
  { id: 'dashboard', label: 'Dashboard', path: '/dashboard' },
  { id: 'users', label: 'User consumption', path: '/users' },
  { id: 'sessions', label: 'Sessions & turns', path: '/sessions' },
  { id: 'costs', label: 'Costs & prices', path: '/costs' },
  { id: 'intelligence', label: 'Intelligence', path: '/intelligence' },
  { id: 'profiles', label: 'Profiles', path: '/profiles' },
  { id: 'enforcement', label: 'Enforcement', path: '/enforcement' },
  { id: 'access', label: 'Users & tokens', path: '/access' },
  { id: 'connect', label: 'Connect the agent', path: '/connect' },
  { id: 'import', label: 'Import', path: '/import' },
  { id: 'reconciliation', label: 'Reconciliation', path: '/reconciliation' },
  { id: 'jobs', label: 'Jobs', path: '/jobs' },
  { id: 'backups', label: 'Backups', path: '/backups' },
  { id: 'readiness', label: 'Readiness', path: '/readiness' },
  { id: 'audit', label: 'Audit log', path: '/audit' },
  { id: 'logs', label: 'Logs', path: '/logs' },
  { id: 'settings', label: 'Settings', path: '/settings' },
] as const satisfies readonly MenuScreen[]

/** What the process tells the page without being asked. */
export type DesktopEvent =
  /** The operator chose a screen in the native menu. */
  | { readonly kind: 'go'; readonly path: string }
  /** What is shown may be old: the machine woke up, or the operator asked for it. Read the data again, not the page. */
  | { readonly kind: 'refresh'; readonly reason: 'menu' | 'resumed' }
  /** The operator asked in the menu for the command palette, the list of shortcuts or the guide. */
  | { readonly kind: 'show'; readonly what: 'palette' | 'shortcuts' | 'guide' }
  /** Something changed: which subjects, as on the change feed. What is shown of them is asked for again. */
  | { readonly kind: 'change'; readonly topics: readonly string[] }

/** The page's only way out of its sandbox. */
export interface DesktopBridge {
  /** Asks an operation. A refusal or a fault is an answer with `ok: false`; the promise is rejected only when nobody is there. */
  call<Name extends OperationName>(
    name: Name,
    input: OperationInput<Name>,
  ): Promise<OperationAnswer<OperationOutput<Name>>>
  /** Hears the events until the returned function is called. */
  onEvent(listener: (event: DesktopEvent) => void): () => void
  /** `linux`, `darwin` or `win32`, for the names of keys. */
  readonly platform: string
  readonly face: 'window'
}

/** The IPC channel an operation is asked on: (name, input) → OperationAnswer. */
export const CALL_CHANNEL = 'weir:call'
/** The IPC channel the events arrive on. */
export const EVENT_CHANNEL = 'weir:event'
