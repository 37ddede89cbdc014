import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { formatUntil } from '../../format.ts'
import { text } from '../../text.ts'
import { PauseDialog } from '../enforcement/pause-dialog.tsx'
import styles from './backups.module.css'
import { FilesStep } from './files-step.tsx'
import { RestoreStep } from './restore-step.tsx'
import { RollbackStep, StepFailure } from './rollback-step.tsx'

const words = text.rollback

/** A counter that is to prove something has to move while one looks. */
const PROOF_MS = 2_000

/** The plan for going back, as steps with their present state; none is taken by looking. */
export function RollbackPlan(): ReactNode {
  return (
    <Stack gap="md">
      <Text c="dimmed" maw="46rem">
        {words.intro}
      </Text>
      <ol className={styles.steps}>
        <EnforcementStep />
        <FilesStep number={2} />
        <CollectionStep />
        <RestoreStep />
      </ol>
    </Stack>
  )
}

const TONES = { on: 'good', observe: 'warning', off: 'bad' } as const

function EnforcementStep(): ReactNode {
  const now = useNow()
  const [isAsking, setAsking] = useState(false)
  const query = useSettledQuery(useWeirQuery('enforcement.get', {}))
  const set = useWeirMutation('enforcement.set')
  const state = query.data?.in_force
  const back = (): void =>
    set.mutate(
      { mode: 'on' },
      { onSuccess: () => showDone(words.enforcement.backDone), onError: showProblem },
    )
  return (
    <RollbackStep
      number={1}
      title={words.enforcement.title}
      why={words.enforcement.why}
      state={state === undefined ? null : { word: words.enforcement[state.mode], tone: TONES[state.mode] }}
      actions={
        <>
          {state !== undefined && state.mode !== 'on' && (
            <Button onClick={back} loading={set.isPending}>
              {words.enforcement.back}
            </Button>
          )}
          {state !== undefined && state.mode !== 'off' && (
            <Button variant="default" onClick={() => setAsking(true)}>
              {words.enforcement.go}
            </Button>
          )}
          <Anchor size="sm" renderRoot={(props) => <Link to="/enforcement" {...props} />}>
            {words.enforcement.more}
          </Anchor>
        </>
      }
    >
      <StepFailure query={query} />
      {state !== undefined && state.mode !== 'on' && (
        <div>
          {state.reason !== null && <PlainText text={words.enforcement.reason(state.reason)} lines={2} />}
          <Text size="sm">
            {state.until === null
              ? words.enforcement.forever
              : words.enforcement.until(words.at(state.until), formatUntil(Date.parse(state.until), now))}
          </Text>
        </div>
      )}
      <PauseDialog mode={isAsking ? 'off' : null} onClose={() => setAsking(false)} />
    </RollbackStep>
  )
}

function CollectionStep(): ReactNode {
  const now = useNow()
  const status = useSettledQuery(useWeirQuery('status.get', {}, { refresh: PROOF_MS }))
  const newest = useWeirQuery(
    'sessions.list',
    { sort: 'last_used_at', order: 'desc', limit: 1 },
    { refresh: PROOF_MS },
  ).data?.sessions[0]?.last_used_at
  const [atFirst, setAtFirst] = useState<number | null>(null)
  const turns = status.data?.turns
  // The figure of the first answer is what later ones are compared with.
  if (atFirst === null && turns !== undefined) setAtFirst(turns)
  const more = turns === undefined || atFirst === null ? 0 : Math.max(0, turns - atFirst)
  const state =
    turns === undefined
      ? null
      : more > 0
        ? ({ word: words.collection.growing, tone: 'good' } as const)
        : ({ word: words.collection.waiting, tone: 'none' } as const)
  return (
    <RollbackStep
      number={3}
      title={words.collection.title}
      why={words.collection.why}
      state={state}
      actions={
        <Anchor size="sm" renderRoot={(props) => <Link to="/sessions" {...props} />}>
          {words.collection.more}
        </Anchor>
      }
    >
      <StepFailure query={status} />
      {turns !== undefined && (
        <Group gap="md" align="baseline">
          <Text size="xl" fw={600} className="tabular">
            {words.count(turns)}
          </Text>
          <Text size="sm">
            {words.collection.total(turns)}{' '}
            {turns === 0 ? words.collection.none : words.collection.since(more)}{' '}
            {newest != null && turns > 0 ? words.collection.newest(newest, now) : ''}
          </Text>
        </Group>
      )}
    </RollbackStep>
  )
}
