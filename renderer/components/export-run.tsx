import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import type { ExportFormat } from '../../shared/contract/exports.ts'
import type { OperationInput, OperationOutput } from '../../shared/contract/index.ts'
import { unwrap } from '../app/queries.ts'
import { formatCount } from '../format.ts'
import { componentsText } from '../text/components.ts'
import type { WeirClient } from '../weir-client.ts'

type Run = OperationOutput<'exports.getRun'>

/** A table Weir writes into a file itself: which, and what of it. */
export type ExportSource =
  OperationInput<'exports.start'> extends infer Request
    ? Request extends unknown
      ? Omit<Request, 'format'>
      : never
    : never

const text = componentsText.export

/** Often enough that the bar moves, seldom enough to cost nothing; milliseconds. */
const LOOK_MS = 250

/**
 * Has Weir write the file and takes it; null when it was cancelled. How far it is stands in a note, over whatever
 * screen is open, with a way to cancel it. Rejects with a `Problem`.
 */
export async function takeExport(
  client: WeirClient,
  source: ExportSource,
  format: ExportFormat,
  name: string,
): Promise<{ readonly parts: readonly BlobPart[]; readonly rows: number; readonly total: number } | null> {
  // A source and a format are a request of that table.
  const request = { ...source, format } as OperationInput<'exports.start'>
  const { run_id } = await unwrap(client.call('exports.start', request))
  try {
    const run = await followed(client, run_id, name)
    if (run.status === 'cancelled') return null
    if (run.error !== null) return Promise.reject({ ...run.error, title: text.failed, request_id: '' })
    return { parts: await partsOf(client, run_id), rows: run.rows_done, total: run.rows_done }
  } finally {
    notifications.hide(run_id)
  }
}

async function followed(client: WeirClient, run_id: string, name: string): Promise<Run> {
  let isShown = false
  for (;;) {
    const run = await unwrap(client.call('exports.getRun', { run_id }))
    if (run.status !== 'running') return run
    const note = {
      id: run_id,
      title: text.started(name),
      message: <Going run={run} onCancel={() => void client.call('exports.cancel', { run_id })} />,
      autoClose: false,
      withCloseButton: false,
      withBorder: true,
    } as const
    if (isShown) notifications.update(note)
    else notifications.show(note)
    isShown = true
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

function Going({ run, onCancel }: { readonly run: Run; readonly onCancel: () => void }): ReactNode {
  const { rows_done: done, rows_total: all } = run
  return (
    <Stack gap={6} role="status">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {all === null ? text.counting : text.progress(formatCount(done), formatCount(all))}
        </Text>
        <Button size="compact-xs" variant="default" onClick={onCancel}>
          {text.cancel}
        </Button>
      </Group>
      <Progress value={all === null || all === 0 ? 0 : (100 * done) / all} size="sm" aria-hidden />
    </Stack>
  )
}

async function partsOf(client: WeirClient, run_id: string): Promise<readonly BlobPart[]> {
  const parts: BlobPart[] = []
  for (let offset: number | null = 0; offset !== null; ) {
    const piece: OperationOutput<'exports.read'> = await unwrap(
      client.call('exports.read', { run_id, offset }),
    )
    parts.push(Uint8Array.from(atob(piece.data), (character) => character.charCodeAt(0)))
    offset = piece.next_offset
  }
  return parts
}
