import { Button, Group, Menu, Progress, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconDownload } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { ReconciliationReport } from '../../../shared/contract/reconciliation.ts'
import { renderReport, resultSentence } from '../../../shared/reconciliation-report.ts'
import { downloadText } from '../../app/download.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { useNow } from '../../components/use-now.ts'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import { FixDialog } from './fix-dialog.tsx'
import { isFixable, type Run, type Status } from './use-reconciliation.ts'

const words = text.reconciliation

/** The parts of the bar, from what is fine to what is worst. The words stand below it: colour is never alone. */
const PARTS: readonly { readonly status: Status; readonly color: string }[] = [
  { status: 'ok', color: 'teal' },
  { status: 'corrected', color: 'blue' },
  { status: 'drift', color: 'yellow' },
  { status: 'manual_review', color: 'orange' },
  { status: 'missing_db_record', color: 'red' },
  { status: 'missing_files', color: 'grape' },
]

interface ResultPanelProps {
  readonly run: Run
  readonly report: ReconciliationReport
}

/** How the last check ended, in a sentence and a bar, and what comes next. */
export function ResultPanel({ run, report }: ResultPanelProps): ReactNode {
  const now = useNow()
  const [isPreviewed, setPreviewed] = useState(false)
  const { summary } = report
  const rows = report.users.flatMap((user) =>
    user.findings
      .filter((finding) => isFixable(user, finding, report.threshold_percent))
      .map((finding) => ({ user, finding })),
  )
  useShortcut('f', () => setPreviewed(true), words.preview, { enabled: rows.length > 0 })
  const isGood = run.status === 'done' && summary.ok + summary.corrected === summary.total_users
  return (
    <Panel
      title={words.last}
      unit={words.when(report.finished_at ?? report.started_at, run.started_by, now)}
      actions={<Downloads report={report} />}
    >
      <Stack gap="sm">
        {run.status !== 'done' && (
          <Notice icon={<IconAlertTriangle size={28} />} title={words.failed}>
            {run.error?.detail}
          </Notice>
        )}
        {isGood && report.unreadable.length === 0 && (
          <Notice icon={<IconCircleCheck size={28} />} title={words.allGood} kind="good" />
        )}
        <Text fw={600}>{resultSentence(report)}.</Text>
        <Progress.Root size="xl" aria-label={words.bar} role="img">
          {PARTS.map(({ status, color }) => (
            <Progress.Section
              key={status}
              value={summary.total_users === 0 ? 0 : (100 * summary[status]) / summary.total_users}
              color={color}
              withAria={false}
            />
          ))}
        </Progress.Root>
        <Group gap="lg" className="tabular">
          {PARTS.filter(({ status }) => summary[status] > 0).map(({ status }) => (
            <Text key={status} size="sm">
              {words.parts[status]}: {formatCount(summary[status])}
            </Text>
          ))}
          <Text size="sm" c="dimmed">
            {words.files(summary.files_read, summary.files_unchanged)}
          </Text>
        </Group>
        {run.safety_copy_id !== null && (
          <Text size="sm" c="dimmed" className="path">
            {words.copyNote(run.safety_copy_id)}
          </Text>
        )}
        {rows.length > 0 && (
          <Group>
            <Button onClick={() => setPreviewed(true)}>{words.preview}</Button>
          </Group>
        )}
      </Stack>
      {isPreviewed && (
        <FixDialog
          rows={rows}
          thresholdPercent={report.threshold_percent}
          period={report.period}
          onClose={() => setPreviewed(false)}
        />
      )}
    </Panel>
  )
}

const FORMATS = ['text', 'csv', 'markdown', 'json'] as const

function Downloads({ report }: { readonly report: ReconciliationReport }): ReactNode {
  const save = (format: (typeof FORMATS)[number]): void => {
    const rendered =
      format === 'json'
        ? {
            file_name: renderReport(report, 'text').file_name.replace(/txt$/, 'json'),
            media_type: 'application/json',
            content: JSON.stringify(report, null, 2),
          }
        : renderReport(report, format)
    downloadText(rendered.file_name, rendered.content, rendered.media_type)
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />}>
          {words.reports}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => save(format)}>
            {words.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
