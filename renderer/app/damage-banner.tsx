import { Button, Group, Stack, Text } from '@mantine/core'
import { IconDatabaseX } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { ConfirmDialog } from '../components/confirm-dialog.tsx'
import { text } from '../text.ts'
import { showProblem } from './notify.ts'
import { useWeirMutation } from './queries.ts'
import type { WeirStatus } from './status.ts'

const words = text.shell.damage

/** That the database is damaged, and the one way out of it; nothing while it is whole. */
export function DamageBanner({ storage }: { readonly storage: WeirStatus['storage'] }): ReactNode {
  const [isAsking, setAsking] = useState(false)
  if (storage.state === 'ok') return null
  return (
    <Group className="banner" data-tone="bad" gap="sm" wrap="nowrap">
      <IconDatabaseX size={17} aria-hidden className="banner-icon" />
      <Text size="sm" className="banner-text">
        {words.says(storage.found_at, storage.detail)}{' '}
        {storage.backup === null ? words.noBackup : words.hint(storage.backup.created_at)}
      </Text>
      {storage.backup !== null && (
        <Button size="compact-xs" variant="default" onClick={() => setAsking(true)}>
          {words.recover}
        </Button>
      )}
      {isAsking && storage.backup !== null && (
        <RecoverDialog madeAt={storage.backup.created_at} onClose={() => setAsking(false)} />
      )}
    </Group>
  )
}

interface RecoverDialogProps {
  readonly madeAt: string
  readonly onClose: () => void
}

/** What a recovery does, and its one click; then the screen on which it can be followed. */
function RecoverDialog({ madeAt, onClose }: RecoverDialogProps): ReactNode {
  const navigate = useNavigate()
  const recover = useWeirMutation('restore.recover')
  const go = (): void =>
    recover.mutate(
      { confirm: true },
      {
        onSuccess: () => {
          onClose()
          void navigate({ to: '/backups' })
        },
        onError: showProblem,
      },
    )
  return (
    <ConfirmDialog
      title={words.title}
      action={words.yes}
      isRunning={recover.isPending}
      onConfirm={go}
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text>{words.means(madeAt)}</Text>
        <Text>{words.lost}</Text>
      </Stack>
    </ConfirmDialog>
  )
}
