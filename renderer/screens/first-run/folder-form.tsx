import { Alert, Button, Group, Loader, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { type FormEvent, type ReactNode, useId } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { text } from '../../text.ts'

type Folder = OperationOutput<'setup.suggestions'>['folder']

/** Long enough not to look into every folder on the way to the one that is typed. */
const LOOK_DELAY_MS = 300

interface FolderFormProps {
  /** What is in the field; null takes what Weir suggests. */
  readonly folder: string | null
  readonly onFolder: (folder: string) => void
  readonly onStarted: (runId: string) => void
  readonly isFirstRun: boolean
}

/** The folder, what a look at it found, and the two things to do with it. */
export function FolderForm({ folder, onFolder, onStarted, isFirstRun }: FolderFormProps): ReactNode {
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
  const isUsable = found?.readable === true && found.files > 0
  const go = (dryRun: boolean): void =>
    start.mutate({ sessions_dir: path, dry_run: dryRun }, { onSuccess: (run) => onStarted(run.run_id) })
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
          <Finding isAsked={path !== ''} found={found} problem={settledPath === path ? look.error : null} />
        </div>
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

interface FindingProps {
  readonly isAsked: boolean
  readonly found: Folder
  readonly problem: Problem | null
}

/** What a look at the folder found, in words. */
function Finding({ isAsked, found, problem }: FindingProps): ReactNode {
  if (!isAsked) return <div className="finding" />
  if (problem !== null) return <BadFinding says={problem.detail} />
  if (found === null) {
    return (
      <div className="finding">
        <Loader size="xs" aria-hidden />
        <Text size="sm" c="dimmed">
          {text.import.looking}
        </Text>
      </div>
    )
  }
  const trouble = troubleOf(found)
  if (trouble !== null) return <BadFinding says={trouble} />
  return (
    <div className="finding" data-kind="good">
      <IconCircleCheck size={17} aria-hidden />
      <Text size="sm" className="tabular">
        {text.import.found(found.users, found.files, found.bytes)}
      </Text>
    </div>
  )
}

function troubleOf(found: NonNullable<Folder>): string | null {
  if (found.problem !== null) return found.problem
  if (!found.exists) return text.import.missing
  if (!found.readable) return text.import.unreadable
  return found.files === 0 ? text.import.nothing : null
}

function BadFinding({ says }: { readonly says: string }): ReactNode {
  return (
    <div className="finding" data-kind="bad">
      <IconAlertTriangle size={17} aria-hidden />
      <Text size="sm">{says}</Text>
    </div>
  )
}
