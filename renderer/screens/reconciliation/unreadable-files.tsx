import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ReconciliationReport } from '../../../shared/contract/reconciliation.ts'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { text } from '../../text.ts'

/** A list nobody reads to its end only makes the page long; the report has all. */
const SHOWN_MAX = 50

/** Files that were left out, each with its reason: never skipped in silence. */
export function UnreadableFiles({
  files,
}: {
  readonly files: ReconciliationReport['unreadable']
}): ReactNode {
  if (files.length === 0) return null
  return (
    <Panel title={text.reconciliation.unreadable} unit={String(files.length)}>
      <Stack gap={6}>
        <Text size="sm" c="dimmed">
          {text.reconciliation.unreadableHint}
        </Text>
        {files.slice(0, SHOWN_MAX).map((file) => (
          <div key={file.path}>
            <Text size="sm" className="path" component="div">
              <PlainText text={file.path} />
            </Text>
            <Text size="sm" c="dimmed">
              {file.reason}
            </Text>
          </div>
        ))}
        {files.length > SHOWN_MAX && (
          <Text size="sm">{text.reconciliation.more(files.length - SHOWN_MAX)}</Text>
        )}
      </Stack>
    </Panel>
  )
}
