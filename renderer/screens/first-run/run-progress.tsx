import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { ImportRun } from './use-import-run.ts'

/** An import that is going on: phase, how far, how fast, how long still, and a way to stop it. */
export function RunProgress({ run }: { readonly run: ImportRun }): ReactNode {
  const cancel = useWeirMutation('import.cancel')
  const stop = (): void =>
    cancel.mutate(
      { run_id: run.run_id },
      { onSuccess: () => showDone(text.import.cancelDone), onError: showProblem },
    )
  // A row of the auth database and a session file take about as long.
  const total = run.files_total + run.auth_rows_total
  const percent = total === 0 ? 0 : ((run.files_done + run.auth_rows_done) / total) * 100
  const phase = text.import.phases[run.phase]
  return (
    <section className="panel">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} aria-live="polite">
            {phase}
          </Title>
          <Button variant="default" onClick={stop} loading={cancel.isPending}>
            {cancel.isSuccess ? text.import.cancelling : text.import.cancel}
          </Button>
        </Group>
        <Progress.Root size="lg">
          <Progress.Section value={percent} aria-label={phase} animated={run.phase !== 'finished'} />
        </Progress.Root>
        <Group gap="lg" className="tabular">
          {factsOf(run).map((fact) => (
            <Text key={fact} size="sm">
              {fact}
            </Text>
          ))}
        </Group>
        <Text size="sm" c="dimmed" className="path">
          {text.import.from([run.sessions_dir, run.auth_db].filter((path) => path !== null).join(', '))}
        </Text>
        <Text size="sm" c="dimmed">
          {text.import.leave}
        </Text>
      </Stack>
    </section>
  )
}

/** Only what is known: a rate of nothing would promise an end that never comes. */
function factsOf(run: ImportRun): readonly string[] {
  const facts: string[] = []
  if (run.files_total > 0) facts.push(text.import.progress(run.files_done, run.files_total))
  if (run.files_per_second > 0) {
    facts.push(text.import.rate(run.files_per_second))
    const left = run.files_total - run.files_done
    if (left > 0) facts.push(text.import.left(left / run.files_per_second))
  }
  if (run.auth_rows_total > 0) facts.push(text.import.auth.progress(run.auth_rows_done, run.auth_rows_total))
  if (run.turns_written > 0) facts.push(text.import.written(run.turns_written))
  return facts
}
