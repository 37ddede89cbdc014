import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'

const words = text.restore

interface UnlockFormProps {
  readonly backupId: string
  readonly onUnlocked: () => void
  readonly onClose: () => void
}

/** Asks for the passphrase of an encrypted backup; Weir keeps it in memory only. */
export function UnlockForm({ backupId, onUnlocked, onClose }: UnlockFormProps): ReactNode {
  const [passphrase, setPassphrase] = useState('')
  const unlock = useWeirMutation('restore.unlock')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (passphrase !== '') unlock.mutate({ backup_id: backupId, passphrase }, { onSuccess: onUnlocked })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{words.encrypted}</Text>
        <PasswordInput
          label={words.passphrase}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          maxLength={1024}
          autoComplete="off"
          data-autofocus
        />
        {unlock.error !== null && (
          <Alert color="red" title={unlock.error.title}>
            {unlock.error.detail}
          </Alert>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {text.app.cancel}
          </Button>
          <Button type="submit" disabled={passphrase === ''} loading={unlock.isPending}>
            {words.unlock}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
