import type { ReactNode } from 'react'
import styles from './state-word.module.css'

/** What `StateWord` takes. */
export interface StateWordProps {
  readonly tone: 'good' | 'warning' | 'bad' | 'none'
  readonly icon?: ReactNode
  readonly children: string
}

/** A state in a word, with its colour and icon; the word alone says it all. */
export function StateWord({ tone, icon, children }: StateWordProps): ReactNode {
  return (
    <span className={styles.word} data-tone={tone}>
      {icon}
      {children}
    </span>
  )
}
