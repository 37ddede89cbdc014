import { createContext, useContext } from 'react'
import type { WeirClient } from '../weir-client.ts'
import type { BrowserSession } from './browser-session.ts'

const ClientContext = createContext<WeirClient | null>(null)
const SessionContext = createContext<BrowserSession | null>(null)

/** Gives the tree below it the client that `useWeirQuery` and `useWeirMutation` call. */
export const WeirClientProvider = ClientContext.Provider

/** Gives the login screen the browser's session; null in the window, which needs no login. */
export const BrowserSessionProvider = SessionContext.Provider

/** The client of this page; only for what the two query hooks cannot do. */
export function useWeirClient(): WeirClient {
  const client = useContext(ClientContext)
  if (client === null) throw new Error('useWeirClient needs a WeirClientProvider above it')
  return client
}

/** The browser's session, or null in the window. */
export function useBrowserSession(): BrowserSession | null {
  return useContext(SessionContext)
}
