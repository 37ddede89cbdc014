import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Fragment, type ReactNode, useState } from 'react'
import type { ExportFormat } from '../../shared/contract/exports.ts'
import type { Problem } from '../../shared/contract/problem.ts'
import { useWeirClient } from '../app/client-context.tsx'
import { showDone, showProblem } from '../app/notify.ts'
import { useShortcut } from '../app/shortcuts.tsx'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import { type ExportedRows, fileOf } from './export-rows.ts'
import { type ExportSource, takeExport } from './export-run.tsx'
import { EXPORT_CHOICES, takeParts } from './take-rows.ts'

const text = componentsText.export

/** Where rows come from: a table Weir writes by itself, however large, or what the page has or asks for. */
export type ExportOrigin = ExportSource | (() => Promise<ExportedRows>)

/** What `ExportMenu` takes. */
export interface ExportMenuProps {
  /** The name of the file without its ending. */
  readonly name: string
  readonly label?: string
  /** The rows of the view, on all its pages. A function rejects with a `Problem`. */
  readonly rows: ExportOrigin
  /** All rows there are, while the view is filtered; else undefined. */
  readonly all?: ExportOrigin | undefined
  /** Whether it is what a screen is about: then Ctrl/Cmd+E opens it. */
  readonly isMain?: boolean
}

/** Takes the rows of a table along: as a file, or onto the clipboard. */
export function ExportMenu({
  name,
  label = text.button,
  rows,
  all,
  isMain = false,
}: ExportMenuProps): ReactNode {
  const client = useWeirClient()
  const [isBusy, setBusy] = useState(false)
  const [isOpen, setOpen] = useState(false)
  useShortcut('mod+e', () => setOpen(true), text.shortcut, { enabled: isMain && !isBusy })
  const take = async (origin: ExportOrigin, format: ExportFormat): Promise<void> => {
    setBusy(true)
    try {
      const taken =
        typeof origin === 'function'
          ? await made(origin, format, name)
          : await takeExport(client, origin, format, name)
      if (taken === null) return showDone(text.cancelled(name))
      await takeParts(taken.parts, format, name, taken.rows)
      if (taken.rows < taken.total) showDone(text.cut(formatCount(taken.rows), formatCount(taken.total)))
      // What was copied has been said.
      else if (format !== 'tsv') showDone(text.done(taken.rows))
    } catch (error) {
      // `unwrap` rejects with nothing else; what is no problem is a fault of the page and goes on.
      if (!isProblem(error)) throw error
      showProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const groups = [[text.filtered, rows] as const, ...(all === undefined ? [] : [[text.all, all] as const])]
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={setOpen}>
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
        {groups.map(([title, origin]) => (
          <Fragment key={title}>
            {groups.length > 1 && <Menu.Label>{title}</Menu.Label>}
            {EXPORT_CHOICES.map(([format, choice]) => (
              <Menu.Item key={format} onClick={() => void take(origin, format)}>
                {choice}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

async function made(collect: () => Promise<ExportedRows>, format: ExportFormat, title: string) {
  const { rows, totalCount } = await collect()
  return { parts: await fileOf(rows, format, title), rows: rows.length, total: totalCount }
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'request_id' in error && 'code' in error
}
