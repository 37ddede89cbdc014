import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { useShortcut } from '../app/shortcuts.tsx'
import { componentsText } from '../text/components.ts'

/** What the rows of a table need to be walked with the keyboard. */
export interface RowKeys {
  /** The row the keyboard is on; it alone can be reached with Tab. Null without rows. */
  readonly activeId: string | null
  readonly setActive: (id: string) => void
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
}

/** Rows a page key goes on; a bit less than what is seen at once. */
const PAGE_ROWS = 10

/**
 * Walks rows with the arrows, j, k, Home, End and the page keys, and opens one with Enter. The place is kept by id:
 * when a refresh moves the row, the keyboard moves with it; when it is gone, the row now in its place is next.
 */
export function useRowKeys(
  body: RefObject<HTMLElement | null>,
  ids: readonly string[],
  onOpen: (id: string) => void,
): RowKeys {
  const [active, setActive] = useState<{ readonly id: string; readonly at: number } | null>(null)
  const activeId = currentId(ids, active)
  const noteFocus = useKeptFocus(body, activeId)

  const moveTo = (at: number): void => {
    const id = ids[Math.min(Math.max(at, 0), ids.length - 1)]
    if (id === undefined) return
    setActive({ id, at: ids.indexOf(id) })
    focusRow(body.current, id)
  }
  const isInside = (): boolean => body.current?.contains(document.activeElement) === true
  const position = activeId === null ? -1 : ids.indexOf(activeId)
  // From elsewhere on the screen the first press only goes to the row; from there on it moves.
  const step = (by: number): void => moveTo(isInside() ? position + by : Math.max(position, 0))
  useShortcut('j', () => step(1), componentsText.table.next)
  useShortcut('k', () => step(-1), componentsText.table.previous)

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    // A button in a row has keys of its own, and chords belong to the application.
    if (event.ctrlKey || event.metaKey || event.altKey || !isRow(event.target)) return
    const target = targetOf(event.key, position, ids.length)
    if (target !== null) moveTo(target)
    else if (event.key === 'Enter' && activeId !== null) onOpen(activeId)
    else return
    event.preventDefault()
  }
  const enter = (id: string): void => {
    noteFocus()
    setActive({ id, at: ids.indexOf(id) })
  }
  return { activeId, setActive: enter, onKeyDown }
}

function currentId(
  ids: readonly string[],
  active: { readonly id: string; readonly at: number } | null,
): string | null {
  if (active === null) return ids[0] ?? null
  if (ids.includes(active.id)) return active.id
  return ids[Math.min(Math.max(active.at, 0), ids.length - 1)] ?? null
}

function targetOf(key: string, position: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return position + 1
    case 'ArrowUp':
    case 'k':
      return position - 1
    case 'PageDown':
      return position + PAGE_ROWS
    case 'PageUp':
      return position - PAGE_ROWS
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

function isRow(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.dataset['rowId'] !== undefined
}

function focusRow(body: HTMLElement | null, id: string): void {
  // Ids may hold quotes and brackets, so that they are compared, not written into a selector.
  const rows = body?.querySelectorAll<HTMLElement>('[data-row-id]') ?? []
  for (const row of rows) if (row.dataset['rowId'] === id) row.focus()
}

/**
 * Where a refresh takes the focused row away, the focus would fall to the page: it goes to the active row instead.
 * Returns what is to be called when a row gets the focus.
 */
function useKeptFocus(body: RefObject<HTMLElement | null>, activeId: string | null): () => void {
  const focused = useRef<HTMLElement | null>(null)
  const note = (): void => {
    const now = document.activeElement
    focused.current = now instanceof HTMLElement && body.current?.contains(now) === true ? now : null
  }
  useLayoutEffect(() => {
    const lost = focused.current
    if (lost !== null && !lost.isConnected && activeId !== null && document.activeElement === document.body) {
      focusRow(body.current, activeId)
    }
    note()
  })
  return note
}
