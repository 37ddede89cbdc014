import { Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { profilesText } from '../../text/profiles.ts'
import { ProfileEffect } from './profile-effect.tsx'
import { inputOf, type Profile, valuesOf } from './profile-values.ts'

/** What a question about a profile takes. */
export interface ProfileDialogProps {
  readonly profile: Profile
  readonly profiles: readonly Profile[]
  readonly onClose: () => void
}

/** Deletes a profile that is not the default; its users move to another one. Level 2: the name is typed. */
export function DeleteDialog({ profile, profiles, onClose }: ProfileDialogProps): ReactNode {
  const text = profilesText.remove
  const [target, setTarget] = useState<string | null>(null)
  const remove = useWeirMutation('profiles.delete')
  const { name, user_count: users } = profile
  const go = (): void =>
    remove.mutate(
      { id: profile.id, ...(target === null ? {} : { move_users_to: Number(target) }) },
      {
        onSuccess: ({ moved_users }) => {
          showDone(moved_users === 0 ? text.done(name) : text.moved(name, moved_users))
          onClose()
        },
        onError: showProblem,
      },
    )
  const others = profiles.filter(({ id }) => id !== profile.id)
  return (
    <ConfirmDialog
      title={text.title(name)}
      action={text.yes}
      isRunning={remove.isPending}
      isReady={users === 0 || target !== null}
      typed={{ word: name, label: text.typeLabel, hint: text.type(name) }}
      onConfirm={go}
      onClose={onClose}
    >
      {users === 0 ? (
        <Text>{text.unused}</Text>
      ) : (
        <Stack gap="xs">
          <Text>{text.move(users)}</Text>
          <Select
            label={text.moveTo(users)}
            data={others.map((other) => ({ value: String(other.id), label: other.name }))}
            value={target}
            onChange={setTarget}
          />
        </Stack>
      )}
    </ConfirmDialog>
  )
}

/** Stops the users of a profile: whom, is said before. */
export function DeactivateDialog({
  profile,
  onClose,
  onConfirm,
}: Omit<ProfileDialogProps, 'profiles'> & { readonly onConfirm: () => void }): ReactNode {
  const text = profilesText.off
  return (
    <ConfirmDialog
      title={text.title(profile.name)}
      action={text.yes}
      isRunning={false}
      onConfirm={() => {
        onConfirm()
        onClose()
      }}
      onClose={onClose}
    >
      <Text>{profilesText.form.isActiveHint}</Text>
      <ProfileEffect id={profile.id} input={{ ...inputOf(valuesOf(profile)), is_active: false }} isChanged />
    </ConfirmDialog>
  )
}
