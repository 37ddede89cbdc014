import { ActionIcon, Badge, Button, Group, Modal, NativeSelect, Tooltip } from '@mantine/core'
import {
  IconBan,
  IconChartAreaLine,
  IconCopy,
  IconTrash,
  IconTrendingUp,
  IconUserCheck,
} from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { copyText } from '../../app/copy.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { showUndo } from '../../app/undo.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useNow } from '../../components/use-now.ts'
import { clipText } from '../../format.ts'
import { userText } from '../../text/user.ts'
import { DeleteUser } from '../access/delete-user.tsx'
import { GrantForm } from './grant-form.tsx'
import { ReportMenu } from './report-menu.tsx'
import styles from './user.module.css'

type Summary = OperationOutput<'consumption.summary'>

/** A longer name would make a note of several lines. */
const NAME_MAX = 60

/** What `UserHead` takes. */
export interface UserHeadProps {
  readonly summary: Summary
  /** The user was deleted. */
  readonly onGone: () => void
}

/** Who it is, and what can be done about them. */
export function UserHead({ summary, onGone }: UserHeadProps): ReactNode {
  const now = useNow()
  const text = userText.head
  return (
    <header className={styles.head}>
      <div className={styles.names}>
        <h2 className={styles.name}>
          <PlainText text={summary.username} lines={2} />
        </h2>
        <Group gap={6} wrap="nowrap" className={styles.dimmed}>
          <span className={styles.id}>{summary.user_id}</span>
          <Tooltip label={text.id}>
            <ActionIcon
              size="sm"
              variant="subtle"
              aria-label={text.id}
              onClick={() => void copyText(summary.user_id, text.idName)}
            >
              <IconCopy size={14} aria-hidden />
            </ActionIcon>
          </Tooltip>
          {summary.email === null ? null : <PlainText text={summary.email} />}
        </Group>
        <Group gap="sm" className={styles.dimmed}>
          {summary.is_active ? null : (
            <Badge variant="outline" color="red" tt="none" className={styles.badge}>
              {text.inactive}
            </Badge>
          )}
          {summary.is_admin ? (
            <Badge variant="outline" color="gray" tt="none" className={styles.badge}>
              {text.admin}
            </Badge>
          ) : null}
          <span>{text.lastUse(summary.last_usage_at, now)}</span>
        </Group>
      </div>
      <Actions summary={summary} onGone={onGone} />
    </header>
  )
}

function Actions({ summary, onGone }: UserHeadProps): ReactNode {
  const navigate = useNavigate()
  const [isDeleting, setDeleting] = useState(false)
  return (
    <Group gap="sm" align="flex-end">
      <ProfileSelect summary={summary} />
      <RaiseButton summary={summary} />
      <BlockButton summary={summary} />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconChartAreaLine size={15} aria-hidden />}
        onClick={() => void navigate({ to: '/dashboard', search: { user: summary.user_id } })}
      >
        {userText.dashboard}
      </Button>
      <ReportMenu summary={summary} />
      {/* At the end, apart from what can be taken back. */}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTrash size={15} aria-hidden />}
        onClick={() => setDeleting(true)}
      >
        {userText.actions.delete}
      </Button>
      {isDeleting && (
        <DeleteUser
          user={{ id: summary.user_id, username: summary.username }}
          isDeleted={false}
          onClose={() => setDeleting(false)}
          onDeleted={onGone}
        />
      )}
    </Group>
  )
}

/** The first thing to do about somebody who is blocked. */
function RaiseButton({ summary }: { readonly summary: Summary }): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const close = (): void => setOpen(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTrendingUp size={15} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {userText.actions.grant}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={userText.grants.dialog(clipText(summary.username, NAME_MAX))}
        centered
      >
        <GrantForm userId={summary.user_id} limits={summary.limits} onClose={close} />
      </Modal>
    </>
  )
}

/** The value of the select that stands for no profile of one's own; ids are numbers, so none is this. */
const DEFAULT = 'default'

function ProfileSelect({ summary }: { readonly summary: Summary }): ReactNode {
  const text = userText.actions
  const profiles = useWeirQuery('profiles.list', {}).data?.profiles ?? []
  const set = useWeirMutation('users.setProfile')
  const before = summary.consumption_profile_id
  const nameOf = (id: number | null): string =>
    id === null
      ? text.defaultProfile(profiles.find((profile) => profile.is_default)?.name ?? null)
      : (profiles.find((profile) => profile.id === id)?.name ?? String(id))
  const change = (to: number | null): void =>
    set.mutate(
      { id: summary.user_id, profile_id: to },
      {
        onError: showProblem,
        onSuccess: () =>
          showUndo(text.profileDone(clipText(summary.username, NAME_MAX), nameOf(to)), () =>
            set.mutate(
              { id: summary.user_id, profile_id: before },
              { onError: showProblem, onSuccess: () => showDone(text.undone) },
            ),
          ),
      },
    )
  return (
    <NativeSelect
      size="xs"
      label={text.profile}
      value={before === null ? DEFAULT : String(before)}
      disabled={set.isPending}
      onChange={(event) => {
        const { value } = event.currentTarget
        change(value === DEFAULT ? null : Number(value))
      }}
      data={[
        { value: DEFAULT, label: nameOf(null) },
        ...profiles.map((profile) => ({ value: String(profile.id), label: profile.name })),
      ]}
    />
  )
}

function BlockButton({ summary }: { readonly summary: Summary }): ReactNode {
  const text = userText.actions
  const update = useWeirMutation('users.update')
  const name = clipText(summary.username, NAME_MAX)
  const isActive = summary.is_active
  const set = (to: boolean, onSuccess: () => void): void =>
    update.mutate({ id: summary.user_id, is_active: to }, { onError: showProblem, onSuccess })
  return (
    <Button
      size="xs"
      variant="default"
      loading={update.isPending}
      leftSection={isActive ? <IconBan size={15} aria-hidden /> : <IconUserCheck size={15} aria-hidden />}
      onClick={() =>
        set(!isActive, () =>
          showUndo(isActive ? text.blocked(name) : text.unblocked(name), () =>
            set(isActive, () => showDone(text.undone)),
          ),
        )
      }
    >
      {isActive ? text.block : text.unblock}
    </Button>
  )
}
