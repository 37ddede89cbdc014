import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { LiveRefresh } from './live-refresh.ts'
import { type LiveState, LiveStateProvider, useChangeSource } from './live-state.ts'
import { refreshChoice, refreshGapMs } from './refresh-interval.ts'

/** Keeps what is on screen below it up to date by the change feed, and lets it know whether it is. */
export function LiveScreens({ children }: { readonly children: ReactNode }): ReactNode {
  const queries = useQueryClient()
  const source = useChangeSource()
  const [state, setState] = useState<LiveState>('starting')
  useEffect(() => {
    const refresh = new LiveRefresh(queries, () => refreshGapMs(refreshChoice.get()))
    let hasHeard = false
    const hangUp = source.listen((news) => {
      if (news.kind === 'changed') return refresh.changed(news.topics)
      setState(news.kind)
      if (news.kind !== 'live') return
      if (hasHeard) refresh.missed()
      hasHeard = true
    })
    return () => {
      hangUp()
      refresh.stop()
    }
  }, [queries, source])
  return <LiveStateProvider value={state}>{children}</LiveStateProvider>
}
