import type { DesktopBridge } from '../shared/desktop-bridge.ts'

/** Hearing that something changed: by IPC in the window, by server-sent events in a browser. */

/** What is heard. `live` comes before the first change and again after every `lost`; in between changes were missed. */
export type ChangeNews =
  | { readonly kind: 'live' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'changed'; readonly topics: readonly string[] }

/** Where changes are heard. */
export interface ChangeSource {
  /** Hears until the returned function is called. */
  listen(listener: (news: ChangeNews) => void): () => void
}

/** The part of `window.weir` that tells of changes. */
export type ChangeBridge = Pick<DesktopBridge, 'onEvent'>

/** The window's source: it is there as long as the process behind it. */
export function createWindowChanges(bridge: ChangeBridge): ChangeSource {
  return {
    listen(listener) {
      listener({ kind: 'live' })
      return bridge.onEvent((event) => {
        if (event.kind === 'change') listener({ kind: 'changed', topics: event.topics })
      })
    },
  }
}

/** What is used of the browser's `EventSource`. */
export interface EventStream {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void
  close(): void
}

/** What the browser's source needs of the page. */
export interface BrowserChangesOptions {
  /** Opens the stream of an address; `new EventSource(address)`. */
  readonly open: (address: string) => EventStream
  readonly page: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>
}

const EVENTS_ADDRESS = '/api/v1/events'
/** After a break the next try comes this soon … */
const RETRY_MS = 2_000
/** … and after each that fails, twice as late up to this. */
const RETRY_MS_MAX = 30_000

/**
 * The browser's source. A page that nobody sees hangs up: a browser has six connections to a host, and the tabs that
 * are looked at need them.
 */
export function createBrowserChanges({ open, page }: BrowserChangesOptions): ChangeSource {
  return {
    listen(listener) {
      let stream: EventStream | null = null
      let timer: ReturnType<typeof setTimeout> | undefined
      let retryMs = RETRY_MS
      const hangUp = (): void => {
        clearTimeout(timer)
        stream?.close()
        stream = null
      }
      const connect = (): void => {
        hangUp()
        const opened = open(EVENTS_ADDRESS)
        stream = opened
        opened.addEventListener('hello', () => {
          retryMs = RETRY_MS
          listener({ kind: 'live' })
        })
        opened.addEventListener('change', ({ data }) =>
          listener({ kind: 'changed', topics: topicsOf(String(data)) }),
        )
        opened.addEventListener('error', () => {
          // One that was hung up may still complain.
          if (stream !== opened) return
          // Not left to the browser: it tries again only after some of the ways in which a stream ends.
          hangUp()
          timer = setTimeout(connect, retryMs)
          retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
          listener({ kind: 'lost' })
        })
      }
      const follow = (): void => (page.visibilityState === 'hidden' ? hangUp() : connect())
      page.addEventListener('visibilitychange', follow)
      follow()
      return () => {
        page.removeEventListener('visibilitychange', follow)
        hangUp()
      }
    },
  }
}

function topicsOf(data: string): readonly string[] {
  return (JSON.parse(data) as { readonly topics: readonly string[] }).topics
}
