import { z } from 'zod'
import type { TableView } from './data-table-columns.ts'

/** Rows a page may have. 50 fill a screen; more than 200 scroll badly and no one reads them. */
export const PAGE_SIZES = [25, 50, 100, 200] as const
export const DEFAULT_PAGE_SIZE = 50

/** The members of an address that are a table's view; what makes no sense there is dropped, never an error. */
export const TABLE_SEARCH = {
  order: z.enum(['asc', 'desc']).optional().catch(undefined),
  /** From 1. */
  page: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined),
  size: z.coerce
    .number()
    .pipe(z.literal([...PAGE_SIZES]))
    .optional()
    .catch(undefined),
  /** Keys of the columns shown, separated by commas; absent shows the default ones. */
  columns: z.string().max(1000).optional().catch(undefined),
  density: z.enum(['comfortable', 'compact']).optional().catch(undefined),
}

/** A table's view as an address holds it: flat text and numbers, what is the default absent. */
export interface TableAddress<SortKey extends string> {
  readonly sort?: SortKey | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly page?: number | undefined
  readonly size?: (typeof PAGE_SIZES)[number] | undefined
  /** Keys of the columns, separated by commas. */
  readonly columns?: string | undefined
  readonly density?: TableView['density'] | undefined
}

/** A change of a table as it goes into the address; members that become the default become undefined there. */
export function tableAddress<SortKey extends string>(
  change: Partial<TableView<SortKey>>,
): TableAddress<SortKey> {
  const { columns, density, page, size, ...sorting } = change
  return {
    ...sorting,
    ...(page === undefined ? {} : { page: page === 1 ? undefined : page }),
    ...(size === undefined
      ? {}
      : { size: PAGE_SIZES.find((each) => each === size && each !== DEFAULT_PAGE_SIZE) }),
    ...(columns === undefined ? {} : { columns: columns === null ? undefined : columns.join(',') }),
    ...(density === undefined ? {} : { density: density === 'comfortable' ? undefined : density }),
  }
}
