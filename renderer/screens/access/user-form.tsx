import { Alert, Button, Group, Modal, Select, Stack, Switch, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { showUndo } from '../../app/undo.tsx'
import { accessText } from '../../text/access.ts'
import { appText } from '../../text/app.ts'
import { profilesText } from '../../text/profiles.ts'
import { DEFAULT_PROFILE, profileIdOf, useProfileChoices } from './profile-select.ts'

const text = accessText.form
type User = OperationOutput<'users.create'>

interface Values {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly displayName: string
  readonly profile: string
  readonly isAdmin: boolean
}

function valuesOf(user: User | null): Values {
  return {
    id: user?.id ?? '',
    username: user?.username ?? '',
    email: user?.email ?? '',
    displayName: user?.display_name ?? '',
    profile: String(user?.consumption_profile_id ?? DEFAULT_PROFILE),
    isAdmin: user?.is_admin ?? false,
  }
}

/** The members both operations take. An emptied field is nothing, not an empty text. */
function membersOf(values: Values) {
  const orNull = (written: string): string | null => (written.trim() === '' ? null : written.trim())
  return {
    username: values.username.trim(),
    email: orNull(values.email),
    display_name: orNull(values.displayName),
    consumption_profile_id: profileIdOf(values.profile),
    is_admin: values.isAdmin,
  }
}

/** What `UserForm` takes. */
export interface UserFormProps {
  /** Null for a new one. */
  readonly user: User | null
  readonly onClose: () => void
}

/** Adds a user, or changes one with the way back. */
export function UserForm({ user, onClose }: UserFormProps): ReactNode {
  const [values, setValues] = useState(() => valuesOf(user))
  const [isTried, setTried] = useState(false)
  const create = useWeirMutation('users.create')
  const update = useWeirMutation('users.update')
  const set = (part: Partial<Values>): void => setValues((before) => ({ ...before, ...part }))
  const isMissing = values.username.trim() === ''
  const save = (): void => {
    setTried(true)
    if (isMissing || create.isPending || update.isPending) return
    if (user === null) add()
    else change(user)
  }
  const add = (): void => {
    const id = values.id.trim()
    create.mutate(
      { ...(id === '' ? {} : { id }), ...membersOf(values) },
      {
        onSuccess: ({ username }) => {
          showDone(text.added(username))
          onClose()
        },
      },
    )
  }
  const change = (before: User): void => {
    const back = (): void =>
      update.mutate(
        { id: before.id, ...membersOf(valuesOf(before)) },
        { onSuccess: () => showDone(text.undone(before.username)), onError: showProblem },
      )
    update.mutate(
      { id: before.id, ...membersOf(values) },
      {
        onSuccess: ({ username }) => {
          showUndo(text.saved(username), back)
          onClose()
        },
      },
    )
  }
  useShortcut('mod+s', save, profilesText.form.saveShortcut, { inDialogs: true })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save()
  }
  const problem = create.error ?? update.error
  const isDirty = JSON.stringify(values) !== JSON.stringify(valuesOf(user))
  return (
    <Modal
      opened
      onClose={onClose}
      title={user === null ? text.newTitle : text.editTitle(user.username)}
      centered
      size="lg"
      closeOnClickOutside={!isDirty}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {problem !== null && (
            <Alert color="red" title={problem.title}>
              {problem.detail}
            </Alert>
          )}
          <Fields
            values={values}
            isNew={user === null}
            error={isTried && isMissing ? text.usernameMissing : null}
            onValues={set}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {appText.cancel}
            </Button>
            <Button type="submit" loading={create.isPending || update.isPending}>
              {user === null ? text.create : text.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

interface FieldsProps {
  readonly values: Values
  readonly isNew: boolean
  readonly error: string | null
  readonly onValues: (part: Partial<Values>) => void
}

function Fields({ values, isNew, error, onValues }: FieldsProps): ReactNode {
  const choices = useProfileChoices()
  return (
    <>
      <TextInput
        label={text.username}
        value={values.username}
        onChange={(event) => onValues({ username: event.currentTarget.value })}
        error={error ?? undefined}
        maxLength={200}
        autoComplete="off"
        required
        data-autofocus
      />
      {isNew && (
        <TextInput
          label={text.id}
          description={text.idHint}
          value={values.id}
          onChange={(event) => onValues({ id: event.currentTarget.value })}
          maxLength={128}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      <TextInput
        label={text.email}
        type="email"
        value={values.email}
        onChange={(event) => onValues({ email: event.currentTarget.value })}
        maxLength={320}
        autoComplete="off"
      />
      <TextInput
        label={text.displayName}
        value={values.displayName}
        onChange={(event) => onValues({ displayName: event.currentTarget.value })}
        maxLength={200}
        autoComplete="off"
      />
      <Select
        label={text.profile}
        description={text.profileHint}
        data={[...choices]}
        value={values.profile}
        allowDeselect={false}
        onChange={(profile) => onValues({ profile: profile ?? DEFAULT_PROFILE })}
      />
      <Switch
        label={text.admin}
        checked={values.isAdmin}
        onChange={(event) => onValues({ isAdmin: event.currentTarget.checked })}
      />
    </>
  )
}
