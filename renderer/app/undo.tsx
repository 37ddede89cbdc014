import { Button, Group } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useSyncExternalStore } from 'react'
import { text } from '../text.ts'
import { useShortcut } from './shortcuts.tsx'

/** As long as UX 4.0 gives to think again. */
const UNDO_MS = 10_000

interface LastAct {
  readonly id: string
  readonly undo: () => void
}

let last: LastAct | null = null
const listeners = new Set<() => void>()

function setLast(next: LastAct | null): void {
  last = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Says that something reversible is done, with the way back. `done` is a whole sentence. */
export function showUndo(done: string, undo: () => void): void {
  const forget = (): void => {
    if (last?.id === id) setLast(null)
  }
  const go = (): void => {
    notifications.hide(id)
    forget()
    undo()
  }
  const id = notifications.show({
    autoClose: UNDO_MS,
    withBorder: true,
    onClose: forget,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <span>{done}</span>
        <Button size="compact-sm" variant="light" onClick={go}>
          {text.components.undo}
        </Button>
      </Group>
    ),
  })
  setLast({ id, undo: go })
}

/** Ctrl/Cmd+Z takes the last act back while its note is there; at other times it is the text field's own. */
export function useUndoShortcut(): void {
  const isThere = useSyncExternalStore(subscribe, () => last !== null)
  useShortcut('mod+z', () => last?.undo(), text.components.undoLast, { enabled: isThere })
}
