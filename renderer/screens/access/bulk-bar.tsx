import { Button, Group, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Problem } from '../../../shared/contract/problem.ts'
import { useWeirClient } from '../../app/client-context.tsx'
import { unwrap } from '../../app/queries.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { accessText } from '../../text/access.ts'
import { profileIdOf, useProfileChoices } from './profile-select.ts'
import { type BulkChange, type Chosen, countOf, requestsOf, useBulk } from './use-bulk.ts'

const text = accessText.bulk

/** What `BulkBar` takes. */
export interface BulkBarProps {
  readonly chosen: Chosen
  /** Users on all pages of the view. */
  readonly total: number
  /** Undefined where not everybody of the view can be taken. */
  readonly onTakeAll: (() => void) | undefined
  readonly onClear: () => void
}

interface Asked {
  readonly title: string
  readonly action: string
  readonly change: BulkChange
}

/** Appears while rows are ticked: what can be done with all of them together. */
export function BulkBar({ chosen, total, onTakeAll, onClear }: BulkBarProps): ReactNode {
  const choices = useProfileChoices()
  const [profile, setProfile] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const count = countOf(chosen)
  const label = choices.find(({ value }) => value === profile)?.label ?? ''
  const give = (): void => {
    if (profile === null) return
    setAsked({
      title: text.giveTitle(count, label),
      action: text.giveYes,
      change: { consumption_profile_id: profileIdOf(profile) },
    })
  }
  const setActive = (is_active: boolean): void =>
    setAsked({
      title: is_active ? text.activateTitle(count) : text.deactivateTitle(count),
      action: is_active ? text.activateYes : text.deactivateYes,
      change: { is_active },
    })
  return (
    <section className="bulk-bar" aria-label={text.label}>
      <Text fw={600} size="sm" role="status">
        {chosen.kind === 'filter' ? text.all(count) : text.ticked(count)}
      </Text>
      {onTakeAll !== undefined && chosen.kind === 'ticked' && total > count && (
        <Button size="compact-sm" variant="subtle" onClick={onTakeAll}>
          {text.tickAll(total)}
        </Button>
      )}
      <Button size="compact-sm" variant="subtle" onClick={onClear}>
        {text.clear}
      </Button>
      <Group gap="xs" ml="auto">
        <Select
          size="xs"
          w={190}
          aria-label={text.profile}
          placeholder={text.profile}
          data={[...choices]}
          value={profile}
          onChange={setProfile}
        />
        <Button size="xs" disabled={profile === null} onClick={give}>
          {text.give}
        </Button>
        <Button size="xs" variant="default" onClick={() => setActive(true)}>
          {text.activate}
        </Button>
        <Button size="xs" variant="default" onClick={() => setActive(false)}>
          {text.deactivate}
        </Button>
      </Group>
      {asked !== null && (
        <BulkDialog asked={asked} chosen={chosen} onClose={() => setAsked(null)} onDone={onClear} />
      )}
    </section>
  )
}

interface BulkDialogProps {
  readonly asked: Asked
  readonly chosen: Chosen
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Many at once are always asked about, with how many really change. */
function BulkDialog({ asked, chosen, onClose, onDone }: BulkDialogProps): ReactNode {
  const client = useWeirClient()
  const bulk = useBulk()
  const requests = requestsOf(chosen, asked.change)
  const look = useQuery<{ readonly changed: number; readonly unchanged: number }, Problem>({
    queryKey: ['users.bulk', 'look', requests],
    queryFn: async () => {
      let [changed, unchanged] = [0, 0]
      for (const request of requests) {
        const answer = await unwrap(client.call('users.bulk', { ...request, dry_run: true }))
        changed += answer.changed
        unchanged += answer.unchanged
      }
      return { changed, unchanged }
    },
  })
  return (
    <ConfirmDialog
      title={asked.title}
      action={asked.action}
      isRunning={bulk.isRunning}
      isReady={(look.data?.changed ?? 0) > 0}
      onConfirm={() =>
        bulk.run(requests, () => {
          onClose()
          onDone()
        })
      }
      onClose={onClose}
    >
      <Text aria-live="polite">
        {look.error !== null
          ? look.error.detail
          : look.data === undefined
            ? text.asking
            : look.data.changed === 0
              ? text.nobody
              : text.effect(look.data.changed, look.data.unchanged)}
      </Text>
    </ConfirmDialog>
  )
}
