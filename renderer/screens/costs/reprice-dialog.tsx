import { Alert, Button, Group, Modal, Skeleton, Stack, Tabs, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconEqual } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { Notice } from '../../components/notice.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { formatMoneyExact } from '../../format.ts'
import { appText } from '../../text/app.ts'
import { repriceText as text } from '../../text/reprice.ts'
import { ClosedMonths, ModelChanges, UserChanges } from './reprice-tables.tsx'
import type { RepricePlan, RepriceRun } from './use-reprice.ts'

/** What `RepriceDialog` takes. */
export interface RepriceDialogProps {
  readonly scope: RepriceRun['scope']
  readonly onClose: () => void
  /** Also called with the run that was going on already. */
  readonly onStarted: (runId: string) => void
}

/** Totals before and after, row by row, and the confirmation (UX 4.0, level 2): the month has to be typed. */
export function RepriceDialog({ scope, onClose, onStarted }: RepriceDialogProps): ReactNode {
  // Asked once: what is confirmed must be what was read.
  const plan = useSettledQuery(
    useWeirQuery('prices.repricePlan', { scope }, { refresh: false, keepPrevious: false }),
    scope,
  )
  const period = plan.data?.period
  return (
    <Modal
      opened
      centered
      size="64rem"
      onClose={onClose}
      title={period === undefined ? text.loadingTitle : text.dialogTitle(period)}
    >
      <QueryStates query={plan} skeleton={<Skeleton height={280} />}>
        {(data) => <Plan key={scope} plan={data} onClose={onClose} onStarted={onStarted} />}
      </QueryStates>
    </Modal>
  )
}

interface PlanProps extends Pick<RepriceDialogProps, 'onClose' | 'onStarted'> {
  readonly plan: RepricePlan
}

function Plan({ plan, onClose, onStarted }: PlanProps): ReactNode {
  const { open } = plan
  const isNothing = open.changed_turns === 0
  return (
    <Stack gap="md">
      {isNothing ? (
        <Notice kind="good" icon={<IconEqual size={32} />} title={text.nothing}>
          {text.nothingWhy(plan.period, open.turns)}
        </Notice>
      ) : (
        <Summary plan={plan} />
      )}
      {(!isNothing || plan.closed.length > 0) && <Changes plan={plan} />}
      <Confirm plan={plan} onClose={onClose} onStarted={onStarted} />
    </Stack>
  )
}

function Summary({ plan: { open, users_over_budget } }: Pick<PlanProps, 'plan'>): ReactNode {
  return (
    <Stack gap={4}>
      <Text title={`${formatMoneyExact(open.before_usd)} → ${formatMoneyExact(open.after_usd)}`}>
        {text.summary(open.changed_turns, open.before_usd, open.after_usd)}
      </Text>
      <Text fw={600} className="tabular">
        {text.change(open.change_usd)}
      </Text>
      {open.reported_turns > 0 && (
        <Text size="sm" c="dimmed">
          {text.reported(open.reported_turns)}
        </Text>
      )}
      {users_over_budget > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} p="xs">
          {text.overBudget(users_over_budget)}
        </Alert>
      )}
    </Stack>
  )
}

function Changes({ plan }: Pick<PlanProps, 'plan'>): ReactNode {
  return (
    <Tabs defaultValue={plan.models.length > 0 ? 'models' : 'closed'}>
      <Tabs.List aria-label={text.tab}>
        {(['models', 'users', 'closed'] as const).map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {text.tabs[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="models" pt="xs">
        <ModelChanges plan={plan} />
      </Tabs.Panel>
      <Tabs.Panel value="users" pt="xs">
        <UserChanges plan={plan} />
      </Tabs.Panel>
      <Tabs.Panel value="closed" pt="xs">
        <ClosedMonths plan={plan} />
      </Tabs.Panel>
    </Tabs>
  )
}

function Confirm({ plan, onClose, onStarted }: PlanProps): ReactNode {
  const [typed, setTyped] = useState('')
  const start = useWeirMutation('prices.reprice')
  const { open, scope, period, running } = plan
  const isPossible = open.changed_turns > 0 && running === null
  const go = (): void => {
    if (typed !== period) return
    start.mutate(
      { scope, change_usd: open.change_usd },
      { onSuccess: (run) => onStarted(run.run_id), onError: showProblem },
    )
  }
  return (
    <>
      {isPossible && (
        <>
          <Text size="sm">{text.backupFirst}</Text>
          <TextInput
            label={text.typeLabel(period)}
            description={text.typeHint}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && go()}
            autoComplete="off"
            spellCheck={false}
            maw="20rem"
          />
        </>
      )}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          {appText.cancel}
        </Button>
        {running !== null && (
          <Button onClick={() => onStarted(running.run_id)}>{text.phases[running.phase]}</Button>
        )}
        {isPossible && (
          <Button color="red" disabled={typed !== period} loading={start.isPending} onClick={go}>
            {text.action(open.changed_turns)}
          </Button>
        )}
      </Group>
    </>
  )
}
