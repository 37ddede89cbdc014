import { Anchor, Button, Table } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Fragment, type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useStatus } from '../../app/status.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { formatInstant } from '../../format.ts'
import { auditText } from '../../text/audit.ts'
import styles from './audit.module.css'
import { diffOf, type FieldChange } from './audit-diff.ts'

type Entry = OperationOutput<'audit.list'>['entries'][number]

/** The changes, newest first; each opens to what differs. */
export function AuditEntries({ entries }: { readonly entries: readonly Entry[] }): ReactNode {
  const [open, setOpen] = useState<number | null>(null)
  const zone = useStatus().data?.time_zone ?? 'UTC'
  return (
    <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6} aria-label={auditText.intro}>
        <Table.Thead>
          <Table.Tr>
            {Object.entries(auditText.columns).map(([key, label]) => (
              <Table.Th key={key} scope="col">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <EntryRow
              key={entry.id}
              entry={entry}
              zone={zone}
              isOpen={open === entry.id}
              onToggle={() => setOpen(open === entry.id ? null : entry.id)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface EntryRowProps {
  readonly entry: Entry
  readonly zone: string
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function EntryRow({ entry, zone, isOpen, onToggle }: EntryRowProps): ReactNode {
  const changes = diffOf(entry.before, entry.after)
  return (
    <Fragment>
      <Table.Tr>
        <Table.Td className="nowrap tabular">{formatInstant(entry.at, zone)}</Table.Td>
        <Table.Td className={styles.who}>
          <PlainText text={auditText.by(entry.actor, auditText.via[entry.via])} />
        </Table.Td>
        <Table.Td title={entry.action}>{auditText.action(entry.action)}</Table.Td>
        <Table.Td className={styles.who}>
          <ObjectName entry={entry} />
        </Table.Td>
        <Table.Td>
          <Button
            size="compact-xs"
            variant="default"
            aria-expanded={isOpen}
            title={isOpen ? auditText.hide : auditText.show}
            onClick={onToggle}
          >
            {auditText.changes(changes.length)}
          </Button>
        </Table.Td>
      </Table.Tr>
      {isOpen ? (
        <Table.Tr>
          <Table.Td colSpan={5} className={styles.diffCell}>
            <Diff changes={changes} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </Fragment>
  )
}

function ObjectName({ entry }: { readonly entry: Entry }): ReactNode {
  const navigate = useNavigate()
  const name = <PlainText text={`${entry.object_kind} ${entry.object_id}`} />
  if (entry.object_kind !== 'user') return name
  return (
    <Anchor
      component="button"
      type="button"
      size="sm"
      // A button stands on its bottom edge otherwise, and the words of the row beside it do not line up.
      style={{ verticalAlign: 'baseline' }}
      onClick={() => void navigate({ to: '/user', search: { id: entry.object_id } })}
    >
      {name}
    </Anchor>
  )
}

function Diff({ changes }: { readonly changes: readonly FieldChange[] }): ReactNode {
  const text = auditText.diff
  if (changes.length === 0) return auditText.same
  return (
    <table className={styles.diff}>
      <thead>
        <tr>
          <th scope="col">{text.field}</th>
          <th scope="col">{text.before}</th>
          <th scope="col">{text.after}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.field}>
            <th scope="row">{change.field}</th>
            <td className={styles.before}>
              {change.before === null ? text.nothing : <bdi>{change.before}</bdi>}
            </td>
            <td className={styles.after}>
              {change.after === null ? text.nothing : <bdi>{change.after}</bdi>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
