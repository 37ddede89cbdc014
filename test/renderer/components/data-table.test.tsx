import { fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { DataTable } from '../../../renderer/components/data-table.tsx'
import {
  type Column,
  nextOrder,
  parseColumns,
  type TableView,
  toggleColumn,
  visibleColumns,
} from '../../../renderer/components/data-table-columns.ts'
import { TableMenu } from '../../../renderer/components/data-table-menu.tsx'
import { renderPart } from './render.tsx'

interface Row {
  readonly id: string
  readonly name: string
  readonly turns: number
}

type Key = 'name' | 'turns' | 'id'

const COLUMNS: readonly Column<Row, Key>[] = [
  { key: 'name', label: 'Name', sortKey: 'name', isDefault: true, cell: (row) => row.name },
  {
    key: 'turns',
    label: 'Turns',
    sortKey: 'turns',
    kind: 'figure',
    isDefault: true,
    cell: (row) => row.turns,
  },
  { key: 'id', label: 'Id', sortKey: 'id', isDefault: false, cell: (row) => row.id },
  { key: 'note', label: 'Note', isDefault: true, cell: () => '' },
]
const VIEW: TableView<Key> = {
  sort: 'name',
  order: 'asc',
  page: 1,
  size: 25,
  columns: null,
  density: 'comfortable',
}
const ROWS: readonly Row[] = ['ann', 'bob', 'cid'].map((name, at) => ({ id: `id-${name}`, name, turns: at }))

function table(change: Partial<Parameters<typeof DataTable<Row, Key>>[0]> = {}) {
  return (
    <DataTable<Row, Key>
      caption="Users"
      columns={COLUMNS}
      rows={ROWS}
      rowId={(row) => row.id}
      totalCount={ROWS.length}
      countText="3 users"
      view={VIEW}
      pageSizes={[25, 50]}
      onView={() => {}}
      onOpen={() => {}}
      empty="nobody"
      {...change}
    />
  )
}

function row(name: string): HTMLElement {
  const found = screen.getByRole('rowheader', { name }).closest('tr')
  if (found === null) throw new Error(`${name} is in no row`)
  return found
}

describe('sorting', () => {
  it('is told to screen readers on every column that can be sorted', () => {
    renderPart(table())
    const sorts = ['Name', 'Turns', 'Note'].map((name) =>
      screen.getByRole('columnheader', { name }).getAttribute('aria-sort'),
    )
    expect(sorts).toEqual(['ascending', 'none', null])
  })

  it('goes both ways on every column and back to the first page', () => {
    const onView = vi.fn()
    const page = renderPart(table({ onView }))
    for (const [name, sortKey, first] of [
      ['Name', 'name', 'desc'],
      ['Turns', 'turns', 'desc'],
    ] as const) {
      fireEvent.click(screen.getByRole('button', { name }))
      expect(onView).toHaveBeenLastCalledWith({ sort: sortKey, order: first, page: 1 })
      page.renew(table({ onView, view: { ...VIEW, sort: sortKey, order: first } }))
      expect(screen.getByRole('columnheader', { name }).getAttribute('aria-sort')).toBe('descending')
      fireEvent.click(screen.getByRole('button', { name }))
      expect(onView).toHaveBeenLastCalledWith({ sort: sortKey, order: 'asc', page: 1 })
      page.renew(table({ onView }))
    }
  })

  it('begins with the largest figure and the first name', () => {
    expect(nextOrder({ sortKey: 'turns', kind: 'figure' }, 'name', 'asc')).toBe('desc')
    expect(nextOrder({ sortKey: 'name' }, 'turns', 'desc')).toBe('asc')
  })
})

describe('the keyboard', () => {
  it('walks the rows with arrows, j, k, Home and End, and opens one with Enter', () => {
    const onOpen = vi.fn()
    renderPart(table({ onOpen }))
    const press = (key: string): boolean =>
      fireEvent.keyDown(document.activeElement ?? document.body, { key })
    row('ann').focus()
    press('ArrowDown')
    expect(document.activeElement).toBe(row('bob'))
    press('j')
    expect(document.activeElement).toBe(row('cid'))
    press('j')
    expect(document.activeElement).toBe(row('cid'))
    press('k')
    press('Enter')
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(ROWS[1])
    press('Home')
    expect(document.activeElement).toBe(row('ann'))
    press('End')
    expect(document.activeElement).toBe(row('cid'))
  })

  it('reaches the table with j from anywhere, at the row it left', () => {
    renderPart(table())
    fireEvent.keyDown(document.body, { key: 'j' })
    expect(document.activeElement).toBe(row('ann'))
    fireEvent.keyDown(row('ann'), { key: 'j' })
    ;(document.activeElement as HTMLElement).blur()
    fireEvent.keyDown(document.body, { key: 'j' })
    expect(document.activeElement).toBe(row('bob'))
  })

  it('stops at one row only when one goes through the screen with Tab', () => {
    renderPart(table())
    expect([row('ann'), row('bob'), row('cid')].map((each) => each.tabIndex)).toEqual([0, -1, -1])
  })
})

describe('a refresh', () => {
  it('leaves the focus on the row, wherever it has moved to', () => {
    const page = renderPart(table())
    row('ann').focus()
    page.renew(table({ rows: ROWS.toReversed() }))
    expect(document.activeElement).toBe(row('ann'))
    expect(row('ann').tabIndex).toBe(0)
  })

  it('that takes the focused row away leaves the focus at its place', () => {
    const page = renderPart(table())
    row('bob').focus()
    page.renew(table({ rows: ROWS.filter(({ name }) => name !== 'bob') }))
    expect(document.activeElement).toBe(row('cid'))
  })

  it('leaves the scroll position alone', () => {
    const page = renderPart(table())
    const scroller = row('ann').closest('div')
    if (scroller === null) throw new Error('the table has no scroller')
    scroller.scrollTop = 120
    page.renew(table({ rows: ROWS.map((each) => ({ ...each, turns: each.turns + 1 })) }))
    expect(row('ann').closest('div')).toBe(scroller)
    expect(scroller.scrollTop).toBe(120)
  })
})

describe('rows and pages', () => {
  it('open with a click', () => {
    const onOpen = vi.fn()
    renderPart(table({ onOpen }))
    fireEvent.click(row('cid'))
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(ROWS[2])
  })

  it('are turned by page and by size', () => {
    const onView = vi.fn()
    renderPart(table({ onView, totalCount: 60, countText: '60 users' }))
    expect(screen.getByText('1 to 25 of 60')).toBeTruthy()
    fireEvent.click(within(screen.getByRole('navigation', { name: 'Pages of the table' })).getByText('3'))
    expect(onView).toHaveBeenLastCalledWith({ page: 3 })
    fireEvent.change(screen.getByLabelText('Rows per page'), { target: { value: '50' } })
    expect(onView).toHaveBeenLastCalledWith({ size: 50, page: 1 })
  })

  it('say so when there are none', () => {
    renderPart(table({ rows: [], totalCount: 0 }))
    expect(screen.getByText('nobody')).toBeTruthy()
  })
})

describe('columns', () => {
  it('that are not chosen are hidden, and the first stays', () => {
    expect(visibleColumns(COLUMNS, null).map(({ key }) => key)).toEqual(['name', 'turns', 'note'])
    expect(visibleColumns(COLUMNS, ['id']).map(({ key }) => key)).toEqual(['name', 'id'])
  })

  it('come and go one by one, and the default leaves no trace in the address', () => {
    const shown = toggleColumn(COLUMNS, null, 'id')
    expect(shown).toEqual(['name', 'turns', 'id', 'note'])
    expect(toggleColumn(COLUMNS, shown, 'id')).toBeNull()
  })

  it('of an old link are taken as far as they are known', () => {
    expect(parseColumns(COLUMNS, 'turns,gone')).toEqual(['turns'])
    expect(parseColumns(COLUMNS, 'gone')).toBeNull()
    expect(parseColumns(COLUMNS, undefined)).toBeNull()
  })

  it('are chosen in a menu that stays open', async () => {
    const onView = vi.fn()
    renderPart(<TableMenu columns={COLUMNS} view={VIEW} onView={onView} />)
    fireEvent.click(screen.getByRole('button', { name: 'Columns' }))
    const id = await screen.findByRole('menuitemcheckbox', { name: 'Id' })
    expect(id.getAttribute('aria-checked')).toBe('false')
    fireEvent.click(id)
    expect(onView).toHaveBeenCalledWith({ columns: ['name', 'turns', 'id', 'note'] })
    fireEvent.click(screen.getByRole('menuitemradio', { name: 'Compact' }))
    expect(onView).toHaveBeenLastCalledWith({ density: 'compact' })
  })
})
