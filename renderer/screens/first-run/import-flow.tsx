import { Alert, Stack } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { text } from '../../text.ts'
import { DryRunReport } from './dry-run-report.tsx'
import { FolderForm } from './folder-form.tsx'
import { ImportResult } from './import-result.tsx'
import { RunProgress } from './run-progress.tsx'
import { type ImportRun, useImportRun } from './use-import-run.ts'

/**
 * From a folder to figures: choose and look (nothing is read yet), try it without writing, import, see what came of it.
 * One import at a time; the one that is going on is shown whoever started it.
 */
export function ImportFlow({ isFirstRun }: { readonly isFirstRun: boolean }): ReactNode {
  const { run, show } = useImportRun()
  const [folder, setFolder] = useState<string | null>(null)
  const [authDb, setAuthDb] = useState<string | null>(null)
  if (run?.status === 'running') return <RunProgress run={run} />
  if (run?.status === 'done' && run.report !== null && !run.report.dry_run) {
    return <ImportResult report={run.report} onAnother={() => show(undefined)} />
  }
  return (
    <Stack gap="md">
      {run !== undefined && <Outcome run={run} />}
      <FolderForm
        // A dry run or a stopped import was of a folder: the next step is about the same one.
        folder={folder ?? run?.sessions_dir ?? null}
        onFolder={setFolder}
        authDb={authDb ?? run?.auth_db ?? null}
        onAuthDb={setAuthDb}
        onStarted={show}
        isFirstRun={isFirstRun}
      />
      {run?.status === 'done' && run.report !== null && <DryRunReport report={run.report} />}
    </Stack>
  )
}

/** What became of an import that did not get to its end. */
function Outcome({ run }: { readonly run: ImportRun }): ReactNode {
  if (run.status === 'cancelled') {
    return (
      <Alert icon={<IconInfoCircle aria-hidden />} title={text.import.cancelled}>
        {text.import.cancelledHint(run.turns_written)}
      </Alert>
    )
  }
  if (run.status === 'failed') {
    return (
      <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={text.import.failed}>
        {run.error?.detail}
      </Alert>
    )
  }
  return null
}
