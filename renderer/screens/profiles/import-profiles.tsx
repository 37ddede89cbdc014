import { Alert, Button, Checkbox, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWeirClient } from '../../app/client-context.tsx'
import { showDone } from '../../app/notify.ts'
import { JsonFileField } from '../../components/json-file-field.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { appText } from '../../text/app.ts'
import { profileImportText as text } from '../../text/profile-import.ts'
import { ProfileEffect } from './profile-effect.tsx'
import { type FileRow, inOrder, readProfileFile } from './profile-file.ts'
import type { Profile } from './profile-values.ts'

type Doable = Extract<FileRow, { kind: 'new' | 'changed' }>

/** What `ImportProfiles` takes. */
export interface ImportProfilesProps {
  readonly profiles: readonly Profile[]
  readonly onClose: () => void
}

/** Takes profiles over from a file, after a look at what each would change and whom it would stop. */
export function ImportProfiles({ profiles, onClose }: ImportProfilesProps): ReactNode {
  const client = useWeirClient()
  const queries = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [content, setContent] = useState<string | null>(null)
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const rows = content === null ? undefined : readProfileFile(content, profiles)
  const taken = (rows ?? []).filter(isDoable).filter((row) => !left.has(row.name))
  const choose = async (next: File | null): Promise<void> => {
    setFile(next)
    setProblem(null)
    setLeft(new Set())
    setContent(next === null ? null : await next.text())
  }
  const run = async (): Promise<void> => {
    setBusy(true)
    let done = 0
    for (const row of inOrder(taken)) {
      const answer =
        row.kind === 'new'
          ? await client.call('profiles.create', row.input)
          : await client.call('profiles.update', { id: row.existing.id, ...row.input })
      if (!answer.ok) {
        setProblem(text.stopped(done, row.name, answer.problem.detail))
        break
      }
      done += 1
    }
    setBusy(false)
    void queries.invalidateQueries()
    if (done < taken.length) return
    showDone(text.done(done))
    onClose()
  }
  return (
    <Modal opened onClose={onClose} title={text.title} size="xl" closeOnClickOutside={file === null}>
      <Stack gap="md">
        <Text size="sm">{text.hint}</Text>
        <JsonFileField label={text.file} file={file} onFile={(next) => void choose(next)} />
        {rows === null && <Alert color="red">{text.notProfiles}</Alert>}
        {problem !== null && <Alert color="red">{problem}</Alert>}
        {rows != null && (
          <Rows
            rows={rows}
            left={left}
            onLeft={(name, isLeft) => {
              const next = new Set(left)
              if (isLeft) next.add(name)
              else next.delete(name)
              setLeft(next)
            }}
          />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {appText.cancel}
          </Button>
          <Button disabled={taken.length === 0} loading={isBusy} onClick={() => void run()}>
            {text.run(taken.length)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

function isDoable(row: FileRow): row is Doable {
  return row.kind === 'new' || row.kind === 'changed'
}

interface RowsProps {
  readonly rows: readonly FileRow[]
  /** Names of the profiles that are not taken over. */
  readonly left: ReadonlySet<string>
  readonly onLeft: (name: string, isLeft: boolean) => void
}

function Rows({ rows, left, onLeft }: RowsProps): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll-table" tabIndex={0} aria-label={text.table}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={60}>{text.columns.take}</Table.Th>
            <Table.Th>{text.columns.name}</Table.Th>
            <Table.Th>{text.columns.what}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a file may name a profile twice; its place is what a row is
            <Table.Tr key={at}>
              <Table.Td>
                {isDoable(row) && (
                  <Checkbox
                    size="xs"
                    aria-label={text.takeRow(row.name)}
                    checked={!left.has(row.name)}
                    onChange={(event) => onLeft(row.name, !event.currentTarget.checked)}
                  />
                )}
              </Table.Td>
              <Table.Td maw={200}>
                <PlainText text={row.name} />
                <Text size="xs" c="dimmed">
                  {text.kinds[row.kind]}
                </Text>
              </Table.Td>
              <Table.Td>
                <WhatHappens row={row} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function WhatHappens({ row }: { readonly row: FileRow }): ReactNode {
  switch (row.kind) {
    case 'unusable':
      return <span className="blocks">{row.reason}</span>
    case 'same':
      return text.isSame
    case 'new':
      return text.isNew
    case 'changed':
      return (
        <Stack gap={4}>
          {row.changes.map(({ field, before, after }) => (
            <PlainText
              key={field}
              text={text.change(text.fields[field] ?? field, text.value(before), text.value(after))}
            />
          ))}
          <ProfileEffect id={row.existing.id} input={row.input} isChanged />
        </Stack>
      )
  }
}
