import { Skeleton, Stack, Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import { pageRows } from '../../components/export-rows.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { text } from '../../text.ts'
import { BackupTable } from './backup-table.tsx'
import { useBackupsView } from './backups-search.ts'
import { NewestPanel } from './newest-panel.tsx'
import { PlacePanel } from './place-panel.tsx'
import { RestoreDialog } from './restore-dialog.tsx'
import { EndedRestores, RunningRestore } from './restore-panels.tsx'
import { RollbackPlan } from './rollback-plan.tsx'
import { useBackupActs } from './use-backup-acts.ts'
import { useRestores } from './use-restores.ts'

const words = text.backups

/** While one is made or copied, that is what one looks at. */
const BUSY_MS = 1_000
const IDLE_MS = 10_000

/** Backups: the newest good one, making one, where they are, all of them; and the plan for going back. */
export function BackupsScreen(): ReactNode {
  const [view, onView] = useBackupsView()
  return (
    <Tabs
      value={view.tab ?? 'list'}
      onChange={(tab) => onView({ tab: tab === 'rollback' ? 'rollback' : undefined })}
      keepMounted={false}
    >
      <Tabs.List aria-label={words.tabs.label} mb="md">
        <Tabs.Tab value="list">{words.tabs.list}</Tabs.Tab>
        <Tabs.Tab value="rollback">{words.tabs.rollback}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="list">
        <BackupsTab />
      </Tabs.Panel>
      <Tabs.Panel value="rollback">
        <RollbackPlan />
      </Tabs.Panel>
    </Tabs>
  )
}

function BackupsTab(): ReactNode {
  const settled = useSettledQuery(
    useWeirQuery(
      'backups.list',
      {},
      {
        refresh: (last) =>
          last?.running != null || last?.backups.some(({ copy }) => copy?.state === 'copying') === true
            ? BUSY_MS
            : IDLE_MS,
      },
    ),
  )
  const acts = useBackupActs()
  const [view, onView] = useBackupsView()
  const restores = useRestores()
  return (
    <Stack gap="md">
      <QueryStates query={settled} skeleton={<Skeleton height={150} />}>
        {(data) => (
          <Stack gap="md">
            <RunningRestore run={restores.running} />
            <NewestPanel overview={data} />
            <PlacePanel overview={data} acts={acts} />
          </Stack>
        )}
      </QueryStates>
      {settled.data?.backups.length !== 0 && (
        <QueryPanel
          title={words.list}
          {...(settled.data === undefined ? {} : { unit: words.count(settled.data.backups.length) })}
          // The failure stands above, with its Retry: once is enough.
          query={settled.data === undefined ? settled : { ...settled, failure: null, isRefreshing: false }}
          skeleton={<Skeleton height={220} />}
          actions={<ExportMenu isMain name="backups" rows={pageRows(settled.data?.backups ?? [])} />}
        >
          {(data) => (
            <BackupTable
              overview={data}
              acts={acts}
              {...(restores.running === null && { onRestore: (id: string) => onView({ restore: id }) })}
            />
          )}
        </QueryPanel>
      )}
      <EndedRestores restores={restores} />
      {view.restore !== undefined && (
        <RestoreDialog
          key={view.restore}
          backupId={view.restore}
          onClose={() => onView({ restore: undefined })}
        />
      )}
    </Stack>
  )
}
