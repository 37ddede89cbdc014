import { Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { text } from '../text.ts'
import { showDone, showProblem } from './notify.ts'
import { useWeirMutation } from './queries.ts'

/** Asks whether the sample may go, takes it away, and leads to where Weir begins. */
export function SampleRemoval({ onClose }: { readonly onClose: () => void }): ReactNode {
  const words = text.shell.sample
  const navigate = useNavigate()
  const remove = useWeirMutation('setup.removeSample')
  const go = (): void =>
    remove.mutate(
      {},
      {
        onSuccess: ({ users, turns, first_run }) => {
          onClose()
          showDone(words.done(users, turns))
          void navigate({ to: first_run ? '/welcome' : '/dashboard' })
        },
        onError: showProblem,
      },
    )
  return (
    <ConfirmDialog
      title={words.title}
      action={words.action}
      isRunning={remove.isPending}
      onConfirm={go}
      onClose={onClose}
    >
      <Text size="sm">{words.says}</Text>
    </ConfirmDialog>
  )
}
