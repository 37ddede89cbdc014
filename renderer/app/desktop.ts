import type { DesktopBridge } from '../../shared/desktop-bridge.ts'

declare global {
  interface Window {
    /** Only in the window; the preload script puts it there. */
    readonly weir?: DesktopBridge
  }
}

/** The bridge to the process behind the window; undefined in a browser. */
export function desktopBridge(): DesktopBridge | undefined {
  return window.weir
}

/** Whether shortcuts are pressed with Cmd and printed with the signs of a Mac. */
export function isMac(): boolean {
  const bridge = desktopBridge()
  return bridge === undefined ? /Mac|iP(hone|ad)/.test(navigator.userAgent) : bridge.platform === 'darwin'
}
