import type { ReactNode } from 'react'

/** One column of a `DataTable`. */
export interface Column<Row, SortKey extends string = string> {
  /** Names the column in the address and in what is remembered; never shown. */
  readonly key: string
  readonly label: string
  /** Unit, period or meaning, shown when the pointer rests on the header. */
  readonly hint?: string
  /** What the server sorts by; absent where sorting makes no sense. */
  readonly sortKey?: SortKey
  /** The order of the first click. Default `desc` for figures and `asc` for text. */
  readonly firstOrder?: 'asc' | 'desc'
  /** `figure` is aligned right. Default `text`. */
  readonly kind?: 'text' | 'figure'
  /** Shown until the operator chooses otherwise. */
  readonly isDefault: boolean
  readonly cell: (row: Row) => ReactNode
}

/** How much air rows have. */
export type Density = 'comfortable' | 'compact'

/** What of a table the operator can change; kept in the address. Absent members are the defaults. */
export interface TableView<SortKey extends string = string> {
  readonly sort: SortKey
  readonly order: 'asc' | 'desc'
  /** From 1. */
  readonly page: number
  readonly size: number
  /** Keys of the columns shown, or null for the default ones. */
  readonly columns: readonly string[] | null
  readonly density: Density
}

/** The columns to show, in the order of their definition. The first always stays: it names the row. */
export function visibleColumns<Row, SortKey extends string>(
  columns: readonly Column<Row, SortKey>[],
  chosen: readonly string[] | null,
): readonly Column<Row, SortKey>[] {
  return columns.filter(
    (column, at) => at === 0 || (chosen === null ? column.isDefault : chosen.includes(column.key)),
  )
}

/** Reads a list of column keys as it stands in the address; unknown keys are dropped, nothing left is the default. */
export function parseColumns(
  columns: readonly { readonly key: string }[],
  written: string | undefined,
): readonly string[] | null {
  if (written === undefined) return null
  const known = written.split(',').filter((key) => columns.some((column) => column.key === key))
  return known.length === 0 ? null : known
}

/** The choice after showing or hiding one column, as it stands in the address; undefined when it is the default. */
export function toggleColumn<Row, SortKey extends string>(
  columns: readonly Column<Row, SortKey>[],
  chosen: readonly string[] | null,
  key: string,
): readonly string[] | null {
  const shown = visibleColumns(columns, chosen).map((column) => column.key)
  const wanted = shown.includes(key) ? shown.filter((each) => each !== key) : [...shown, key]
  const next = columns.filter((column) => wanted.includes(column.key)).map((column) => column.key)
  const isDefault =
    visibleColumns(columns, null)
      .map((column) => column.key)
      .join() === next.join()
  return isDefault ? null : next
}

/** The order after a click on a column's header: the other one when it is sorted by already. */
export function nextOrder<SortKey extends string>(
  column: Pick<Column<never, SortKey>, 'sortKey' | 'firstOrder' | 'kind'>,
  sort: SortKey,
  order: 'asc' | 'desc',
): 'asc' | 'desc' {
  if (column.sortKey === sort) return order === 'asc' ? 'desc' : 'asc'
  return column.firstOrder ?? (column.kind === 'figure' ? 'desc' : 'asc')
}
