import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { Problem } from '../../shared/contract/problem.ts'
import { downloadText } from '../app/download.ts'
import { showDone, showProblem } from '../app/notify.ts'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import { type ExportedRows, toCsv, toJson } from './export-rows.ts'

const text = componentsText.export

/** What `ExportMenu` takes. */
export interface ExportMenuProps {
  /** The name of the file without its ending. */
  readonly name: string
  readonly label?: string
  /** Rejects with a `Problem`. */
  readonly collect: () => Promise<ExportedRows>
}

/** Takes what is on screen, on all its pages, along as a file. */
export function ExportMenu({ name, label = text.button, collect }: ExportMenuProps): ReactNode {
  const [isBusy, setBusy] = useState(false)
  const take = async (format: 'csv' | 'json'): Promise<void> => {
    setBusy(true)
    try {
      const { rows, totalCount } = await collect()
      if (format === 'csv') downloadText(`${name}.csv`, toCsv(rows), 'text/csv')
      else downloadText(`${name}.json`, toJson(rows), 'application/json')
      showDone(
        rows.length < totalCount
          ? text.cut(formatCount(rows.length), formatCount(totalCount))
          : text.done(rows.length),
      )
    } catch (error) {
      // `unwrap` rejects with nothing else; what is no problem is a fault of the page and goes on.
      if (!isProblem(error)) throw error
      showProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={isBusy}
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void take('csv')}>{text.csv}</Menu.Item>
        <Menu.Item onClick={() => void take('json')}>{text.json}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'request_id' in error && 'code' in error
}
