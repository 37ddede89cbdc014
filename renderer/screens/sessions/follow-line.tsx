import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconPlayerPause } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { StateWord } from '../../components/state-word.tsx'
import { useNow } from '../../components/use-now.ts'
import { ago } from '../../text/figures.ts'
import { sessionsText } from '../../text/sessions.ts'

type Followed = OperationOutput<'sessionFiles.get'>

const text = sessionsText.follow

/** A list nobody reads to its end only makes the page long. */
const SHOWN_MAX = 50

/** Whether the session files are read in, up to when, and what is wrong with them. Nothing where there are none to read. */
export function FollowLine(): ReactNode {
  const query = useWeirQuery('sessionFiles.get', {})
  const state = query.data
  if (state === undefined || ['no_folder', 'not_set_up', 'not_started'].includes(state.state)) return null
  return <Line state={state} />
}

function Line({ state }: { readonly state: Followed }): ReactNode {
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  const now = useNow()
  const catchUp = useWeirMutation('sessionFiles.catchUp')
  const read = (): void =>
    catchUp.mutate(
      {},
      {
        onSuccess: ({ last_pass }) =>
          showDone(text.done(last_pass?.files_read ?? 0, last_pass?.turns_written ?? 0)),
      },
    )
  return (
    <Stack gap={6} component="section" aria-label={text.label}>
      <Group gap="sm">
        <State state={state} />
        <Text size="sm" c="dimmed">
          {sentence(state, now)}
        </Text>
        {state.problem_count > 0 && (
          <Anchor
            component="button"
            type="button"
            size="sm"
            aria-expanded={isOpen}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? text.hideProblems : text.showProblems(state.problem_count)}
          </Anchor>
        )}
        {state.state === 'off' ? (
          <Button size="compact-sm" variant="default" onClick={() => void navigate({ to: '/settings' })}>
            {text.toSettings}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" loading={catchUp.isPending} onClick={read}>
            {text.readNow}
          </Button>
        )}
      </Group>
      {catchUp.error !== null && (
        <Text size="sm" role="alert">
          {`${catchUp.error.title}. ${catchUp.error.detail}`}
        </Text>
      )}
      {isOpen && state.problem_count > 0 && (
        <Problems state={state} onCompare={() => void navigate({ to: '/reconciliation' })} />
      )}
    </Stack>
  )
}

function State({ state }: { readonly state: Followed }): ReactNode {
  if (state.state === 'off')
    return (
      <StateWord tone="none" icon={<IconPlayerPause size={16} aria-hidden />}>
        {text.off}
      </StateWord>
    )
  if (state.state === 'failing')
    return (
      <StateWord tone="bad" icon={<IconAlertTriangle size={16} aria-hidden />}>
        {text.failing}
      </StateWord>
    )
  return state.problem_count > 0 ? (
    <StateWord tone="warning" icon={<IconAlertTriangle size={16} aria-hidden />}>
      {text.withProblems}
    </StateWord>
  ) : (
    <StateWord tone="good" icon={<IconCircleCheck size={16} aria-hidden />}>
      {text.following}
    </StateWord>
  )
}

function sentence(state: Followed, now: number): string {
  if (state.state === 'off') return text.offWhy
  if (state.state === 'failing') return state.last_error?.detail ?? ''
  if (state.is_reading && state.last_pass === null) return text.reading
  const at = state.caught_up_at === null ? text.notYet : text.caughtUp(ago(state.caught_up_at, now))
  return state.files_waiting > 0 ? `${at} ${text.waiting(state.files_waiting)}` : at
}

function Problems({
  state,
  onCompare,
}: {
  readonly state: Followed
  readonly onCompare: () => void
}): ReactNode {
  return (
    <Stack gap={6}>
      <Text size="sm" c="dimmed">
        {text.problemsHint}{' '}
        <Anchor component="button" type="button" size="sm" onClick={onCompare}>
          {text.compare}
        </Anchor>
      </Text>
      {state.problems.slice(0, SHOWN_MAX).map((file) => (
        <div key={file.path}>
          <Text size="sm" className="path" component="div">
            <PlainText text={file.path} />
          </Text>
          <Text size="sm" c="dimmed">
            {file.reason}
          </Text>
        </div>
      ))}
      {state.problem_count > SHOWN_MAX && <Text size="sm">{text.more(state.problem_count - SHOWN_MAX)}</Text>}
    </Stack>
  )
}
