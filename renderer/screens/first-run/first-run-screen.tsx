import { Button, Group, Radio, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconDatabaseImport, IconFileImport, IconFlask, IconPlayerPlay } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { Logo } from '../../app/logo.tsx'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { ThemeButton } from '../../app/top-bar.tsx'
import { text } from '../../text.ts'
import { ImportFlow } from './import-flow.tsx'
import { RestorePanel, useRestorable } from './restore-choice.tsx'

type Choice = 'import' | 'sample' | 'empty' | 'restore'

/** Offered before the others where the folder has backups: then its data is most likely gone and not wanted gone. */
const RESTORE = { id: 'restore', icon: IconDatabaseImport } as const

const CHOICES: readonly { readonly id: Choice; readonly icon: typeof IconFlask }[] = [
  { id: 'import', icon: IconFileImport },
  { id: 'sample', icon: IconFlask },
  { id: 'empty', icon: IconPlayerPlay },
]

/** The first screen on an empty data folder: one page, three ways to start, Enter takes the chosen one. */
export function FirstRunScreen(): ReactNode {
  const backups = useRestorable()
  const [chosen, setChoice] = useState<Choice | null>(null)
  const choice = chosen ?? (backups.length > 0 ? 'restore' : 'import')
  const panel = useRef<HTMLDivElement>(null)
  return (
    <div className="welcome">
      <Group justify="space-between" align="flex-start" wrap="nowrap" className="welcome-head">
        <Group gap="md" wrap="nowrap" align="flex-start">
          <Logo size={44} />
          <div>
            <Title order={1}>{text.firstRun.title}</Title>
            <Text c="dimmed" size="lg" maw="46rem">
              {text.firstRun.intro}
            </Text>
          </div>
        </Group>
        <ThemeButton />
      </Group>
      <Stack gap="lg">
        <Choices
          choice={choice}
          backups={backups.length}
          onChoose={setChoice}
          onEnter={() => panel.current?.querySelector('form')?.requestSubmit()}
        />
        <div ref={panel}>
          {choice === 'import' && <ImportFlow isFirstRun />}
          {choice === 'sample' && <SamplePanel />}
          {choice === 'empty' && <EmptyPanel />}
          {choice === 'restore' && <RestorePanel backups={backups} />}
        </div>
        <Surroundings />
      </Stack>
    </div>
  )
}

interface ChoicesProps {
  readonly choice: Choice
  /** How many could be restored. */
  readonly backups: number
  readonly onChoose: (choice: Choice) => void
  readonly onEnter: () => void
}

function Choices({ choice, backups, onChoose, onEnter }: ChoicesProps): ReactNode {
  const choices = backups > 0 ? [RESTORE, ...CHOICES] : CHOICES
  // A radio takes Enter as a click on itself; here it means "go on with this one".
  const goOn = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    onEnter()
  }
  return (
    <Radio.Group
      value={choice}
      onChange={(value) => onChoose(value as Choice)}
      aria-label={text.firstRun.choices}
    >
      <SimpleGrid cols={{ base: 1, sm: choices.length }} spacing="sm">
        {choices.map(({ id, icon: Icon }) => (
          <Radio.Card key={id} value={id} className="choice" onKeyDown={goOn} aria-label={titleOf(id)}>
            <Group justify="space-between" mb={8}>
              <Icon size={26} stroke={1.6} className="choice-icon" aria-hidden />
              <Radio.Indicator />
            </Group>
            <Text fw={600} size="lg">
              {titleOf(id)}
            </Text>
            <Text c="dimmed">
              {id === 'restore' ? text.restore.first.hint(backups) : text.firstRun[id].hint}
            </Text>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  )
}

function titleOf(id: Choice): string {
  return id === 'restore' ? text.restore.first.title : text.firstRun[id].title
}

interface ChoicePanelProps {
  readonly says: string
  readonly button: string
  readonly isBusy: boolean
  readonly onGo: () => void
}

function ChoicePanel({ says, button, isBusy, onGo }: ChoicePanelProps): ReactNode {
  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault()
        onGo()
      }}
    >
      <Stack gap="md" align="flex-start">
        <Text>{says}</Text>
        <Button type="submit" loading={isBusy}>
          {button}
        </Button>
      </Stack>
    </form>
  )
}

function SamplePanel(): ReactNode {
  const navigate = useNavigate()
  const load = useWeirMutation('setup.loadSample')
  const go = (): void =>
    load.mutate(
      {},
      {
        onSuccess: ({ users, sessions, turns }) => {
          showDone(text.firstRun.sampleDone(users, sessions, turns))
          void navigate({ to: '/dashboard' })
        },
        onError: showProblem,
      },
    )
  return (
    <ChoicePanel
      says={text.firstRun.samplePanel}
      button={text.firstRun.sampleButton}
      isBusy={load.isPending}
      onGo={go}
    />
  )
}

function EmptyPanel(): ReactNode {
  const navigate = useNavigate()
  const start = useWeirMutation('setup.startEmpty')
  const go = (): void =>
    start.mutate({}, { onSuccess: () => void navigate({ to: '/connect' }), onError: showProblem })
  return (
    <ChoicePanel
      says={text.firstRun.emptyPanel}
      button={text.firstRun.emptyButton}
      isBusy={start.isPending}
      onGo={go}
    />
  )
}

/** Where the data goes and by which clock it is counted: what cannot be guessed from the choices. */
function Surroundings(): ReactNode {
  const setup = useWeirQuery('setup.suggestions', {}, { refresh: false })
  if (setup.data === undefined) return null
  return (
    <Text size="sm" c="dimmed">
      {text.firstRun.folder(setup.data.data_dir)} · {text.firstRun.zone(setup.data.time_zone)}
    </Text>
  )
}
