// The first import MUST stay the first: see there.
import './zod-setup.ts'
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import '@mantine/spotlight/styles.layer.css'
import './app/app.css'
import './app/navigation.css'
import './app/signals.css'
import './app/screens.css'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { type BrowserSession, createBrowserSession } from './app/browser-session.ts'
import { desktopBridge } from './app/desktop.ts'
import { createWeirQueryClient } from './app/queries.ts'
import { createWeirRouter } from './app/routes.tsx'
import { createBrowserChanges, createWindowChanges } from './change-source.ts'
import { createBrowserClient, createWindowClient, type WeirClient } from './weir-client.ts'

await start()

async function start(): Promise<void> {
  const bridge = desktopBridge()
  const session = bridge === undefined ? createBrowserSession((...request) => fetch(...request)) : null
  // Before the first screen: without a session every one of its questions would be refused.
  await session?.check()
  const queries = createWeirQueryClient()
  const router = createWeirRouter({ isLoginNeeded: () => session !== null && !session.isLoggedIn() })
  const client =
    bridge === undefined ? browserClient(session, () => void router.invalidate()) : createWindowClient(bridge)
  const changes =
    bridge === undefined
      ? createBrowserChanges({ open: (address) => new EventSource(address), page: document })
      : createWindowChanges(bridge)
  const root = document.getElementById('root')
  if (root === null) throw new Error('index.html has no element with the id root')
  createRoot(root).render(
    <App client={client} changes={changes} session={session} queries={queries} router={router} />,
  )
}

function browserClient(session: BrowserSession | null, onLost: () => void): WeirClient {
  return createBrowserClient({
    fetch: (...request) => fetch(...request),
    csrf: () => session?.csrf() ?? null,
    onUnauthorized: () => {
      session?.lost()
      // The guard of the routes runs again and leads to the login screen.
      onLost()
    },
  })
}
