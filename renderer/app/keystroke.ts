/** One press of a key with its modifiers, as shortcuts compare it. */
export interface Keystroke {
  /** `KeyboardEvent.key`; letters in lower case. */
  readonly key: string
  /** Ctrl, or Cmd on a Mac. */
  readonly mod: boolean
  readonly shift: boolean
  readonly alt: boolean
  /** True for what never is text: with `mod`, or a function key, or Escape. These fire in inputs too. */
  readonly isChord: boolean
}

const MODIFIER_KEYS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process'])

/** Keys of their own that write nothing into a field: F1 to F24. */
const FUNCTION_KEY = /^F\d{1,2}$/

function isChordKey(key: string): boolean {
  return FUNCTION_KEY.test(key)
}

/** Reads `mod+shift+e`, `?`, `g d`; each word is one stroke. */
export function parseKeys(written: string): readonly Keystroke[] {
  return written.split(' ').map((word) => {
    const parts = word.split('+')
    const key = parts.at(-1) ?? ''
    const mod = parts.includes('mod')
    return {
      key: key.length === 1 ? key.toLowerCase() : key,
      mod,
      shift: parts.includes('shift'),
      alt: parts.includes('alt'),
      isChord: mod || isChordKey(key),
    }
  })
}

/** The stroke of an event, or null when only a modifier went down. */
export function keystrokeOf(event: KeyboardEvent): Keystroke | null {
  const { key } = event
  if (key === undefined || MODIFIER_KEYS.has(key)) return null
  // AltGr writes characters (@, €, [) and reports Ctrl+Alt on Windows: that is text, not a command.
  const isAltGraph = event.getModifierState('AltGraph')
  const mod = (event.ctrlKey || event.metaKey) && !isAltGraph
  return {
    key: key.length === 1 ? key.toLowerCase() : key,
    mod,
    shift: event.shiftKey,
    alt: event.altKey && !isAltGraph,
    isChord: mod || isChordKey(key),
  }
}

/** Whether a wanted stroke was pressed. Shift counts only for letters and named keys: `?` needs it on most keyboards. */
export function sameKeystroke(wanted: Keystroke, pressed: Keystroke): boolean {
  if (wanted.key !== pressed.key || wanted.mod !== pressed.mod || wanted.alt !== pressed.alt) return false
  const shiftMatters = wanted.key.length > 1 || /[a-z]/.test(wanted.key)
  return !shiftMatters || wanted.shift === pressed.shift
}

/** The caps to print for a shortcut, stroke by stroke: `mod+k` is `[['Ctrl', 'K']]`, on a Mac `[['⌘', 'K']]`. */
export function capsOf(written: string, isMac: boolean): readonly (readonly string[])[] {
  return written.split(' ').map((word) => word.split('+').map((part) => capOf(part, isMac)))
}

function capOf(part: string, isMac: boolean): string {
  if (part === 'mod') return isMac ? '⌘' : 'Ctrl'
  if (part === 'shift') return isMac ? '⇧' : 'Shift'
  if (part === 'alt') return isMac ? '⌥' : 'Alt'
  if (part === 'Escape') return 'Esc'
  return part.length === 1 ? part.toUpperCase() : part
}
