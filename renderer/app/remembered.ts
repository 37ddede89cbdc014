import { useSyncExternalStore } from 'react'

/**
 * A choice of the operator that outlives the page (theme, refresh interval, folded navigation), kept in
 * `localStorage` under `weir.<name>`. Where storage is refused (a locked-down browser) it lasts as long as the page.
 */
export interface Remembered<Value> {
  get(): Value
  set(value: Value): void
  subscribe(listener: () => void): () => void
}

/** `parse` gets what was stored, or null, and must answer with a legal value whatever it is given. */
export function remembered<Value>(name: string, parse: (stored: unknown) => Value): Remembered<Value> {
  const listeners = new Set<() => void>()
  let value = parse(readStored(name))
  // Another tab of the browser: what was chosen there is not to be written over by what was known here.
  window.addEventListener('storage', ({ key }) => {
    if (key !== `weir.${name}` && key !== null) return
    value = parse(readStored(name))
    for (const listener of listeners) listener()
  })
  return {
    get: () => value,
    set(next) {
      value = next
      writeStored(name, next)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The remembered value, following every change of it. */
export function useRemembered<Value>(store: Remembered<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get)
}

function readStored(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`weir.${name}`) ?? 'null')
  } catch (error) {
    // Refused storage or a value somebody else wrote: both mean "nothing remembered", which parse turns into the default.
    if (error instanceof SyntaxError || error instanceof DOMException) return null
    throw error
  }
}

function writeStored(name: string, value: unknown): void {
  try {
    localStorage.setItem(`weir.${name}`, JSON.stringify(value))
  } catch (error) {
    // Full or refused storage: the choice holds until the page is closed, as the doc comment above says.
    if (!(error instanceof DOMException)) throw error
  }
}
