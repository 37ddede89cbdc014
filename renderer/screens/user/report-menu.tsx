import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { downloadText } from '../../app/download.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { toCsv, toJson } from '../../components/export-rows.ts'
import { userText } from '../../text/user.ts'
import { monthRows, reportMarkdown } from './user-report.ts'

/** Closed months a report holds: ten years, which is all there is. */
const MONTHS_MAX = 120

/** A report about the user to take along. */
export function ReportMenu({
  summary,
}: {
  readonly summary: OperationOutput<'consumption.summary'>
}): ReactNode {
  const text = userText.actions
  const input = { user_id: summary.user_id, limit: MONTHS_MAX }
  const history = useWeirQuery('consumption.history', input, { refresh: false, keepPrevious: false })
  const name = `user-${summary.user_id}`
  const periods = history.data?.periods
  const markdown = (): void =>
    downloadText(`${name}.md`, reportMarkdown(summary, periods ?? []), 'text/markdown')
  const csv = (): void => downloadText(`${name}.csv`, toCsv(monthRows(summary, periods ?? [])), 'text/csv')
  const json = (): void =>
    downloadText(`${name}.json`, toJson([{ summary, months: periods ?? [] }]), 'application/json')
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          // A report without its months would look complete and not be it.
          disabled={periods === undefined}
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {text.report}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={markdown}>{text.reportMarkdown}</Menu.Item>
        <Menu.Item onClick={csv}>{text.reportCsv}</Menu.Item>
        <Menu.Item onClick={json}>{text.reportJson}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
