import { Anchor, Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { text } from '../../text.ts'
import { useBackupsView } from './backups-search.ts'
import { RestoreDialog } from './restore-dialog.tsx'
import { RunningRestore, UndoButton } from './restore-panels.tsx'
import { RollbackStep, StepFailure } from './rollback-step.tsx'
import { useRestores } from './use-restores.ts'

const words = text.restore.step

/** The step of the plan that goes back to a backup, and the way back from there. */
export function RestoreStep(): ReactNode {
  const now = useNow()
  const [, onView] = useBackupsView()
  const [asked, setAsked] = useState<string | null>(null)
  const query = useSettledQuery(useWeirQuery('backups.list', {}))
  const { running, ended } = useRestores()
  const newest = query.data?.newest_verified ?? null
  // What was undone, or cannot be undone any more, is how things are now.
  const restored = ended.find((run) => run.status === 'done' && run.kind === 'restore' && run.can_undo)
  const state = (): { readonly word: string; readonly tone: 'good' | 'warning' | 'none' } | null => {
    if (query.data === undefined) return null
    if (running !== null) return { word: words.busy, tone: 'warning' }
    if (restored !== undefined) return { word: words.restored, tone: 'warning' }
    if (newest === null) return { word: words.none, tone: 'none' }
    return { word: words.ready(newest.created_at, now), tone: 'good' }
  }
  return (
    <RollbackStep
      number={4}
      title={words.title}
      why={words.why}
      state={state()}
      actions={
        <>
          {newest !== null && (
            <Button variant="default" disabled={running !== null} onClick={() => setAsked(newest.id)}>
              {words.go}
            </Button>
          )}
          {restored !== undefined && <UndoButton run={restored} isBusy={running !== null} />}
          <Anchor component="button" type="button" size="sm" onClick={() => onView({ tab: undefined })}>
            {words.choose}
          </Anchor>
        </>
      }
    >
      <StepFailure query={query} />
      {restored !== undefined && (
        <Text size="sm">{words.restoredTo(text.restore.at(restored.backup_created_at))}</Text>
      )}
      <RunningRestore run={running} />
      {asked !== null && <RestoreDialog backupId={asked} onClose={() => setAsked(null)} />}
    </RollbackStep>
  )
}
