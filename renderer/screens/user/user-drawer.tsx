import { Anchor, Drawer, Group } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { userText } from '../../text/user.ts'
import { UserContent } from './user-content.tsx'
import { UserSteps } from './user-screen.tsx'

/** What `UserDrawer` takes. */
export interface UserDrawerProps {
  /** The user to show; undefined closes it. */
  readonly userId: string | undefined
  /** The users of the table behind it, in its order. */
  readonly ids: readonly string[]
  readonly onUser: (id: string | undefined) => void
}

/** A user over the table they were opened from. */
export function UserDrawer({ userId, ids, onUser }: UserDrawerProps): ReactNode {
  const navigate = useNavigate()
  return (
    <Drawer
      opened={userId !== undefined}
      onClose={() => onUser(undefined)}
      position="right"
      size="min(880px, 100%)"
      closeButtonProps={{ 'aria-label': userText.close }}
      title={
        <Group gap="md">
          {userText.title}
          {userId === undefined ? null : (
            <>
              <UserSteps id={userId} ids={ids} onUser={onUser} />
              <Anchor
                component="button"
                type="button"
                size="sm"
                onClick={() => void navigate({ to: '/user', search: { id: userId } })}
              >
                {userText.openPage}
              </Anchor>
            </>
          )}
        </Group>
      }
    >
      {userId === undefined ? null : (
        <UserContent key={userId} userId={userId} onGone={() => onUser(undefined)} />
      )}
    </Drawer>
  )
}
