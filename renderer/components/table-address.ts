import type { TableView } from './data-table-columns.ts'

/** A table's view as an address holds it: flat text and numbers, what is the default absent. */
export interface TableAddress<SortKey extends string, Size extends number> {
  readonly sort?: SortKey | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly page?: number | undefined
  readonly size?: Size | undefined
  /** Keys of the columns, separated by commas. */
  readonly columns?: string | undefined
  readonly density?: TableView['density'] | undefined
}

/** A change of a table as it goes into the address; members that become the default become undefined there. */
export function tableAddress<SortKey extends string, Size extends number>(
  change: Partial<TableView<SortKey>>,
  sizes: readonly Size[],
  defaultSize: Size,
): TableAddress<SortKey, Size> {
  const { columns, density, page, size, ...sorting } = change
  return {
    ...sorting,
    ...(page === undefined ? {} : { page: page === 1 ? undefined : page }),
    ...(size === undefined ? {} : { size: sizes.find((each) => each === size && each !== defaultSize) }),
    ...(columns === undefined ? {} : { columns: columns === null ? undefined : columns.join(',') }),
    ...(density === undefined ? {} : { density: density === 'comfortable' ? undefined : density }),
  }
}
