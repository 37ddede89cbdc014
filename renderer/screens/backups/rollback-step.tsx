import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { FailureNotice } from '../../components/failure-notice.tsx'
import panel from '../../components/panel.module.css'
import type { SettledQuery } from '../../components/settled-query.ts'
import { StateWord, type StateWordProps } from '../../components/state-word.tsx'
import { text } from '../../text.ts'

/** Says that how things stand could not be asked; what was known last stays on screen. */
export function StepFailure({ query }: { readonly query: SettledQuery<unknown> }): ReactNode {
  if (query.failure === null) return null
  return (
    <FailureNotice
      failure={query.failure}
      dataAt={query.dataAt}
      isRetrying={query.isRefreshing}
      onRetry={query.retry}
    />
  )
}

export interface RollbackStepProps {
  readonly number: number
  readonly title: string
  readonly why: string
  /** How things stand now; null while that is not known. */
  readonly state: { readonly word: string; readonly tone: StateWordProps['tone'] } | null
  /** What else is to be said of it. */
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

/** A step of the plan: what it is for, how things stand, and the buttons there and back. */
export function RollbackStep(props: RollbackStepProps): ReactNode {
  const heading = useId()
  return (
    <li>
      <section className={panel.panel} aria-labelledby={heading}>
        <Stack gap="sm">
          <Group justify="space-between" align="flex-start" gap="sm">
            <div>
              <Text size="xs" c="dimmed">
                {text.rollback.step(props.number)}
              </Text>
              <Title order={2} size="h4" id={heading}>
                {props.title}
              </Title>
            </div>
            <div aria-live="polite">
              {props.state === null ? null : (
                <StateWord tone={props.state.tone}>{props.state.word}</StateWord>
              )}
            </div>
          </Group>
          <Text c="dimmed" maw="46rem">
            {props.why}
          </Text>
          {props.children}
          {props.actions === undefined ? null : <Group gap="sm">{props.actions}</Group>}
        </Stack>
      </section>
    </li>
  )
}
