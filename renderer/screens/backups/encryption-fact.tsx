import { Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconLock } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { StateWord } from '../../components/state-word.tsx'
import { text } from '../../text.ts'
import type { Overview } from './backups-search.ts'
import { PassphraseDialog } from './passphrase-dialog.tsx'

const words = text.backups.encryption

/** Whether new backups are encrypted, and what changes it. */
export function EncryptionFact({ encryption }: Pick<Overview, 'encryption'>): ReactNode {
  const [open, setOpen] = useState<'passphrase' | 'off' | null>(null)
  const { state, since } = encryption
  const close = (): void => setOpen(null)
  return (
    <>
      <Group gap="sm">
        {state === 'off' && <Text size="sm">{words.off}</Text>}
        {state === 'on' && (
          <>
            <StateWord tone="good" icon={<IconLock size={15} aria-hidden />}>
              {since === null ? words.on : words.onSince(since)}
            </StateWord>
            <Text size="sm">{words.onHint}</Text>
          </>
        )}
        {state === 'unreadable' && (
          <>
            <StateWord tone="bad" icon={<IconAlertTriangle size={15} aria-hidden />}>
              {words.noKey}
            </StateWord>
            <Text size="sm">{words.noKeyHint}</Text>
          </>
        )}
        <Button size="compact-xs" variant="default" onClick={() => setOpen('passphrase')}>
          {words.set[state]}
        </Button>
        {state !== 'off' && (
          <Button size="compact-xs" variant="default" onClick={() => setOpen('off')}>
            {words.switchOff}
          </Button>
        )}
      </Group>
      {open === 'passphrase' && <PassphraseDialog state={state} onClose={close} />}
      {open === 'off' && <OffDialog onClose={close} />}
    </>
  )
}

function OffDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const set = useWeirMutation('backups.setPassphrase')
  const switchOff = (): void =>
    set.mutate(
      { passphrase: null },
      {
        onSuccess: () => {
          showDone(words.offDone)
          onClose()
        },
      },
    )
  return (
    <ConfirmDialog
      title={words.offTitle}
      action={words.offYes}
      isRunning={set.isPending}
      onConfirm={switchOff}
      onClose={onClose}
    >
      <Text>{words.offEffect}</Text>
      {set.error !== null && <Text c="var(--weir-bad)">{set.error.detail}</Text>}
    </ConfirmDialog>
  )
}
