import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** A rectangle on the desktop, in the pixels the operating system counts windows in. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** How the window was left. `place` is null when it should be put in the middle of the screen. */
export interface WindowState {
  readonly width: number
  readonly height: number
  readonly place: { readonly x: number; readonly y: number } | null
  readonly isMaximized: boolean
}

/** The table of users with its columns fits; so it does on the smallest laptops still sold. */
export const WINDOW_SIZE = { width: 1280, height: 860 } as const
/** Below this the navigation and one card do not fit side by side. */
export const WINDOW_SIZE_MIN = { width: 960, height: 640 } as const

const FIRST_STATE: WindowState = { ...WINDOW_SIZE, place: null, isMaximized: false }

const stateJson = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1),
  height: z.int().min(1),
  is_maximized: z.boolean(),
})

/** A window whose title bar shows this much of itself can be found and moved; pixels. */
const VISIBLE_MIN = 100

/** Reads how the window was left; anything that cannot be read is a window opened for the first time. */
export function readWindowState(folder: string, displays: readonly Area[]): WindowState {
  try {
    const state = stateJson.parse(JSON.parse(readFileSync(join(folder, 'window-state.json'), 'utf8')))
    return fitToDisplays({ ...state, isMaximized: state.is_maximized }, displays)
  } catch {
    // Where a window was is a convenience: a missing or broken file must not keep Weir from opening.
    return FIRST_STATE
  }
}

/** Notes how the window is, at once: the process may be about to end. One that is cut off is read as none. */
export function writeWindowState(folder: string, area: Area, isMaximized: boolean): void {
  const state = { x: area.x, y: area.y, width: area.width, height: area.height, is_maximized: isMaximized }
  writeFileSync(join(folder, 'window-state.json'), `${JSON.stringify(state)}\n`)
}

/** Keeps the size within limits, and the place only when a display that is still there shows the title bar. */
export function fitToDisplays(
  state: Area & { readonly isMaximized: boolean },
  displays: readonly Area[],
): WindowState {
  const isReachable = displays.some((display) => {
    const shown = Math.min(state.x + state.width, display.x + display.width) - Math.max(state.x, display.x)
    const isTitleInside = state.y >= display.y && state.y <= display.y + display.height - VISIBLE_MIN
    return shown >= VISIBLE_MIN && isTitleInside
  })
  return {
    width: Math.max(state.width, WINDOW_SIZE_MIN.width),
    height: Math.max(state.height, WINDOW_SIZE_MIN.height),
    place: isReachable ? { x: state.x, y: state.y } : null,
    isMaximized: state.isMaximized,
  }
}
