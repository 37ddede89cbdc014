import type { ReactNode } from 'react'
import { clipText } from '../format.ts'
import styles from './plain-text.module.css'

/** More than any cell is wide; the layout clips the rest. */
const SHOWN_MAX = 200
/** A tooltip longer than this covers the screen. */
const TITLE_MAX = 1_000

/** What `PlainText` takes. */
export interface PlainTextProps {
  /** Text from outside: may hold markup, right-to-left runs, emoji, ten thousand characters. */
  readonly text: string
  /** Lines it may take before it is clipped. Default 1. */
  readonly lines?: 1 | 2
  /** A tooltip instead of the text itself, which is the default. */
  readonly title?: string
}

/** Text from outside as nothing but text: on one line, clipped, and unable to turn its surroundings around. */
export function PlainText({ text, lines = 1, title }: PlainTextProps): ReactNode {
  const shown = clipText(text, SHOWN_MAX)
  return (
    <bdi className={lines === 1 ? styles.line : styles.lines} title={title ?? clipText(text, TITLE_MAX)}>
      {shown}
    </bdi>
  )
}
