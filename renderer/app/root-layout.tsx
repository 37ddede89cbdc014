import { spotlight } from '@mantine/spotlight'
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { text } from '../text.ts'
import { Banners } from './banners.tsx'
import { DesktopEvents } from './desktop-events.tsx'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'
import { refreshScreen } from './refresh.tsx'
import { SCREENS, type Screen, screenAt, shortcutsOf } from './screens.ts'
import { ShortcutHelp } from './shortcut-help.tsx'
import { useShortcut } from './shortcuts.tsx'
import { useStatus } from './status.ts'
import { StatusBar } from './status-bar.tsx'
import { TopBar } from './top-bar.tsx'

/** Screens that come before the shell makes sense: nothing to navigate to, nothing to refresh. */
const BARE_PATHS: readonly string[] = ['/welcome', '/login', '/']

/** What is around every screen. */
export function RootLayout(): ReactNode {
  const path = useRouterState({ select: (state) => state.location.pathname })
  return BARE_PATHS.includes(path) ? <BareLayout isLogin={path === '/login'} /> : <Shell path={path} />
}

function BareLayout({ isLogin }: { readonly isLogin: boolean }): ReactNode {
  return (
    <div className="bare">
      {!isLogin && <Banners />}
      <main className="bare-main">
        <Outlet />
      </main>
      {!isLogin && <StatusBar />}
    </div>
  )
}

function Shell({ path }: { readonly path: string }): ReactNode {
  const [showsHelp, setShowsHelp] = useState(false)
  const main = useRef<HTMLElement>(null)
  const title = screenAt(path)?.title ?? text.app.name
  useGlobalShortcuts(() => setShowsHelp(true))
  useRenewWhenItMatters()
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
      <TopBar title={title} onShowShortcuts={() => setShowsHelp(true)} />
      <Banners />
      <main className="screen" id="screen" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <StatusBar />
      <Palette onShowShortcuts={() => setShowsHelp(true)} />
      <ShortcutHelp opened={showsHelp} onClose={() => setShowsHelp(false)} />
      <GoShortcuts />
      <DesktopEvents onShowShortcuts={() => setShowsHelp(true)} />
    </div>
  )
}

function useGlobalShortcuts(onShowShortcuts: () => void): void {
  const queries = useQueryClient()
  const group = text.shell.groups.general
  useShortcut('mod+k', spotlight.toggle, text.shell.palette, { group, inDialogs: true })
  useShortcut(['F5', 'mod+r'], () => void refreshScreen(queries), text.refresh.now, {
    group,
    inDialogs: true,
  })
  useShortcut('?', onShowShortcuts, text.shell.help, { group })
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

/** Everything on screen is asked for again when Weir is back after a silence, and when an import is over. */
function useRenewWhenItMatters(): void {
  const queries = useQueryClient()
  const status = useStatus()
  const isBack = status.error === null && status.data !== undefined
  const isImporting = (status.data?.running_import ?? null) !== null
  const before = useRef({ isBack: true, isImporting: false })
  useEffect(() => {
    const was = before.current
    before.current = { isBack: isBack || status.data === undefined, isImporting }
    if ((isBack && !was.isBack) || (was.isImporting && !isImporting)) void queries.invalidateQueries()
  }, [isBack, isImporting, status.data, queries])
}
