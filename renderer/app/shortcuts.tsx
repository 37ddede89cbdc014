import { useEffect, useRef, useSyncExternalStore } from 'react'
import { type Keystroke, keystrokeOf, parseKeys, sameKeystroke } from './keystroke.ts'
import { type Remembered, remembered } from './remembered.ts'

/**
 * The registry of keyboard shortcuts: who registers one here appears in the list under `?`. One listener serves
 * all; of two with the same keys the one registered last wins, so a drawer may take over a key while it is open.
 */
export interface Shortcut {
  /** As written: `?`, `g d` (one after the other), `mod+k` (Ctrl, on a Mac Cmd), `F5`, `Escape`. */
  readonly keys: string
  /** What it does, for the list; no full stop. */
  readonly description: string
  /** Heading of the list it stands under. */
  readonly group: string
}

/** When a shortcut may fire. */
export interface ShortcutOptions {
  /** Heading in the list of shortcuts. Default: `This screen`. */
  readonly group?: string
  /** False takes it away for the moment, from the list too. Default true. */
  readonly enabled?: boolean
  /** True lets it fire while a dialog or drawer is open. Default false: what lies behind a dialog is out of reach. */
  readonly inDialogs?: boolean
}

/** Group of the shortcuts that a screen registers without saying where they belong. */
export const SCREEN_GROUP = 'This screen'

/** Whether shortcuts of a single key work (WCAG 2.1.4 asks for a switch); combinations with Ctrl or Cmd always do. */
export const singleKeysEnabled: Remembered<boolean> = remembered('single-keys', (stored) => stored !== false)

/** How long the second key of `g d` may take; long enough to look for the letter. */
const SEQUENCE_MS = 1_500

interface Entry extends Shortcut {
  readonly strokes: readonly Keystroke[]
  readonly inDialogs: boolean
  readonly run: () => void
}

let entries: readonly Entry[] = []
let pending: readonly Keystroke[] = []
let pendingSince = 0
const listeners = new Set<() => void>()

function setEntries(next: readonly Entry[]): void {
  if (entries.length === 0 && next.length > 0) window.addEventListener('keydown', onKeyDown)
  if (next.length === 0) window.removeEventListener('keydown', onKeyDown)
  entries = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/**
 * Registers a shortcut while the component is on screen. `keys` may be several ways to the same thing
 * (`['F5', 'mod+r']`). The newest `action` is run, so it needs no memo.
 */
export function useShortcut(
  keys: string | readonly string[],
  action: () => void,
  description: string,
  options: ShortcutOptions = {},
): void {
  const latest = useRef(action)
  useEffect(() => {
    latest.current = action
  })
  const { enabled = true, group = SCREEN_GROUP, inDialogs = false } = options
  const written = typeof keys === 'string' ? keys : keys.join('\n')
  useEffect(() => {
    if (!enabled) return
    const mine = written.split('\n').map(
      (each): Entry => ({
        keys: each,
        description,
        group,
        inDialogs,
        strokes: parseKeys(each),
        run: () => latest.current(),
      }),
    )
    setEntries([...entries, ...mine])
    return () => setEntries(entries.filter((entry) => !mine.includes(entry)))
  }, [written, description, group, inDialogs, enabled])
}

/** Every shortcut in force, in the order of registration, for the list and the palette. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => entries)
}

function onKeyDown(event: KeyboardEvent): void {
  // `isComposing`: the key belongs to an input method that is just building a character.
  if (event.defaultPrevented || event.isComposing) return
  const stroke = keystrokeOf(event)
  if (stroke === null) return
  if (!stroke.isChord && (!singleKeysEnabled.get() || isTyping(event.target))) {
    pending = []
    return
  }
  if (event.timeStamp - pendingSince > SEQUENCE_MS) pending = []
  const typed = [...pending, stroke]
  const found = findEntry(typed) ?? findEntry([stroke])
  if (found !== undefined) {
    pending = []
    event.preventDefault()
    found.run()
    return
  }
  pending = isBeginning(typed) ? typed : []
  pendingSince = event.timeStamp
}

function findEntry(typed: readonly Keystroke[]): Entry | undefined {
  const behindDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null
  return entries.findLast(
    (entry) =>
      (entry.inDialogs || !behindDialog) &&
      entry.strokes.length === typed.length &&
      startsWith(entry.strokes, typed),
  )
}

function isBeginning(typed: readonly Keystroke[]): boolean {
  return entries.some((entry) => entry.strokes.length > typed.length && startsWith(entry.strokes, typed))
}

function startsWith(strokes: readonly Keystroke[], typed: readonly Keystroke[]): boolean {
  return typed.every((stroke, at) => {
    const wanted = strokes[at]
    return wanted !== undefined && sameKeystroke(wanted, stroke)
  })
}

/** Fields that take no letters, so that a chosen radio button does not silence the keys. */
const TAKES_NO_LETTERS = 'input:is([type="radio"], [type="checkbox"], [type="button"], [type="range"])'

/** Where letters are text and not commands. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  const isField = target.matches('input, textarea, select, [role="combobox"], [role="textbox"]')
  return isField && !target.matches(TAKES_NO_LETTERS)
}
