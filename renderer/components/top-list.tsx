import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatMoney, formatMoneyExact } from '../format.ts'
import { Panel } from './panel.tsx'
import { PlainText } from './plain-text.tsx'
import styles from './top-list.module.css'

/** One entry of a `TopList`. */
export interface TopItem {
  readonly key: string
  /** Text from outside; shown as plain text on at most two lines. */
  readonly name: string
  /** What is known about it, as short facts: `Alice`, `12 turns`. Each may be text from outside. */
  readonly facts: readonly string[]
  readonly costUsd: number
}

/** What `TopList` takes. */
export interface TopListProps {
  readonly title: string
  /** Unit and range of the figures. */
  readonly unit: string
  /** In the order of the server. */
  readonly items: readonly TopItem[]
  /** Called with an item's key; absent where there is nowhere to go, then items are no buttons. */
  readonly onOpen?: (key: string) => void
  /** What a click does, said to screen readers with the name: `Show the dashboard of Alice`. */
  readonly openLabel?: (key: string) => string
  /** Stands in place of the list when it is empty. */
  readonly empty: ReactNode
}

/** The dearest of something, in order, each leading on to where it comes from. */
export function TopList({ title, unit, items, onOpen, openLabel, empty }: TopListProps): ReactNode {
  return (
    <Panel title={title} unit={unit}>
      {items.length === 0 ? (
        empty
      ) : (
        <ol className={styles.list}>
          {items.map((item, at) => (
            <li key={item.key}>
              {onOpen === undefined ? (
                <div className={styles.item}>
                  <Entry item={item} rank={at + 1} />
                </div>
              ) : (
                <UnstyledButton
                  className={styles.item ?? ''}
                  data-clickable
                  title={openLabel?.(item.key)}
                  onClick={() => onOpen(item.key)}
                >
                  <Entry item={item} rank={at + 1} />
                </UnstyledButton>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

function Entry({ item, rank }: { readonly item: TopItem; readonly rank: number }): ReactNode {
  return (
    <>
      <span className={styles.rank} aria-hidden>
        {rank}
      </span>
      <span className={styles.text}>
        <PlainText text={item.name} lines={2} />
        <span className={styles.facts}>
          {item.facts.map((fact) => (
            <span key={fact} className={styles.fact}>
              <PlainText text={fact} />
            </span>
          ))}
        </span>
      </span>
      <span className={styles.cost} title={`${formatMoneyExact(item.costUsd)}, estimated`}>
        {formatMoney(item.costUsd)}
      </span>
    </>
  )
}
