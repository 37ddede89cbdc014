import { type PointerEvent, useState } from 'react'

/** A shorter pull is a click with an unsteady hand; pixels. */
const PULL_MIN = 8

/** A part of an element's width, in pixels from its left edge. */
export interface DragRange {
  readonly from: number
  readonly to: number
}

/** Lets a part of an element be chosen by dragging over it. `range` is what is being dragged over now. */
export function useDragRange(onRange: (from: number, to: number) => void) {
  const [drag, setDrag] = useState<{ readonly start: number; readonly now: number } | null>(null)
  const place = (event: PointerEvent<HTMLElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left
  const range: DragRange | null =
    drag === null ? null : { from: Math.min(drag.start, drag.now), to: Math.max(drag.start, drag.now) }
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>): void => {
      // A finger scrolls the page; only a mouse or a pen drags over a chart.
      if (event.button !== 0 || event.pointerType === 'touch') return
      event.currentTarget.setPointerCapture(event.pointerId)
      setDrag({ start: place(event), now: place(event) })
    },
    onPointerMove: (event: PointerEvent<HTMLElement>): void => {
      if (drag !== null) setDrag({ ...drag, now: place(event) })
    },
    onPointerUp: (): void => {
      setDrag(null)
      if (range !== null && range.to - range.from >= PULL_MIN) onRange(range.from, range.to)
    },
    onPointerCancel: (): void => setDrag(null),
  }
  return { range, handlers }
}
