import { useQueryClient } from '@tanstack/react-query'
import { Outlet, rootRouteId, useNavigate, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { guideText } from '../text/guide.ts'
import { text } from '../text.ts'
import { Banners } from './banners.tsx'
import { DesktopEvents } from './desktop-events.tsx'
import { LiveScreens } from './live-screens.tsx'
import { Navigation } from './navigation.tsx'
import { GUIDE_PATH, useOpenGuide } from './open-guide.ts'
import { togglePalette } from './open-palette.ts'
import { Palette } from './palette.tsx'
import { refreshScreen } from './refresh.tsx'
import { LOGIN_PATH, SCREENS, type Screen, screenAt, shortcutsOf } from './screens.ts'
import { ShortcutHelp } from './shortcut-help.tsx'
import { useShortcut } from './shortcuts.tsx'
import { useStatus } from './status.ts'
import { StatusBar } from './status-bar.tsx'
import { TopBar } from './top-bar.tsx'
import { useUndoShortcut } from './undo.tsx'

/** Screens that come before the shell makes sense: nothing to navigate to, nothing to refresh. */
const BARE_PATHS: readonly string[] = ['/welcome', LOGIN_PATH, '/']

/** What is around every screen. */
export function RootLayout(): ReactNode {
  // The matches and not the location: the location is ahead of what is on screen while the next screen loads, and
  // putting the old one into the frame of the new one would make it anew.
  const path = useRouterState({ select: (state) => pathOf(state.matches.at(-1)) })
  if (path === LOGIN_PATH) return <Outlet />
  return (
    <LiveScreens>
      <LoggedIn path={path} />
    </LiveScreens>
  )
}

/** The address of the screen in place; none where an address leads nowhere and only the root matches. */
function pathOf(match: { readonly routeId: string; readonly pathname: string } | undefined): string {
  return match === undefined || match.routeId === rootRouteId ? '' : match.pathname
}

/** Everything that asks Weir something, and so needs a session in a browser. */
function LoggedIn({ path }: { readonly path: string }): ReactNode {
  const [showsHelp, setShowsHelp] = useState(false)
  const openHelp = (): void => setShowsHelp(true)
  useGlobalShortcuts(openHelp)
  // The note with the way back stays over a change of screen, and so must its key.
  useUndoShortcut()
  useRenewWhenItMatters()
  return (
    <>
      {BARE_PATHS.includes(path) ? <BareLayout /> : <Shell path={path} onShowShortcuts={openHelp} />}
      <Palette onShowShortcuts={openHelp} />
      <ShortcutHelp opened={showsHelp} onClose={() => setShowsHelp(false)} />
      <GoShortcuts />
      <DesktopEvents onShowShortcuts={openHelp} />
    </>
  )
}

function BareLayout(): ReactNode {
  return (
    <div className="bare">
      <Banners showsImport={false} />
      <main className="bare-main">
        <Outlet />
      </main>
      <StatusBar />
    </div>
  )
}

interface ShellProps {
  readonly path: string
  readonly onShowShortcuts: () => void
}

function Shell({ path, onShowShortcuts }: ShellProps): ReactNode {
  const main = useRef<HTMLElement>(null)
  const title = titleOf(path)
  useEffect(() => {
    document.title = title === text.app.name ? title : `${title} · ${text.app.name}`
  }, [title])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen begins at its top, whatever its title
  useEffect(() => {
    main.current?.scrollTo(0, 0)
  }, [path])
  return (
    <div className="shell">
      {/* A button and not a link: the hash is the router's. */}
      <button type="button" className="skip-link" onClick={() => main.current?.focus()}>
        {text.shell.skip}
      </button>
      <Navigation />
      <TopBar title={title} onShowShortcuts={onShowShortcuts} />
      {/* The import screen shows the import itself. */}
      <Banners showsImport={path !== '/import'} />
      <main className="screen" id="screen" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <StatusBar />
    </div>
  )
}

/** What the top bar calls the screen at an address; a user's page is reached from others and is in no list. */
/** Screens that are not in the navigation. */
const OTHER_TITLES: Readonly<Record<string, string>> = {
  '/user': text.user.title,
  [GUIDE_PATH]: guideText.title,
}

function titleOf(path: string): string {
  return screenAt(path)?.title ?? OTHER_TITLES[path] ?? text.app.name
}

function useGlobalShortcuts(onShowShortcuts: () => void): void {
  const queries = useQueryClient()
  const group = text.shell.groups.general
  useShortcut('mod+k', togglePalette, text.shell.palette, { group, inDialogs: true })
  useShortcut(['F5', 'mod+r'], () => void refreshScreen(queries), text.refresh.now, {
    group,
    inDialogs: true,
  })
  useShortcut('?', onShowShortcuts, text.shell.help, { group })
  useShortcut('F1', useOpenGuide(), guideText.open, { group, inDialogs: true })
}

function GoShortcuts(): ReactNode {
  return SCREENS.map((screen) => <GoShortcut key={screen.id} screen={screen} />)
}

function GoShortcut({ screen }: { readonly screen: Screen }): ReactNode {
  const navigate = useNavigate()
  useShortcut(shortcutsOf(screen), () => void navigate({ to: screen.path }), screen.title, {
    group: text.shell.groups.go,
  })
  return null
}

/** Everything on screen is asked for again when Weir is back after a silence, an import is over, or a backup was restored. */
function useRenewWhenItMatters(): void {
  const queries = useQueryClient()
  const status = useStatus()
  const isBack = status.error === null && status.data !== undefined
  const isImporting = (status.data?.running_import ?? null) !== null
  const database = status.data?.restored_as
  const before = useRef({ isBack: true, isImporting: false, database })
  useEffect(() => {
    const was = before.current
    before.current = {
      isBack: isBack || status.data === undefined,
      isImporting,
      database: database === undefined ? was.database : database,
    }
    const isAnother = was.database !== undefined && database !== undefined && was.database !== database
    if ((isBack && !was.isBack) || (was.isImporting && !isImporting) || isAnother)
      void queries.invalidateQueries()
  }, [isBack, isImporting, database, status.data, queries])
}
