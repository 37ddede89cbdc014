import { Alert, Button, Group, Stack, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, type ReactNode, useId } from 'react'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { text } from '../../text.ts'
import { AuthFileField, useAuthLook } from './auth-file-field.tsx'
import { FolderFinding } from './finding.tsx'
import { ZoneField } from './zone-field.tsx'

/** Long enough not to look into every folder on the way to the one that is typed. */
const LOOK_DELAY_MS = 300

interface FolderFormProps {
  /** What is in the field; null takes what Weir suggests. */
  readonly folder: string | null
  readonly onFolder: (folder: string) => void
  /** Null while no auth database was asked for. */
  readonly authDb: string | null
  readonly onAuthDb: (file: string) => void
  readonly onStarted: (runId: string) => void
  readonly isFirstRun: boolean
}

/** The folder, what a look at it found, and the two things to do with it. */
export function FolderForm(props: FolderFormProps): ReactNode {
  const { folder, onFolder, authDb, onAuthDb, onStarted, isFirstRun } = props
  const suggested = useWeirQuery('setup.suggestions', {}, { refresh: false })
  const path = (folder ?? suggested.data?.sessions_dir ?? '').trim()
  const [settledPath] = useDebouncedValue(path, LOOK_DELAY_MS)
  const look = useWeirQuery(
    'setup.suggestions',
    { sessions_dir: settledPath },
    { enabled: settledPath !== '', keepPrevious: false, refresh: false },
  )
  const start = useWeirMutation('import.start')
  const hint = useId()
  const found = settledPath === path ? (look.data?.folder ?? null) : null
  const file = (authDb ?? '').trim()
  const auth = useAuthLook(file)
  // A source that is named must be one; at least one is needed.
  const isFolderGood = found?.readable === true && found.files > 0
  const isFileGood = auth.settled && auth.look.data !== undefined
  const isUsable =
    (path !== '' || file !== '') && (path === '' || isFolderGood) && (file === '' || isFileGood)
  const go = (dryRun: boolean): void =>
    start.mutate(
      {
        ...(path === '' ? {} : { sessions_dir: path }),
        ...(file === '' ? {} : { auth_db: file }),
        dry_run: dryRun,
      },
      { onSuccess: (run) => onStarted(run.run_id) },
    )
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isUsable && !start.isPending) go(false)
  }
  return (
    <form className="panel" onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={text.import.folder}
          description={text.import.folderHint}
          placeholder={text.import.placeholder}
          value={folder ?? suggested.data?.sessions_dir ?? ''}
          onChange={(event) => onFolder(event.currentTarget.value)}
          aria-describedby={hint}
          autoFocus={isFirstRun}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'path' }}
        />
        <div id={hint} aria-live="polite">
          <FolderFinding
            isAsked={path !== ''}
            found={found}
            problem={settledPath === path ? look.error : null}
          />
        </div>
        <AuthFileField file={authDb} onFile={onAuthDb} />
        <ZoneField />
        {start.error !== null && (
          <Alert color="red" title={start.error.title}>
            {start.error.detail}
          </Alert>
        )}
        <Group gap="sm">
          <Button
            type="submit"
            disabled={!isUsable}
            loading={start.isPending && start.variables.dry_run !== true}
          >
            {text.import.start(found?.files ?? 0)}
          </Button>
          <Tooltip label={text.import.dryRunHint}>
            <Button
              variant="default"
              disabled={!isUsable}
              loading={start.isPending && start.variables.dry_run === true}
              onClick={() => go(true)}
            >
              {text.import.dryRun}
            </Button>
          </Tooltip>
        </Group>
      </Stack>
    </form>
  )
}
