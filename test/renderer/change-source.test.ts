import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type ChangeNews,
  createBrowserChanges,
  createWindowChanges,
  type EventStream,
} from '../../renderer/change-source.ts'
import type { DesktopEvent } from '../../shared/desktop-bridge.ts'

/** A server's stream as far as the page sees it. */
class Stream implements EventStream {
  readonly #listeners = new Map<string, (event: { readonly data?: unknown }) => void>()
  isClosed = false

  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void {
    this.#listeners.set(type, listener)
  }

  close(): void {
    this.isClosed = true
  }

  send(type: string, data?: string): void {
    this.#listeners.get(type)?.({ data })
  }
}

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible'

  show(state: DocumentVisibilityState): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

let streams: Stream[]
let page: Page
let heard: ChangeNews[]
let hangUp: () => void

beforeEach(() => {
  vi.useFakeTimers()
  streams = []
  page = new Page()
  heard = []
  const open = (): Stream => {
    const stream = new Stream()
    streams.push(stream)
    return stream
  }
  hangUp = createBrowserChanges({ open, page: page as unknown as Document }).listen((news) =>
    heard.push(news),
  )
})

afterEach(() => {
  hangUp()
  vi.useRealTimers()
})

describe('a browser', () => {
  it('hears which subjects changed once the server has greeted it', () => {
    streams[0]?.send('hello', '{}')
    streams[0]?.send('change', '{"topics":["turns","users"]}')
    expect(heard).toEqual([{ kind: 'live' }, { kind: 'changed', topics: ['turns', 'users'] }])
  })

  it('comes back after a break, later each time the server is not there', () => {
    streams[0]?.send('error')
    expect(heard).toEqual([{ kind: 'lost' }])
    vi.advanceTimersByTime(2_000)
    expect(streams).toHaveLength(2)
    streams[1]?.send('error')
    vi.advanceTimersByTime(3_900)
    expect(streams).toHaveLength(2)
    vi.advanceTimersByTime(100)
    expect(streams).toHaveLength(3)
    streams[2]?.send('hello', '{}')
    expect(heard.at(-1)).toEqual({ kind: 'live' })
    streams[2]?.send('error')
    vi.advanceTimersByTime(2_000)
    expect(streams).toHaveLength(4)
  })

  it('hangs up while nobody sees the page, and calls again when somebody does', () => {
    page.show('hidden')
    expect(streams[0]?.isClosed).toBe(true)
    vi.advanceTimersByTime(120_000)
    expect(streams).toHaveLength(1)
    page.show('visible')
    expect(streams).toHaveLength(2)
    expect(heard).toEqual([])
  })

  it('asks nobody any more once it has hung up', () => {
    streams[0]?.send('error')
    hangUp()
    vi.advanceTimersByTime(120_000)
    expect(streams).toHaveLength(1)
  })
})

describe('the window', () => {
  it('is live at once and hears what its process pushes', () => {
    let push: (event: DesktopEvent) => void = () => undefined
    const news: ChangeNews[] = []
    const source = createWindowChanges({
      onEvent(listener) {
        push = listener
        return () => undefined
      },
    })
    source.listen((each) => news.push(each))
    push({ kind: 'change', topics: ['turns'] })
    push({ kind: 'go', path: '/users' })
    expect(news).toEqual([{ kind: 'live' }, { kind: 'changed', topics: ['turns'] }])
  })
})
