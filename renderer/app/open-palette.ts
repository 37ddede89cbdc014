import { spotlight } from '@mantine/spotlight'
import { flushSync } from 'react-dom'

/** Id of the palette's field; there is one palette. */
export const PALETTE_FIELD_ID = 'palette-field'

/**
 * Opens the palette with the focus in its field before the next key is read. Mantine moves the focus by a timer, which
 * a busy machine runs after the keys that follow: their letters would be lost, or be taken for shortcuts.
 */
export function openPalette(): void {
  // Drawn before the next line; by then Mantine has noted where the focus was, and gives it back when it closes.
  flushSync(() => spotlight.open())
  document.getElementById(PALETTE_FIELD_ID)?.focus()
}

/** Opens the palette, or closes it when it is open. */
export function togglePalette(): void {
  if (document.getElementById(PALETTE_FIELD_ID) === null) openPalette()
  else spotlight.close()
}
