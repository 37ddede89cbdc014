import { app, Menu, type MenuItemConstructorOptions, shell } from 'electron'
import { type DesktopEvent, MENU_SCREENS } from '../../shared/desktop-bridge.ts'

/** What the menu does beyond what the system does for every program. */
export interface MenuActions {
  /** Tells the page something; nothing happens when no window is open. */
  readonly tell: (message: DesktopEvent) => void
  readonly dataDir: string
  readonly logsDir: string
  /** Address of the documentation of the local interface, or null when that is not up. */
  readonly docsUrl: string | null
}

/** Puts up the native menu: every item says its shortcut, what cannot be done now stays visible. */
export function setMenu(actions: MenuActions): void {
  const isMac = process.platform === 'darwin'
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    { label: '&File', submenu: [isMac ? { role: 'close' } : { role: 'quit' }] },
    { role: 'editMenu' },
    { label: '&View', submenu: viewItems(actions) },
    { label: '&Go', submenu: goItems(actions) },
    { role: 'windowMenu' },
    { role: 'help', label: '&Help', submenu: helpItems(actions) },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function viewItems({ tell }: MenuActions): MenuItemConstructorOptions[] {
  return [
    {
      label: 'Refresh Data',
      accelerator: 'CommandOrControl+R',
      click: () => tell({ kind: 'refresh', reason: 'menu' }),
    },
    {
      label: 'Command Palette…',
      accelerator: 'CommandOrControl+K',
      click: () => tell({ kind: 'show', what: 'palette' }),
    },
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    { role: 'toggleDevTools' },
  ]
}

// There is no Ctrl/Cmd+10; the screens after the ninth are reached by name, or by a key of their own.
const NUMBERED_MAX = 9

function acceleratorOf(id: string, at: number): { readonly accelerator?: string } {
  // What every program has its settings under.
  if (id === 'settings') return { accelerator: 'CommandOrControl+,' }
  return at < NUMBERED_MAX ? { accelerator: `CommandOrControl+${at + 1}` } : {}
}

function goItems({ tell }: MenuActions): MenuItemConstructorOptions[] {
  return MENU_SCREENS.map((screen, at) => ({
    label: screen.label,
    ...acceleratorOf(screen.id, at),
    click: () => tell({ kind: 'go', path: screen.path }),
  }))
}

function helpItems({ tell, dataDir, logsDir, docsUrl }: MenuActions): MenuItemConstructorOptions[] {
  return [
    { label: 'Guide', accelerator: 'F1', click: () => tell({ kind: 'show', what: 'guide' }) },
    { label: 'Keyboard Shortcuts', click: () => tell({ kind: 'show', what: 'shortcuts' }) },
    {
      label: 'HTTP Interface',
      enabled: docsUrl !== null,
      // Our own server on this machine; not an address from a page.
      click: () => void (docsUrl === null ? undefined : shell.openExternal(docsUrl)),
    },
    { type: 'separator' },
    { label: 'Open Data Folder', click: () => void shell.openPath(dataDir) },
    { label: 'Open Logs Folder', click: () => void shell.openPath(logsDir) },
    { type: 'separator' },
    { label: 'About Weir', click: () => app.showAboutPanel() },
  ]
}
