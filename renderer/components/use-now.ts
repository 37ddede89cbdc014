import { useEffect, useState } from 'react'

/** Ages and waiting times on screen are in seconds at the finest near an end; ten seconds keep them honest and the page idle. */
const TICK_MS = 10_000

/** What time it is, in epoch milliseconds, renewed every ten seconds: for ages and countdowns only. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}
