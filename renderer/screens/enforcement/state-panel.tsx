import { Button, Group, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { IconEye, IconPlayerPause, IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { formatUntil } from '../../format.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'
import styles from './enforcement.module.css'
import { PauseDialog } from './pause-dialog.tsx'

type State = OperationOutput<'enforcement.get'>

const text = enforcementScreenText.state
const ICONS = { on: IconShieldCheck, observe: IconEye, off: IconShieldOff } as const

/** The master switch: what holds, since when, why and until when, and what happens without an answer. */
export function StatePanel(): ReactNode {
  const query = useSettledQuery(useWeirQuery('enforcement.get', {}))
  return (
    <QueryPanel title={text.title} query={query} skeleton={<Skeleton height={190} />}>
      {(state) => (
        <Stack gap="md">
          <Master state={state} />
          <WhenUnavailable state={state} />
        </Stack>
      )}
    </QueryPanel>
  )
}

function Master({ state }: { readonly state: State }): ReactNode {
  const now = useNow()
  const [asking, setAsking] = useState<'off' | 'observe' | null>(null)
  const set = useWeirMutation('enforcement.set')
  const { mode, reason, since, until } = state.in_force
  const Icon = ICONS[mode]
  const resume = (): void =>
    set.mutate({ mode: 'on' }, { onSuccess: () => showDone(text.resumed), onError: showProblem })
  return (
    <>
      <div className={styles.state} data-mode={mode}>
        <Icon size={34} aria-hidden className={styles.stateIcon} />
        <div className={styles.stateText}>
          <p className={styles.stateWord}>{text[mode]}</p>
          <p>{text.means[mode]}</p>
          {reason === null ? null : <PlainText text={text.reason(reason)} lines={2} />}
          <p className={styles.dimmed}>
            {since === null ? text.sinceStart : text.since(since)}{' '}
            {mode === 'on'
              ? ''
              : until === null
                ? text.forever
                : text.until(until, formatUntil(Date.parse(until), now))}
          </p>
        </div>
      </div>
      <Group gap="sm">
        {mode === 'on' ? null : (
          <Button onClick={resume} loading={set.isPending}>
            {text.resume}
          </Button>
        )}
        {mode === 'off' ? null : (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={16} aria-hidden />}
            onClick={() => setAsking('off')}
          >
            {text.pause}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconEye size={16} aria-hidden />}
          onClick={() => setAsking('observe')}
        >
          {mode === 'observe' ? text.extend : text.observeNow}
        </Button>
      </Group>
      <PauseDialog mode={asking} onClose={() => setAsking(null)} />
    </>
  )
}

function WhenUnavailable({ state }: { readonly state: State }): ReactNode {
  const words = enforcementScreenText.unavailable
  const set = useWeirMutation('enforcement.set')
  const choose = (whenUnavailable: State['when_unavailable']): void => {
    const { mode, reason, until } = state.in_force
    set.mutate(
      { mode, reason, until, when_unavailable: whenUnavailable },
      {
        onSuccess: () => showDone(whenUnavailable === 'open' ? words.doneOpen : words.doneClosed),
        onError: showProblem,
      },
    )
  }
  return (
    <div>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {words.title}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={words.title}
          value={state.when_unavailable}
          onChange={choose}
          disabled={set.isPending}
          data={[
            { value: 'open', label: words.open },
            { value: 'closed', label: words.closed },
          ]}
        />
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        {words.hint}
      </Text>
    </div>
  )
}
