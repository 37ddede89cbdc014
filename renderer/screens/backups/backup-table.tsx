import { ActionIcon, Button, Group, Menu, Table, Text, Tooltip } from '@mantine/core'
import {
  IconCircleCheck,
  IconCircleX,
  IconDots,
  IconHelpCircle,
  IconLock,
  IconLockQuestion,
  IconPinned,
} from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { copyText } from '../../app/copy.ts'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { StateWord } from '../../components/state-word.tsx'
import { useNow } from '../../components/use-now.ts'
import { text } from '../../text.ts'
import type { Backup, Overview } from './backups-search.ts'
import type { BackupActs } from './use-backup-acts.ts'

const words = text.backups

interface BackupTableProps {
  readonly overview: Overview
  readonly acts: BackupActs
  /** Absent while a restore is running. */
  readonly onRestore?: (id: string) => void
}

/** All backups, newest first, with what can be done with each. */
export function BackupTable({ overview, acts, onRestore }: BackupTableProps): ReactNode {
  const [doomed, setDoomed] = useState<Backup | null>(null)
  const { columns } = words
  const hasCopies = overview.copy_dir !== null || overview.backups.some(({ copy }) => copy !== null)
  const heads = [columns.made, columns.reason, columns.size, columns.rows, columns.schema, columns.state]
  return (
    <>
      <Table.ScrollContainer minWidth={840}>
        <Table verticalSpacing={8} aria-label={words.list}>
          <Table.Thead>
            <Table.Tr>
              {[...heads, ...(hasCopies ? [columns.copy] : [])].map((head) => (
                <Table.Th key={head} className="nowrap">
                  {head}
                </Table.Th>
              ))}
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {overview.backups.map((backup) => (
              <BackupRow
                key={backup.id}
                backup={backup}
                acts={acts}
                hasCopies={hasCopies}
                canCopy={overview.copy_dir !== null}
                onDelete={() => setDoomed(backup)}
                onRestore={onRestore}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {doomed !== null && <DeleteDialog backup={doomed} acts={acts} onClose={() => setDoomed(null)} />}
    </>
  )
}

interface BackupRowProps {
  readonly backup: Backup
  readonly acts: BackupActs
  readonly hasCopies: boolean
  readonly canCopy: boolean
  readonly onDelete: () => void
  readonly onRestore: ((id: string) => void) | undefined
}

function BackupRow({ backup, acts, hasCopies, canCopy, onDelete, onRestore }: BackupRowProps): ReactNode {
  const now = useNow()
  return (
    <Table.Tr>
      <Table.Td className="nowrap">
        <Text size="sm" className="tabular">
          {backup.created_at === null ? '–' : words.at(backup.created_at)}
        </Text>
        <Text size="xs" c="dimmed" className="path">
          {backup.id}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <Text size="sm">{backup.reason === null ? '–' : words.reasons[backup.reason]}</Text>
          {backup.is_pinned && (
            <Tooltip label={words.pinned}>
              <IconPinned size={15} role="img" aria-label={words.pinned} />
            </Tooltip>
          )}
        </Group>
      </Table.Td>
      <Table.Td
        className="tabular nowrap"
        title={backup.size_bytes === null ? undefined : words.sizeExact(backup.size_bytes)}
      >
        {backup.size_bytes === null ? '–' : words.size(backup.size_bytes)}
      </Table.Td>
      <Table.Td className="tabular nowrap">{backup.rows === null ? '–' : words.rows(backup.rows)}</Table.Td>
      <Table.Td className="tabular">{backup.schema_version ?? '–'}</Table.Td>
      <Table.Td>
        <State backup={backup} now={now} />
      </Table.Td>
      {hasCopies && (
        <Table.Td>
          <Copy backup={backup} now={now} canCopy={canCopy} acts={acts} />
        </Table.Td>
      )}
      <Table.Td>
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {backup.status !== 'invalid' && (
            <Button
              size="compact-sm"
              variant="default"
              disabled={onRestore === undefined}
              onClick={() => onRestore?.(backup.id)}
              aria-label={text.restore.openOf(
                backup.created_at === null ? backup.id : words.at(backup.created_at),
              )}
            >
              {text.restore.open}
            </Button>
          )}
          <RowMenu backup={backup} acts={acts} canCopy={canCopy} onDelete={onDelete} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

const STATE_LOOKS = {
  verified: { tone: 'good', icon: IconCircleCheck },
  unverified: { tone: 'warning', icon: IconHelpCircle },
  invalid: { tone: 'bad', icon: IconCircleX },
} as const

function State({ backup, now }: { readonly backup: Backup; readonly now: number }): ReactNode {
  const { tone, icon: Icon } = STATE_LOOKS[backup.status]
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <StateWord tone={tone} icon={<Icon size={15} aria-hidden />}>
          {words.states[backup.status]}
        </StateWord>
        {backup.verified_at !== null && (
          <Text size="xs" c="dimmed" className="nowrap" title={words.at(backup.verified_at)}>
            {words.ago(backup.verified_at, now)}
          </Text>
        )}
      </Group>
      {backup.lock !== 'none' && <Locked lock={backup.lock} />}
      {backup.problem !== null && (
        <Text size="xs" maw="22rem">
          {backup.problem}
        </Text>
      )}
    </>
  )
}

const LOCK_ICONS = { open: IconLock, locked: IconLockQuestion } as const

/** That a backup is encrypted, and whether it can be opened without asking anybody. */
function Locked({ lock }: { readonly lock: 'open' | 'locked' }): ReactNode {
  const Icon = LOCK_ICONS[lock]
  return (
    <Group gap={6} wrap="nowrap" title={words.lockHints[lock]}>
      <StateWord tone={lock === 'open' ? 'none' : 'warning'} icon={<Icon size={15} aria-hidden />}>
        {words.locks[lock]}
      </StateWord>
    </Group>
  )
}

interface CopyProps {
  readonly backup: Backup
  readonly now: number
  readonly canCopy: boolean
  readonly acts: BackupActs
}

function Copy({ backup: { id, copy, status }, now, canCopy, acts }: CopyProps): ReactNode {
  if (copy === null)
    return (
      <Text size="sm" c="dimmed">
        {words.copies.none}
      </Text>
    )
  if (copy.state === 'copying') return <StateWord tone="none">{words.copies.copying}</StateWord>
  if (copy.state === 'copied')
    return (
      <Group gap={6} wrap="nowrap" title={copy.path}>
        <StateWord tone="good" icon={<IconCircleCheck size={15} aria-hidden />}>
          {words.copies.copied}
        </StateWord>
        <Text size="xs" c="dimmed" className="nowrap">
          {words.ago(copy.at, now)}
        </Text>
      </Group>
    )
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <StateWord tone="bad" icon={<IconCircleX size={15} aria-hidden />}>
          {words.copies.failed}
        </StateWord>
        {canCopy && status !== 'invalid' && (
          <Button size="compact-xs" variant="default" loading={acts.isBusy(id)} onClick={() => acts.copy(id)}>
            {text.app.retry}
          </Button>
        )}
      </Group>
      <Text size="xs" maw="20rem">
        {copy.problem}
      </Text>
    </>
  )
}

interface RowMenuProps {
  readonly backup: Backup
  readonly acts: BackupActs
  readonly canCopy: boolean
  readonly onDelete: () => void
}

function RowMenu({ backup, acts, canCopy, onDelete }: RowMenuProps): ReactNode {
  const { id, path, status, is_last_verified: isLast } = backup
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" loading={acts.isBusy(id)} aria-label={words.actions(id)}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => acts.verify(backup)}>{words.verify}</Menu.Item>
        {canCopy && status !== 'invalid' && <Menu.Item onClick={() => acts.copy(id)}>{words.copy}</Menu.Item>}
        <Menu.Item onClick={() => void copyText(path, words.theFolder)}>{words.copyPath}</Menu.Item>
        <Menu.Divider />
        <Menu.Item color="red" disabled={isLast} onClick={onDelete}>
          {isLast ? words.deleteLast : words.delete}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Characters at the end of a name that tell two backups of one second apart; nobody types all of it. */
const END_LENGTH = 4

interface DeleteDialogProps {
  readonly backup: Backup
  readonly acts: BackupActs
  readonly onClose: () => void
}

function DeleteDialog({ backup, acts, onClose }: DeleteDialogProps): ReactNode {
  const at = backup.created_at === null ? backup.id : words.at(backup.created_at)
  const word = backup.id.slice(-END_LENGTH)
  return (
    <ConfirmDialog
      title={words.deleteTitle(at)}
      action={words.deleteYes}
      isRunning={acts.isRemoving}
      typed={{ word, label: words.deleteTyped(word), hint: words.deleteTypedHint(backup.id) }}
      onConfirm={() => acts.remove(backup, onClose)}
      onClose={onClose}
    >
      <Text>{backup.status === 'invalid' ? words.deleteBad : words.deleteEffect(at)}</Text>
    </ConfirmDialog>
  )
}
