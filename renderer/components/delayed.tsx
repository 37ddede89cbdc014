import { type ReactNode, useEffect, useState } from 'react'

/** Shorter waits are not noticed, and a placeholder that flashes up for a moment is worse than nothing (UX 4.0). */
const DELAY_MS = 150

/** Shows its children only when waiting takes long enough to be noticed. */
export function Delayed({ children }: { readonly children: ReactNode }): ReactNode {
  const [isDue, setIsDue] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsDue(true), DELAY_MS)
    return () => clearTimeout(timer)
  }, [])
  return isDue ? children : null
}
