import { ActionIcon, Menu } from '@mantine/core'
import {
  IconBan,
  IconChartAreaLine,
  IconCircleCheck,
  IconDots,
  IconKey,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { showUndo } from '../../app/undo.tsx'
import { accessText } from '../../text/access.ts'
import type { UserRow } from './use-user-list.ts'

const text = accessText.users

/** What one can do with a user. */
export interface UserActs {
  readonly onEdit: (user: UserRow) => void
  readonly onConsumption: (user: UserRow) => void
  readonly onToken: (user: UserRow) => void
  readonly onActive: (user: UserRow, isActive: boolean) => void
  readonly onDelete: (user: UserRow) => void
}

/** Lets a user in or out at once, with the way back. */
export function useSetActive(): (user: UserRow, isActive: boolean) => void {
  const update = useWeirMutation('users.update')
  const set = ({ id }: UserRow, is_active: boolean, onSuccess: () => void): void =>
    update.mutate({ id, is_active }, { onSuccess, onError: showProblem })
  return (user, isActive) => {
    const said = (active: boolean): string =>
      active ? text.activated(user.username) : text.deactivated(user.username)
    set(user, isActive, () =>
      showUndo(said(isActive), () => set(user, !isActive, () => showDone(said(!isActive)))),
    )
  }
}

/** The menu of a row. */
export function UserActions({
  user,
  isDeleted,
  ...acts
}: UserActs & { readonly user: UserRow; readonly isDeleted: boolean }): ReactNode {
  const { is_active: isActive, username } = user
  return (
    // A click here is no click on the row, which would open the form.
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps the clicks of the buttons inside
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys do not reach the row from a button
    <span onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={text.more(username)}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isDeleted ? (
            <Menu.Item
              leftSection={<IconCircleCheck size={15} aria-hidden />}
              onClick={() => acts.onActive(user, true)}
            >
              {text.restore}
            </Menu.Item>
          ) : (
            <>
              <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => acts.onEdit(user)}>
                {text.edit}
              </Menu.Item>
              <Menu.Item
                leftSection={
                  isActive ? <IconBan size={15} aria-hidden /> : <IconCircleCheck size={15} aria-hidden />
                }
                onClick={() => acts.onActive(user, !isActive)}
              >
                {isActive ? text.deactivate : text.activate}
              </Menu.Item>
              <Menu.Item leftSection={<IconKey size={15} aria-hidden />} onClick={() => acts.onToken(user)}>
                {text.newToken}
              </Menu.Item>
            </>
          )}
          <Menu.Item
            leftSection={<IconChartAreaLine size={15} aria-hidden />}
            onClick={() => acts.onConsumption(user)}
          >
            {text.consumption}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => acts.onDelete(user)}
          >
            {text.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  )
}
