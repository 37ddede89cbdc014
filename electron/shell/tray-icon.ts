import type { TrayLight } from './tray-view.ts'

/**
 * The icon of the tray, drawn: a disc with a sign cut out of it, so that its state is told by shape as well as by
 * colour: a sill for limits that hold, an exclamation mark, or the bars of a pause.
 */

/** Red, green and blue; readable on light and dark bars. */
const COLOURS: Readonly<Record<TrayLight, readonly [number, number, number]>> = {
  fine: [0x22, 0x8b, 0xe6],
  attention: [0xf0, 0x8c, 0x00],
  paused: [0x86, 0x8e, 0x96],
}

/** Whether the sign covers a place; both from 0 to 1, from the upper left corner. */
const SIGNS: Readonly<Record<TrayLight, (x: number, y: number) => boolean>> = {
  fine: (x, y) => y > 0.44 && y < 0.58 && x > 0.2 && x < 0.8,
  attention: (x, y) => x > 0.43 && x < 0.57 && ((y > 0.2 && y < 0.58) || (y > 0.66 && y < 0.8)),
  paused: (x, y) => y > 0.28 && y < 0.72 && ((x > 0.32 && x < 0.44) || (x > 0.56 && x < 0.68)),
}

/** A picture of `size` × `size` pixels as Electron takes bitmaps: blue, green, red, alpha. */
export function trayPixels(light: TrayLight, size: number, isTemplate: boolean): Buffer {
  const pixels = Buffer.alloc(size * size * 4)
  // A template picture is black; the system gives it the colour of the bar.
  const [red, green, blue] = isTemplate ? [0, 0, 0] : COLOURS[light]
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const x = (column + 0.5) / size
      const y = (row + 0.5) / size
      const isDisc = (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.48 ** 2
      if (isDisc && !SIGNS[light](x, y)) pixels.set([blue, green, red, 0xff], (row * size + column) * 4)
    }
  }
  return pixels
}
