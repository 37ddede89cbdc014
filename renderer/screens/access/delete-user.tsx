import { Radio, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { showUndo } from '../../app/undo.tsx'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { accessText } from '../../text/access.ts'
import type { UserRow } from './use-user-list.ts'

const text = accessText.remove

/** Deletes a user: asks what becomes of the turns, says how many there are, and wants the id typed (UX 4.0, level 2). */
export function DeleteUser({
  user,
  isDeleted,
  onClose,
  onDeleted,
}: {
  readonly user: Pick<UserRow, 'id' | 'username'>
  /** True for one whose turns were kept before: only removing them is left. */
  readonly isDeleted: boolean
  readonly onClose: () => void
  /** What is on screen about the user leads nowhere any more. */
  readonly onDeleted?: () => void
}): ReactNode {
  const { id, username } = user
  const [turns, setTurns] = useState<'kept' | 'removed'>(isDeleted ? 'removed' : 'kept')
  // Only a look: with dry_run nothing is changed.
  const look = useWeirQuery('users.delete', { id, turns: 'kept', dry_run: true }, { refresh: false })
  const remove = useWeirMutation('users.delete')
  const restore = useWeirMutation('users.update')
  const bringBack = (): void =>
    restore.mutate(
      { id, is_active: true },
      { onSuccess: () => showDone(accessText.users.restored(username)), onError: showProblem },
    )
  const go = (): void =>
    remove.mutate(
      { id, turns, confirm: id },
      {
        onSuccess: () => {
          if (turns === 'kept') showUndo(text.doneKept(username), bringBack)
          else showDone(text.doneRemoved(username))
          onClose()
          onDeleted?.()
        },
        onError: showProblem,
      },
    )
  const books = look.data?.books
  return (
    <ConfirmDialog
      title={text.title(username)}
      action={text.yes}
      isRunning={remove.isPending}
      isReady={books !== undefined}
      typed={{ word: id, label: text.typeLabel, hint: text.type(id) }}
      onConfirm={go}
      onClose={onClose}
    >
      <Stack gap="xs" aria-live="polite">
        {look.error !== null && <Text c="red">{look.error.detail}</Text>}
        <Text>
          {books === undefined
            ? text.asking
            : text.books(
                books.turns,
                books.sessions,
                books.input_tokens + books.output_tokens,
                books.cost_usd,
              )}
        </Text>
        {books !== undefined && books.tokens > 0 && <Text>{text.tokens(books.tokens)}</Text>}
      </Stack>
      <Radio.Group
        label={text.turns}
        value={turns}
        onChange={(value) => setTurns(value === 'removed' ? 'removed' : 'kept')}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="kept" label={text.kept} description={text.keptHint} disabled={isDeleted} />
          <Radio value="removed" label={text.removed} description={text.removedHint} />
        </Stack>
      </Radio.Group>
    </ConfirmDialog>
  )
}
