import { ActionIcon, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { downloadText } from '../../app/download.ts'
import { showDone } from '../../app/notify.ts'
import { dashboardText } from '../../text/dashboard.ts'
import type { DashboardData } from './use-dashboard.ts'

const text = dashboardText.page

/** Takes the whole page along: its figures as a file, or on paper. */
export function PageMenu({ data }: { readonly data: DashboardData | undefined }): ReactNode {
  const save = (): void => {
    if (data === undefined) return
    const whose = data.kind === 'user' ? `${data.summary.user_id}-` : ''
    const name = `dashboard-${whose}${data.summary.range}.json`
    downloadText(name, `${JSON.stringify(data.summary, null, 2)}\n`, 'application/json')
    showDone(text.saved(name))
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <ActionIcon variant="default" size={30} aria-label={text.label} title={text.label}>
          <IconDownload size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item disabled={data === undefined} onClick={save}>
          {text.json}
        </Menu.Item>
        <Menu.Item onClick={() => window.print()}>{text.print}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
