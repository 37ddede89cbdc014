import { Pagination } from '@mantine/core'
import type { ReactNode } from 'react'

/** What `PageLinks` takes. */
export interface PageLinksProps {
  /** What is paged, for a screen reader: `Pages of the table`. */
  readonly label: string
  readonly pages: number
  /** From 1; one beyond the last shows the last. */
  readonly page: number
  readonly onPage: (page: number) => void
}

/** The way through the pages of a list; nothing where there is one page only. */
export function PageLinks({ label, pages, page, onPage }: PageLinksProps): ReactNode {
  if (pages <= 1) return null
  return (
    <nav aria-label={label}>
      <Pagination
        size="sm"
        total={pages}
        value={Math.min(page, pages)}
        onChange={onPage}
        // Arrows have no words of their own.
        getControlProps={(control) => ({ 'aria-label': `${control} page` })}
      />
    </nav>
  )
}
