import { Button, CopyButton, Group } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconCopy, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatAgo } from '../format.ts'
import { componentsText } from '../text/components.ts'
import styles from './panel.module.css'
import type { Failure } from './settled-query.ts'
import { useNow } from './use-now.ts'

/** What `FailureNotice` takes. */
export interface FailureNoticeProps {
  readonly failure: Failure
  /** Epoch milliseconds of the figures still on screen; 0 when there are none. */
  readonly dataAt: number
  readonly isRetrying: boolean
  readonly onRetry: () => void
}

/** Says that something could not be loaded: what, since when, how old what is shown is, and what can be done. */
export function FailureNotice({ failure, dataAt, isRetrying, onRetry }: FailureNoticeProps): ReactNode {
  const now = useNow()
  const text = componentsText.panel
  return (
    <div role="alert" className={styles.failure}>
      <IconAlertCircle size={20} aria-hidden className={styles.failureIcon} />
      <div className={styles.failureText}>
        <strong>{failure.problem.title || text.failedTitle}</strong>
        <p>
          {failure.problem.detail} {text.failedSince(clockTime(failure.since))}
          {dataAt > 0 ? ` ${text.failedStale(formatAgo(dataAt, now))}` : ''}
        </p>
      </div>
      <Group gap="xs" wrap="nowrap">
        <Button
          size="xs"
          variant="default"
          loading={isRetrying}
          leftSection={<IconRefresh size={14} aria-hidden />}
          onClick={onRetry}
        >
          {text.retry}
        </Button>
        <CopyDetails details={failureDetails(failure)} />
      </Group>
    </div>
  )
}

/** Copies a text for a report. */
export function CopyDetails({ details }: { readonly details: string }): ReactNode {
  return (
    <CopyButton value={details}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          onClick={copy}
        >
          {copied ? componentsText.panel.copied : componentsText.panel.copyDetails}
        </Button>
      )}
    </CopyButton>
  )
}

/** The time of day on this machine: the operator compares it with their own clock, not with the billing zone. */
function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString([], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
}

function failureDetails({ problem, since }: Failure): string {
  return JSON.stringify({ since: new Date(since).toISOString(), ...problem }, null, 2)
}
