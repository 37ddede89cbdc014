import { Button, Menu } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { componentsText } from '../text/components.ts'
import { type Column, type TableView, toggleColumn, visibleColumns } from './data-table-columns.ts'

/** What `TableMenu` takes. */
export interface TableMenuProps<Row, SortKey extends string> {
  readonly columns: readonly Column<Row, SortKey>[]
  readonly view: TableView<SortKey>
  readonly onView: (change: Partial<TableView<SortKey>>) => void
}

/** Chooses the columns of a table and how much air its rows have. */
export function TableMenu<Row, SortKey extends string>({
  columns,
  view,
  onView,
}: TableMenuProps<Row, SortKey>): ReactNode {
  const text = componentsText.table
  const shown = visibleColumns(columns, view.columns)
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconColumns3 size={15} aria-hidden />}>
          {text.columns}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah="min(46vh, 460px)" style={{ overflowY: 'auto' }}>
        <Menu.Label>{text.density}</Menu.Label>
        <Menu.RadioGroup
          value={view.density}
          onChange={(density) => onView({ density: density === 'compact' ? 'compact' : 'comfortable' })}
        >
          <Menu.RadioItem value="comfortable">{text.comfortable}</Menu.RadioItem>
          <Menu.RadioItem value="compact">{text.compact}</Menu.RadioItem>
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Label>{text.columns}</Menu.Label>
        {columns.slice(1).map((column) => (
          <Menu.CheckboxItem
            key={column.key}
            checked={shown.includes(column)}
            onChange={() => onView({ columns: toggleColumn(columns, view.columns, column.key) })}
          >
            {column.label}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        <Menu.Item disabled={view.columns === null} onClick={() => onView({ columns: null })}>
          {text.defaultColumns}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
