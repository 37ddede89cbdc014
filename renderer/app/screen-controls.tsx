import { type ReactNode, useSyncExternalStore } from 'react'
import { createPortal } from 'react-dom'

/** The place in the top bar; it is on the page before any screen is, but not in a screen's own test. */
let slot: HTMLElement | null = null
const listeners = new Set<() => void>()

function setSlot(element: HTMLElement | null): void {
  slot = element
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Shows a screen's own controls (range, scope, search) in the top bar instead of in the screen. */
export function ScreenControls({ children }: { readonly children: ReactNode }): ReactNode {
  const target = useSyncExternalStore(subscribe, () => slot)
  return target === null ? children : createPortal(children, target)
}

/** Where the controls of the screen appear; the top bar holds it once. */
export function ScreenControlsSlot(): ReactNode {
  return <div className="screen-controls" ref={setSlot} />
}
