import { NativeSelect } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import styles from './data-table.module.css'
import { PageLinks } from './page-links.tsx'

/** What `TableFooter` takes. */
export interface TableFooterProps {
  readonly countText: string
  readonly totalCount: number
  readonly page: number
  readonly size: number
  readonly pageSizes: readonly number[]
  readonly onPage: (page: number) => void
  readonly onSize: (size: number) => void
}

/** How many rows there are, how many a page has, and the way to the other pages. */
export function TableFooter(props: TableFooterProps): ReactNode {
  const { totalCount, page, size } = props
  const sizeId = useId()
  const pages = Math.max(1, Math.ceil(totalCount / size))
  const from = Math.min((page - 1) * size + 1, totalCount)
  const text = componentsText.table
  return (
    <div className={styles.footer}>
      <span className={styles.count} aria-live="polite">
        {props.countText}
        {pages > 1 ? (
          <span className={styles.range}>
            {text.range(
              formatCount(from),
              formatCount(Math.min(page * size, totalCount)),
              formatCount(totalCount),
            )}
          </span>
        ) : null}
      </span>
      <span className={styles.size}>
        <label htmlFor={sizeId}>{text.rowsPerPage}</label>
        <NativeSelect
          id={sizeId}
          size="xs"
          value={String(size)}
          data={props.pageSizes.map(String)}
          onChange={(event) => props.onSize(Number(event.currentTarget.value))}
        />
      </span>
      <PageLinks label={text.pages} pages={pages} page={page} onPage={props.onPage} />
    </div>
  )
}
