import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { useNow } from '../../components/use-now.ts'
import { accessText } from '../../text/access.ts'
import { appText } from '../../text/app.ts'
import type { Token } from '../connect/token-list.tsx'
import type { Made } from './made-token.ts'

const text = accessText.tokens

/** An hour: enough to change a program's configuration, and over the same day. */
const OVERLAP_DEFAULT = '60'

/** What `RotateDialog` takes. */
export interface RotateDialogProps {
  readonly token: Token
  readonly onMade: (made: Made) => void
  readonly onClose: () => void
}

/** Makes the successor of a token; the old one works until the chosen time is over. */
export function RotateDialog({ token, onMade, onClose }: RotateDialogProps): ReactNode {
  const [overlap, setOverlap] = useState<string>(OVERLAP_DEFAULT)
  const now = useNow()
  const rotate = useWeirMutation('tokens.rotate')
  const go = (): void =>
    rotate.mutate(
      { id: token.id, overlap_minutes: Number(overlap) },
      {
        onSuccess: ({ token: secret, old }) => {
          showDone(text.rotated(token.name, old.revoked_at === null ? old.expires_at : null))
          onMade({ name: token.name, token: secret, scope: token.scope })
          onClose()
        },
      },
    )
  return (
    <Modal opened onClose={onClose} title={text.rotateTitle(token.name)} centered>
      <Stack gap="md">
        {rotate.error !== null && <Alert color="red">{rotate.error.detail}</Alert>}
        <Text>{text.rotateWhy}</Text>
        <Text>
          {token.last_used_at === null ? text.rotateUnused : text.rotateUsed(token.last_used_at, now)}
        </Text>
        <Select
          label={text.overlap}
          data={Object.entries(text.overlaps).map(([value, label]) => ({ value, label }))}
          value={overlap}
          allowDeselect={false}
          onChange={(value) => setOverlap(value ?? OVERLAP_DEFAULT)}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {appText.cancel}
          </Button>
          <Button loading={rotate.isPending} onClick={go}>
            {text.rotateYes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
