import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, type ReactNode, useState } from 'react'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { text } from '../../text.ts'
import type { Job } from './jobs-search.ts'

const words = text.jobs

/** What a dialog that asks first takes. */
export interface ConfirmProps {
  readonly title: string
  readonly children: string
  readonly yes: string
  readonly onYes: () => void
  readonly onClose: () => void
}

/** Asks before something that has an effect one may not have in mind (UX 4.0, level 1): Cancel is focused. */
export function Confirm({ title, children, yes, onYes, onClose }: ConfirmProps): ReactNode {
  return (
    <Modal opened onClose={onClose} title={title} centered>
      <Stack gap="lg">
        <Text>{children}</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {text.app.cancel}
          </Button>
          <Button
            onClick={() => {
              onClose()
              onYes()
            }}
          >
            {yes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Often enough to follow the typing, seldom enough not to ask at every key. */
const TYPING_MS = 250

/** When a job runs: five fields, said in words and with the next five times before it is saved. */
export function ScheduleDialog({
  job,
  onClose,
}: {
  readonly job: Job
  readonly onClose: () => void
}): ReactNode {
  const [typed, setTyped] = useState(job.schedule)
  const [asked] = useDebouncedValue(typed.trim(), TYPING_MS)
  const preview = useWeirQuery(
    'jobs.preview',
    { job: job.job, schedule: asked },
    { enabled: asked !== '', keepPrevious: false, refresh: false },
  )
  const update = useWeirMutation('jobs.update')
  const isShown = preview.data !== undefined && asked === typed.trim()
  const save = (event: FormEvent): void => {
    event.preventDefault()
    if (!isShown) return
    update.mutate(
      { job: job.job, schedule: typed.trim() },
      {
        onSuccess: (changed) => {
          showDone(words.saved(words.names[job.job], changed.schedule_in_words))
          onClose()
        },
      },
    )
  }
  return (
    <Modal opened onClose={onClose} title={words.scheduleTitle(words.names[job.job])} centered>
      <form onSubmit={save}>
        <Stack gap="md">
          {update.error !== null && (
            <Alert color="red" title={update.error.title}>
              {update.error.detail}
            </Alert>
          )}
          <TextInput
            label={words.schedule}
            description={words.scheduleHint}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={preview.error === null || asked !== typed.trim() ? null : preview.error.detail}
            maxLength={100}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            classNames={{ input: 'path' }}
          />
          {preview.data !== undefined && (
            <div aria-live="polite">
              <Text fw={600}>{preview.data.schedule_in_words}</Text>
              <Text size="sm" c="dimmed">
                {words.nextFive}
              </Text>
              {preview.data.next_runs.map((at) => (
                <Text key={at} size="sm" className="tabular">
                  {words.at(at, job.time_zone)}
                </Text>
              ))}
            </div>
          )}
          <Group justify="flex-end" gap="sm">
            {typed.trim() !== job.default_schedule && (
              <Button variant="subtle" mr="auto" onClick={() => setTyped(job.default_schedule)}>
                {words.toDefault(job.default_schedule)}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {text.app.cancel}
            </Button>
            <Button type="submit" disabled={!isShown} loading={update.isPending}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
