import { Button, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import type { WeirStatus } from '../../app/status.ts'
import { useSettledQuery } from '../../components/settled-query.ts'
import { text } from '../../text.ts'
import { RollbackStep, type RollbackStepProps, StepFailure } from './rollback-step.tsx'

const words = text.rollback.files

/** The files are read behind the answers; the state follows while one looks. */
const FOLLOW_MS = 2_000

/** The step of the plan that shows the session files on the dashboards, and the way back to the database. */
export function FilesStep({ number }: { readonly number: number }): ReactNode {
  const query = useSettledQuery(useWeirQuery('status.get', {}, { refresh: FOLLOW_MS }))
  const update = useWeirMutation('settings.update')
  const dashboards = query.data?.dashboards
  const show = (source: 'database' | 'files'): void =>
    update.mutate(
      { dashboards_source: source },
      {
        onSuccess: () => showDone(source === 'files' ? words.goDone : text.shell.banner.databaseAgain),
        onError: showProblem,
      },
    )
  return (
    <RollbackStep
      number={number}
      title={words.title}
      why={words.why}
      state={dashboards === undefined ? null : stateOf(dashboards)}
      actions={
        dashboards !== undefined && (
          <Button
            variant={dashboards.chosen === 'files' ? 'filled' : 'default'}
            onClick={() => show(dashboards.chosen === 'files' ? 'database' : 'files')}
            loading={update.isPending}
          >
            {dashboards.chosen === 'files' ? words.back : words.go}
          </Button>
        )
      }
    >
      <StepFailure query={query} />
      {dashboards?.chosen === 'files' && <Text size="sm">{progressOf(dashboards)}</Text>}
    </RollbackStep>
  )
}

type Dashboards = WeirStatus['dashboards']

function stateOf({ chosen, database_down_since }: Dashboards): RollbackStepProps['state'] {
  if (chosen === 'files') return { word: words.shown, tone: 'warning' }
  if (database_down_since !== null) return { word: words.down, tone: 'bad' }
  return { word: words.database, tone: 'good' }
}

function progressOf({ source, read_at, error }: Dashboards): string {
  const said = text.shell.banner
  if (error !== null) return said.filesFailed(error)
  return source === 'files' && read_at !== null ? said.filesShown(read_at) : said.filesBeingRead
}
