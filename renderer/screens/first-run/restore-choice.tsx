import { Button, NativeSelect, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { Backup } from '../backups/backups-search.ts'
import { RestoreDialog } from '../backups/restore-dialog.tsx'
import { RunningRestore } from '../backups/restore-panels.tsx'
import { useRestores } from '../backups/use-restores.ts'

const words = text.restore.first

/** The backups of this folder that could be restored, newest first. */
export function useRestorable(): readonly Backup[] {
  const { data } = useWeirQuery('backups.list', {}, { refresh: false })
  return data?.backups.filter(({ status }) => status !== 'invalid') ?? []
}

/** Goes back to a backup of a folder whose data is gone. */
export function RestorePanel({ backups }: { readonly backups: readonly Backup[] }): ReactNode {
  const navigate = useNavigate()
  const [chosen, setChosen] = useState(
    backups.find(({ status }) => status === 'verified')?.id ?? backups[0]?.id ?? '',
  )
  const [isAsking, setAsking] = useState(false)
  const { running } = useRestores(() => void navigate({ to: '/dashboard' }))
  if (running !== null) return <RunningRestore run={running} />
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault()
        setAsking(true)
      }}
    >
      <Stack gap="md" align="flex-start">
        <Text>{words.says}</Text>
        <NativeSelect
          label={words.choose}
          value={chosen}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={backups.map((one) => ({
            value: one.id,
            label: words.option(
              one.created_at === null ? one.id : text.backups.at(one.created_at),
              text.backups.size(one.size_bytes ?? 0),
              text.backups.states[one.status],
            ),
          }))}
        />
        <Button type="submit">{words.button}</Button>
      </Stack>
      {isAsking && <RestoreDialog backupId={chosen} onClose={() => setAsking(false)} />}
    </form>
  )
}
