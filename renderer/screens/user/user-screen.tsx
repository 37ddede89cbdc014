import { ActionIcon, Button, Group, Stack, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconUserSearch } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { ScreenControls } from '../../app/screen-controls.tsx'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Notice } from '../../components/notice.tsx'
import { userText } from '../../text/user.ts'
import { UserContent } from './user-content.tsx'

const route = getRouteApi('/user')

/** Users that `[` and `]` go through; more than that nobody steps through one by one. */
const STEPPED_MAX = 1000

/** A user on a page of its own. */
export function UserScreen(): ReactNode {
  const navigate = useNavigate()
  const { id } = route.useSearch()
  if (id === undefined) {
    return (
      <Notice
        isFramed
        icon={<IconUserSearch size={36} />}
        title={userText.none}
        actions={
          <Button size="xs" onClick={() => void navigate({ to: '/users' })}>
            {userText.toUsers}
          </Button>
        }
      >
        {userText.noneWhy}
      </Notice>
    )
  }
  return (
    <Stack gap="md">
      <Steps id={id} />
      <UserContent key={id} userId={id} onGone={() => void navigate({ to: '/users' })} />
    </Stack>
  )
}

function Steps({ id }: { readonly id: string }): ReactNode {
  const navigate = useNavigate()
  const users = useWeirQuery('users.list', { limit: STEPPED_MAX }, { refresh: false })
  const ids = (users.data?.users ?? []).map((user) => user.id)
  const onUser = (to: string): void => void navigate({ to: '/user', search: { id: to }, replace: true })
  return (
    <ScreenControls>
      <UserSteps id={id} ids={ids} onUser={onUser} />
    </ScreenControls>
  )
}

/** What `UserSteps` takes. */
export interface UserStepsProps {
  readonly id: string
  /** The users in the order they are stepped through. */
  readonly ids: readonly string[]
  readonly onUser: (id: string) => void
}

/** To the user before and after this one, by click or with `[` and `]`. */
export function UserSteps({ id, ids, onUser }: UserStepsProps): ReactNode {
  const at = ids.indexOf(id)
  const previous = at > 0 ? ids[at - 1] : undefined
  const next = at < 0 ? undefined : ids[at + 1]
  const go = (to: string | undefined) => () => {
    if (to !== undefined) onUser(to)
  }
  useShortcut('[', go(previous), userText.previous, { inDialogs: true })
  useShortcut(']', go(next), userText.next, { inDialogs: true })
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={`${userText.previous} ( [ )`}>
        <ActionIcon
          variant="default"
          aria-label={userText.previous}
          onClick={go(previous)}
          disabled={previous === undefined}
        >
          <IconChevronLeft size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${userText.next} ( ] )`}>
        <ActionIcon
          variant="default"
          aria-label={userText.next}
          onClick={go(next)}
          disabled={next === undefined}
        >
          <IconChevronRight size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
