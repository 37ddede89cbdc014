// What happy-dom lacks and Mantine asks for at once; without it no component can be rendered.
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

// The default of a second is for an idle machine; waiting costs nothing where the answer is there.
configure({ asyncUtilTimeout: 12_000 })

afterEach(() => {
  cleanup()
})

window.matchMedia ??= (query: string): MediaQueryList => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => {},
  removeListener: () => {},
  addEventListener: () => {},
  removeEventListener: () => {},
  dispatchEvent: () => false,
})

window.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
