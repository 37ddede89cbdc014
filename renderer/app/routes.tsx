import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  type RouterHistory,
  redirect,
  stringifySearchWith,
} from '@tanstack/react-router'
import { z } from 'zod'
import { RECONCILIATION_STATUSES } from '../../shared/contract/reconciliation.ts'
import { accessSearch } from '../screens/access/access-search.ts'
import { auditSearch } from '../screens/audit/audit-search.ts'
import { backupsSearch } from '../screens/backups/backups-search.ts'
import { consumptionSearch } from '../screens/consumption/consumption-search.ts'
import { costsSearch } from '../screens/costs/costs-search.ts'
import { dashboardSearch } from '../screens/dashboard/dashboard-search.ts'
import { enforcementSearch } from '../screens/enforcement/enforcement-search.ts'
import { guideSearch } from '../screens/guide/guide-search.ts'
import { intelligenceSearch } from '../screens/intelligence/intelligence-search.ts'
import { jobsSearch } from '../screens/jobs/jobs-search.ts'
import { logsSearch } from '../screens/logs/logs-search.ts'
import { profilesSearch } from '../screens/profiles/profiles-search.ts'
import { sessionsSearch } from '../screens/sessions/sessions-search.ts'
import { userSearch } from '../screens/user/user-search.ts'
import { ErrorScreen, NotFoundScreen } from './error-screens.tsx'
import { RootLayout } from './root-layout.tsx'
import { LOGIN_PATH } from './screens.ts'
import { StartScreen } from './start-screen.tsx'

/**
 * The addresses of the screens. A screen reads its view state with `getRouteApi('/dashboard').useSearch()` and
 * changes it with `.useNavigate()`, so that a link shows the same view again. Screens come when they are opened.
 */

/** What a guard of a route may ask. */
export interface RouterContext {
  /** True in a browser without a session; never in the window. */
  readonly isLoginNeeded: () => boolean
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: RootLayout,
  beforeLoad({ context, location }) {
    if (!context.isLoginNeeded() || location.pathname === LOGIN_PATH) return
    const wanted = location.pathname === '/' ? {} : { next: location.href }
    throw redirect({ to: LOGIN_PATH, search: wanted })
  },
})

const startRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: StartScreen })

const dashboardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/dashboard',
  validateSearch: dashboardSearch,
  component: lazyRouteComponent(() => import('../screens/dashboard/dashboard-screen.tsx'), 'DashboardScreen'),
})

/** Consumption of the users; the native menu calls it /users. */
const usersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/users',
  validateSearch: consumptionSearch,
  component: lazyRouteComponent(
    () => import('../screens/consumption/consumption-screen.tsx'),
    'ConsumptionScreen',
  ),
})

const costsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/costs',
  validateSearch: costsSearch,
  component: lazyRouteComponent(() => import('../screens/costs/costs-screen.tsx'), 'CostsScreen'),
})

const intelligenceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/intelligence',
  validateSearch: intelligenceSearch,
  component: lazyRouteComponent(
    () => import('../screens/intelligence/intelligence-screen.tsx'),
    'IntelligenceScreen',
  ),
})

const sessionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sessions',
  validateSearch: sessionsSearch,
  component: lazyRouteComponent(() => import('../screens/sessions/sessions-screen.tsx'), 'SessionsScreen'),
})

const enforcementRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/enforcement',
  validateSearch: enforcementSearch,
  component: lazyRouteComponent(
    () => import('../screens/enforcement/enforcement-screen.tsx'),
    'EnforcementScreen',
  ),
})

/** One user; the drawer over the table shows the same. */
const userRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/user',
  validateSearch: userSearch,
  component: lazyRouteComponent(() => import('../screens/user/user-screen.tsx'), 'UserScreen'),
})

const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../screens/audit/audit-screen.tsx'), 'AuditScreen'),
})

const profilesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/profiles',
  validateSearch: profilesSearch,
  component: lazyRouteComponent(() => import('../screens/profiles/profiles-screen.tsx'), 'ProfilesScreen'),
})

const accessRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/access',
  validateSearch: accessSearch,
  component: lazyRouteComponent(() => import('../screens/access/access-screen.tsx'), 'AccessScreen'),
})

const connectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/connect',
  component: lazyRouteComponent(() => import('../screens/connect/connect-screen.tsx'), 'ConnectScreen'),
})

/** `run` is the import on screen: leaving and coming back, or following the chip below, finds it again. */
const importSearch = z.object({ run: z.coerce.string().max(64).optional().catch(undefined) })

const importRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/import',
  validateSearch: importSearch,
  component: lazyRouteComponent(() => import('../screens/first-run/import-screen.tsx'), 'ImportScreen'),
})

const logsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/logs',
  validateSearch: logsSearch,
  component: lazyRouteComponent(() => import('../screens/logs/logs-screen.tsx'), 'LogsScreen'),
})

const readinessRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/readiness',
  component: lazyRouteComponent(() => import('../screens/readiness/readiness-screen.tsx'), 'ReadinessScreen'),
})

/** Comes with its pictures when it is opened, and never before. */
const guideRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/guide',
  validateSearch: guideSearch,
  component: lazyRouteComponent(() => import('../screens/guide/guide-screen.tsx'), 'GuideScreen'),
})

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../screens/settings/settings-screen.tsx'), 'SettingsScreen'),
})

/** `only` shows the findings of users of one result. */
const reconciliationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reconciliation',
  validateSearch: z.object({ only: z.enum(RECONCILIATION_STATUSES).optional().catch(undefined) }),
  component: lazyRouteComponent(
    () => import('../screens/reconciliation/reconciliation-screen.tsx'),
    'ReconciliationScreen',
  ),
})

const jobsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs',
  validateSearch: jobsSearch,
  component: lazyRouteComponent(() => import('../screens/jobs/jobs-screen.tsx'), 'JobsScreen'),
})

const backupsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/backups',
  validateSearch: backupsSearch,
  component: lazyRouteComponent(() => import('../screens/backups/backups-screen.tsx'), 'BackupsScreen'),
})

const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  validateSearch: importSearch,
  component: lazyRouteComponent(() => import('../screens/first-run/first-run-screen.tsx'), 'FirstRunScreen'),
})

/** `code` is the one-time code of a login link; `next` is the address the caller wanted. */
const loginSearch = z.object({
  // A code of digits only would be read as a number.
  code: z.coerce.string().max(200).optional().catch(undefined),
  next: z.string().max(2000).optional().catch(undefined),
})

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: LOGIN_PATH,
  validateSearch: loginSearch,
  component: lazyRouteComponent(() => import('../screens/login/login-screen.tsx'), 'LoginScreen'),
})

const routeTree = rootRoute.addChildren([
  startRoute,
  dashboardRoute,
  usersRoute,
  costsRoute,
  intelligenceRoute,
  sessionsRoute,
  enforcementRoute,
  userRoute,
  auditRoute,
  profilesRoute,
  accessRoute,
  connectRoute,
  importRoute,
  logsRoute,
  readinessRoute,
  guideRoute,
  settingsRoute,
  reconciliationRoute,
  jobsRoute,
  backupsRoute,
  welcomeRoute,
  loginRoute,
])

/** Makes the router; hash addresses, because the page is served from a folder (`base: './'`). */
export function createWeirRouter(context: RouterContext, history: RouterHistory = createHashHistory()) {
  return createRouter({
    routeTree,
    history,
    context,
    // Plain words in the address, `?user=42` and not `?user=%2242%22`; the schemas above turn them into what they are.
    parseSearch: parseSearchWith((value) => value),
    stringifySearch: stringifySearchWith(JSON.stringify),
    // One screen that breaks never takes the shell with it.
    defaultErrorComponent: ErrorScreen,
    defaultNotFoundComponent: NotFoundScreen,
    // A click that is about to happen: the code of the screen is there when it does.
    defaultPreload: 'intent',
  })
}

/** The router with the addresses it knows. */
export type WeirRouter = ReturnType<typeof createWeirRouter>

declare module '@tanstack/react-router' {
  interface Register {
    router: WeirRouter
  }
}
