import { createContext, useContext } from 'react'
import type { ChangeSource } from '../change-source.ts'

/** Whether this page is told of changes. `starting` is the moment before the first word. */
export type LiveState = 'starting' | 'live' | 'lost'

const LiveContext = createContext<LiveState>('starting')
const SourceContext = createContext<ChangeSource | null>(null)

/** Tells the tree below whether it is live. */
export const LiveStateProvider = LiveContext.Provider

/** Gives the tree below the place where changes are heard. */
export const ChangeSourceProvider = SourceContext.Provider

/** Whether this page is told of changes. */
export function useLiveState(): LiveState {
  return useContext(LiveContext)
}

/** Where changes are heard. */
export function useChangeSource(): ChangeSource {
  const source = useContext(SourceContext)
  if (source === null) throw new Error('useChangeSource needs a ChangeSourceProvider above it')
  return source
}
