import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { PASSPHRASE_LENGTH_MAX, PASSPHRASE_LENGTH_MIN } from '../../../shared/contract/backups.ts'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { Overview } from './backups-search.ts'

const words = text.backups.encryption

interface PassphraseDialogProps {
  readonly state: Overview['encryption']['state']
  readonly onClose: () => void
}

/** Takes the passphrase of new backups, twice: nobody can be told later which letter was another one. */
export function PassphraseDialog({ state, onClose }: PassphraseDialogProps): ReactNode {
  const [first, setFirst] = useState('')
  const [second, setSecond] = useState('')
  const set = useWeirMutation('backups.setPassphrase')
  const isShort = first.length < PASSPHRASE_LENGTH_MIN
  const isOther = second !== first
  // While a person is still typing, what is there so far is no mistake.
  const isWrong = isOther && !first.startsWith(second)
  const save = (event: FormEvent): void => {
    event.preventDefault()
    if (isShort || isOther) return
    set.mutate(
      { passphrase: first },
      {
        onSuccess: () => {
          showDone(words.done)
          onClose()
        },
      },
    )
  }
  return (
    <Modal opened onClose={onClose} title={words.title[state]} centered size="lg">
      <form onSubmit={save}>
        <Stack gap="md">
          <Text fw={600}>{words.warning}</Text>
          <Text>{state === 'on' ? `${words.means} ${words.changeMeans}` : words.means}</Text>
          <PasswordInput
            label={words.passphrase}
            description={words.hint(PASSPHRASE_LENGTH_MIN)}
            value={first}
            onChange={(event) => setFirst(event.currentTarget.value)}
            maxLength={PASSPHRASE_LENGTH_MAX}
            autoComplete="new-password"
            data-autofocus
          />
          <PasswordInput
            label={words.again}
            value={second}
            onChange={(event) => setSecond(event.currentTarget.value)}
            maxLength={PASSPHRASE_LENGTH_MAX}
            autoComplete="new-password"
            error={isWrong ? words.differs : null}
          />
          {set.error !== null && (
            <Alert color="red" title={set.error.title}>
              {set.error.detail}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {text.app.cancel}
            </Button>
            <Button type="submit" disabled={isShort || isOther} loading={set.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
