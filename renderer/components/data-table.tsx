import { VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type ReactNode, useRef } from 'react'
import { componentsText } from '../text/components.ts'
import styles from './data-table.module.css'
import { type Column, nextOrder, type TableView, visibleColumns } from './data-table-columns.ts'
import { TableFooter } from './data-table-footer.tsx'
import { type RowKeys, useRowKeys } from './use-row-keys.ts'

/** What `DataTable` takes. */
export interface DataTableProps<Row, SortKey extends string> {
  /** What the table holds, said to screen readers. */
  readonly caption: string
  readonly columns: readonly Column<Row, SortKey>[]
  /** The rows of this page, in the order of the server. */
  readonly rows: readonly Row[]
  readonly rowId: (row: Row) => string
  /** Rows on all pages together. */
  readonly totalCount: number
  /** How many rows there are, in words: `38 of 1 204 users`. */
  readonly countText: string
  readonly view: TableView<SortKey>
  readonly pageSizes: readonly number[]
  /** Gets the members that change. Sorting and another page size go back to the first page. */
  readonly onView: (change: Partial<TableView<SortKey>>) => void
  readonly onOpen: (row: Row) => void
  /** Stands in place of the rows when there are none. */
  readonly empty: ReactNode
}

/**
 * A table whose sorting and paging the server does. It holds no data and no view of its own but the row the keyboard
 * is on, so that a refresh leaves scroll, focus and place where they are.
 */
export function DataTable<Row, SortKey extends string>(props: DataTableProps<Row, SortKey>): ReactNode {
  const { columns, rows, rowId, view, onOpen } = props
  const body = useRef<HTMLTableSectionElement>(null)
  const keys = useRowKeys(body, rows.map(rowId), (id) => {
    const row = rows.find((each) => rowId(each) === id)
    if (row !== undefined) onOpen(row)
  })
  const shown = visibleColumns(columns, view.columns)
  return (
    <div className={styles.frame}>
      <div className={styles.scroller} tabIndex={rows.length === 0 ? 0 : -1} data-density={view.density}>
        <table className={styles.table}>
          <caption>
            <VisuallyHidden>{props.caption}</VisuallyHidden>
          </caption>
          <thead>
            <tr>
              {shown.map((column) => (
                <HeaderCell key={column.key} column={column} view={view} onView={props.onView} />
              ))}
            </tr>
          </thead>
          <tbody ref={body} onKeyDown={keys.onKeyDown}>
            {rows.map((row) => (
              <DataRow
                key={rowId(row)}
                row={row}
                id={rowId(row)}
                columns={shown}
                keys={keys}
                onOpen={onOpen}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 ? <div className={styles.empty}>{props.empty}</div> : null}
      </div>
      <TableFooter
        countText={props.countText}
        totalCount={props.totalCount}
        page={view.page}
        size={view.size}
        pageSizes={props.pageSizes}
        onPage={(page) => props.onView({ page })}
        onSize={(size) => props.onView({ size, page: 1 })}
      />
    </div>
  )
}

interface HeaderCellProps<Row, SortKey extends string> {
  readonly column: Column<Row, SortKey>
  readonly view: TableView<SortKey>
  readonly onView: (change: Partial<TableView<SortKey>>) => void
}

function HeaderCell<Row, SortKey extends string>({
  column,
  view,
  onView,
}: HeaderCellProps<Row, SortKey>): ReactNode {
  const { sortKey } = column
  if (sortKey === undefined) {
    return (
      <th scope="col" title={column.hint} data-kind={column.kind}>
        {column.label}
      </th>
    )
  }
  const isSorted = view.sort === sortKey
  const sorting = isSorted ? (view.order === 'asc' ? 'ascending' : 'descending') : 'none'
  const Arrow = view.order === 'asc' ? IconArrowUp : IconArrowDown
  return (
    <th scope="col" aria-sort={sorting} data-kind={column.kind}>
      <button
        type="button"
        className={styles.sort}
        title={column.hint ?? componentsText.table.sortBy(column.label)}
        onClick={() => onView({ sort: sortKey, order: nextOrder(column, view.sort, view.order), page: 1 })}
      >
        <span>{column.label}</span>
        {isSorted ? <Arrow size={14} aria-hidden className={styles.arrow} /> : null}
      </button>
    </th>
  )
}

interface DataRowProps<Row, SortKey extends string> {
  readonly row: Row
  readonly id: string
  readonly columns: readonly Column<Row, SortKey>[]
  readonly keys: RowKeys
  readonly onOpen: (row: Row) => void
}

function DataRow<Row, SortKey extends string>({
  row,
  id,
  columns,
  keys,
  onOpen,
}: DataRowProps<Row, SortKey>): ReactNode {
  const isActive = keys.activeId === id
  return (
    <tr
      data-row-id={id}
      tabIndex={isActive ? 0 : -1}
      onFocus={() => keys.setActive(id)}
      onClick={() => {
        // Marking text in a row, to copy it, is no click on the row.
        if (window.getSelection()?.isCollapsed !== false) onOpen(row)
      }}
    >
      {columns.map((column, at) =>
        at === 0 ? (
          <th key={column.key} scope="row" data-kind={column.kind}>
            {column.cell(row)}
          </th>
        ) : (
          <td key={column.key} data-kind={column.kind}>
            {column.cell(row)}
          </td>
        ),
      )}
    </tr>
  )
}
