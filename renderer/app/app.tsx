import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ChangeSource } from '../change-source.ts'
import type { WeirClient } from '../weir-client.ts'
import type { BrowserSession } from './browser-session.ts'
import { BrowserSessionProvider, WeirClientProvider } from './client-context.tsx'
import { AppErrorBoundary } from './error-screens.tsx'
import { ChangeSourceProvider } from './live-state.ts'
import type { WeirRouter } from './routes.tsx'
import { colorSchemeManager, themeVariables, weirTheme } from './theme.ts'

interface AppProps {
  readonly client: WeirClient
  readonly changes: ChangeSource
  /** Null in the window. */
  readonly session: BrowserSession | null
  readonly queries: QueryClient
  readonly router: WeirRouter
  /** `test` renders without transitions. */
  readonly env?: 'default' | 'test'
}

/** Weir's page: what every screen has around it, from the outside in. */
export function App({ client, changes, session, queries, router, env = 'default' }: AppProps): ReactNode {
  return (
    <AppErrorBoundary>
      <MantineProvider
        theme={weirTheme}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemeManager}
        cssVariablesResolver={themeVariables}
        env={env}
      >
        <Notifications position="bottom-right" limit={4} />
        <QueryClientProvider client={queries}>
          <BrowserSessionProvider value={session}>
            <WeirClientProvider value={client}>
              <ChangeSourceProvider value={changes}>
                <RouterProvider router={router} />
              </ChangeSourceProvider>
            </WeirClientProvider>
          </BrowserSessionProvider>
        </QueryClientProvider>
      </MantineProvider>
    </AppErrorBoundary>
  )
}
