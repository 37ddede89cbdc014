import {
  ActionIcon,
  Badge,
  Button,
  Group,
  ScrollArea,
  Skeleton,
  Stack,
  Text,
  Tooltip,
  UnstyledButton,
} from '@mantine/core'
import { IconBell, IconBellOff } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { Notice } from '../components/notice.tsx'
import { PlainText } from '../components/plain-text.tsx'
import { QueryStates } from '../components/query-states.tsx'
import { useSettledQuery } from '../components/settled-query.ts'
import { useNow } from '../components/use-now.ts'
import { alertsText } from '../text/alerts.ts'
import { showDone, showProblem } from './notify.ts'
import { useWeirMutation, useWeirQuery } from './queries.ts'

type Alert = OperationOutput<'alerts.list'>['alerts'][number]

/** What came last; a hundred would not be read here. */
const SHOWN_MAX = 30

const COLOURS = { info: 'gray', warning: 'yellow', critical: 'red' } as const

/** The newest alerts, each with the way to what it is about. Opening one marks it as read. */
export function AlertsList({ onLeave }: { readonly onLeave: () => void }): ReactNode {
  const list = useSettledQuery(useWeirQuery('alerts.list', { limit: SHOWN_MAX }))
  const acknowledge = useWeirMutation('alerts.acknowledge')
  const router = useRouter()
  const open = (alert: Alert): void => {
    if (alert.acknowledged_at === null) acknowledge.mutate({ ids: [alert.id] }, { onError: showProblem })
    router.history.push(alert.link)
    onLeave()
  }
  const readAll = (upToId: number): void =>
    acknowledge.mutate(
      { up_to_id: upToId },
      { onSuccess: () => showDone(alertsText.allRead), onError: showProblem },
    )
  return (
    <QueryStates query={list} skeleton={<Skeleton height={160} />}>
      {({ alerts, unread_count }) =>
        alerts.length === 0 ? (
          <Notice kind="good" icon={<IconBell size={32} />} title={alertsText.none}>
            {alertsText.noneWhy}
          </Notice>
        ) : (
          <Stack gap="xs">
            <Group justify="space-between">
              <Text fw={700}>{alertsText.title}</Text>
              <Button
                size="compact-sm"
                variant="subtle"
                disabled={unread_count === 0}
                onClick={() => readAll(alerts[0]?.id ?? 0)}
              >
                {alertsText.readAll}
              </Button>
            </Group>
            <ScrollArea.Autosize mah="min(60vh, 480px)" offsetScrollbars>
              <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
                {alerts.map((alert) => (
                  <AlertRow key={alert.id} alert={alert} onOpen={() => open(alert)} />
                ))}
              </Stack>
            </ScrollArea.Autosize>
          </Stack>
        )
      }
    </QueryStates>
  )
}

function AlertRow({ alert, onOpen }: { readonly alert: Alert; readonly onOpen: () => void }): ReactNode {
  const now = useNow()
  const isUnread = alert.acknowledged_at === null && !alert.is_muted
  return (
    <li>
      <Group gap={6} wrap="nowrap" align="flex-start" py={6}>
        <UnstyledButton onClick={onOpen} flex={1} miw={0}>
          <Text size="sm" fw={isUnread ? 700 : 400} component="span" display="block">
            <PlainText text={alert.title} lines={2} />
          </Text>
          <Text size="xs" c="dimmed" component="span" display="block">
            <PlainText text={alert.detail} lines={2} />
          </Text>
          <Outlook alert={alert} />
          <Group gap={6} mt={3} component="span">
            <Badge
              size="sm"
              variant="light"
              color={COLOURS[alert.severity]}
              tt="none"
              component="span"
              c="inherit"
            >
              {alertsText.severity[alert.severity]}
            </Badge>
            <Text size="xs" c="dimmed" component="span">
              {alertsText.ago(alert.raised_at, now)}
              {isUnread ? ` · ${alertsText.unread}` : ''}
            </Text>
          </Group>
        </UnstyledButton>
        <MuteButton alert={alert} />
      </Group>
    </li>
  )
}

function Outlook({ alert }: { readonly alert: Alert }): ReactNode {
  const said =
    alert.reaches_at !== null
      ? alertsText.reaches(alert.reaches_at)
      : alert.outlook === 'not_before_reset'
        ? alertsText.notBefore
        : null
  if (said === null) return null
  return (
    <Text size="xs" component="span" display="block">
      {said}
    </Text>
  )
}

function MuteButton({ alert }: { readonly alert: Alert }): ReactNode {
  const mute = useWeirMutation('alerts.mute')
  const kind = alertsText.kinds[alert.kind]
  const label = alert.is_muted ? alertsText.unmute(kind) : alertsText.mute(kind)
  const Icon = alert.is_muted ? IconBell : IconBellOff
  const toggle = (): void =>
    mute.mutate(
      { kind: alert.kind, muted: !alert.is_muted },
      {
        onSuccess: () => showDone(alert.is_muted ? alertsText.heard(kind) : alertsText.muted(kind)),
        onError: showProblem,
      },
    )
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={toggle}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
}
