import { useState } from 'react'
import type { OperationInput } from '../../../shared/contract/index.ts'
import type { Chosen } from './use-bulk.ts'

/** Which users are ticked. Ticks outlive pages, sorting and refreshes; another filter begins with none. */
export interface Ticked {
  readonly isTicked: (id: string) => boolean
  readonly toggle: (id: string) => void
  /** The same for the row the keyboard is on, if it is on one. */
  readonly toggleFocused: () => void
  readonly tick: (ids: readonly string[]) => void
  /** Everybody of the filter, on all pages. */
  readonly takeAll: () => void
  readonly clear: () => void
  /** Who is meant, or null when nobody is. */
  readonly chosen: (filter: OperationInput<'users.export'> | null, total: number) => Chosen | null
}

interface State {
  readonly filter: string
  readonly ids: ReadonlySet<string>
  readonly isAll: boolean
}

/** `filter` names the view: ticks belong to what was seen under it. */
export function useTicked(filter: string): Ticked {
  const none: State = { filter, ids: new Set(), isAll: false }
  const [held, setHeld] = useState(none)
  const state = held.filter === filter ? held : none
  const toggle = (id: string): void => {
    const ids = new Set(state.ids)
    if (!ids.delete(id)) ids.add(id)
    // From all of them one cannot be taken out: the ticks of the pages seen are begun anew.
    setHeld({ filter, ids: state.isAll ? new Set([id]) : ids, isAll: false })
  }
  return {
    isTicked: (id) => state.isAll || state.ids.has(id),
    toggle,
    toggleFocused: () => {
      const id = document.activeElement?.closest<HTMLElement>('[data-row-id]')?.dataset['rowId']
      if (id !== undefined) toggle(id)
    },
    tick: (ids) => setHeld({ filter, ids: new Set([...state.ids, ...ids]), isAll: false }),
    takeAll: () => setHeld({ ...state, isAll: true }),
    clear: () => setHeld(none),
    chosen: (living, total) => {
      if (state.isAll && living !== null) return { kind: 'filter', filter: living, count: total }
      return state.ids.size === 0 ? null : { kind: 'ticked', ids: [...state.ids] }
    },
  }
}
