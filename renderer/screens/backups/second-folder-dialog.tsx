import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { Overview } from './backups-search.ts'
import type { BackupActs } from './use-backup-acts.ts'

const words = text.backups

interface SecondFolderDialogProps {
  readonly overview: Overview
  readonly acts: BackupActs
  readonly onClose: () => void
}

/** Chooses where backups are copied to; the newest goes there at once, so that one sees whether it works. */
export function SecondFolderDialog({ overview, acts, onClose }: SecondFolderDialogProps): ReactNode {
  const [folder, setFolder] = useState(overview.copy_dir ?? '')
  const update = useWeirMutation('settings.update')
  const newest = overview.newest_verified
  const save = (event: FormEvent): void => {
    event.preventDefault()
    const chosen = folder.trim()
    if (chosen === '') return
    update.mutate(
      { backup_copy_dir: chosen },
      {
        onSuccess: () => {
          showDone(newest === null ? words.secondSavedLater(chosen) : words.secondSaved(chosen))
          if (newest !== null) acts.copy(newest.id)
          onClose()
        },
      },
    )
  }
  const stop = (): void =>
    update.mutate(
      { backup_copy_dir: null },
      {
        onSuccess: () => {
          showDone(words.secondStopped)
          onClose()
        },
      },
    )
  return (
    <Modal opened onClose={onClose} title={words.secondTitle} centered size="lg">
      <form onSubmit={save}>
        <Stack gap="md">
          <TextInput
            label={words.secondLabel}
            description={words.secondHint}
            placeholder={words.secondPlaceholder}
            value={folder}
            onChange={(event) => setFolder(event.currentTarget.value)}
            maxLength={4096}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            classNames={{ input: 'path' }}
          />
          {update.error !== null && (
            <Alert color="red" title={update.error.title}>
              {update.error.detail}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            {overview.copy_dir !== null && (
              <Button variant="subtle" mr="auto" onClick={stop} disabled={update.isPending}>
                {words.secondStop}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {text.app.cancel}
            </Button>
            <Button type="submit" disabled={folder.trim() === ''} loading={update.isPending}>
              {words.secondSave}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
