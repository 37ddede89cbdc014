import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import { CAUSE_WORDS, placeOf, REPAIR_WORDS, shownValue } from '../../../shared/reconciliation-report.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { formatCount, formatPercent } from '../../format.ts'
import { text } from '../../text.ts'
import type { Finding, ReportUser } from './use-reconciliation.ts'

const { columns, corrected, drift } = text.reconciliation

/** The heads of the columns every table of findings has. */
export function FindingHeads(): ReactNode {
  return (
    <>
      <Table.Th>{columns.user}</Table.Th>
      <Table.Th>{columns.place}</Table.Th>
      <Table.Th>{columns.field}</Table.Th>
      <Table.Th ta="right">{columns.database}</Table.Th>
      <Table.Th ta="right">{columns.files}</Table.Th>
      <Table.Th ta="right">{columns.difference}</Table.Th>
      <Table.Th ta="right">{columns.percent}</Table.Th>
      <Table.Th>{columns.cause}</Table.Th>
      <Table.Th>{columns.action}</Table.Th>
    </>
  )
}

/** A finding's cells: who, where, both values, how far apart, why, and what can be done. */
export function FindingCells({
  user,
  finding,
}: {
  readonly user: ReportUser
  readonly finding: Finding
}): ReactNode {
  const [difference, percent] = distanceOf(finding)
  return (
    <>
      <Table.Td>
        <PlainText text={user.user_id} />
        <small>{drift(user.drift_percent)}</small>
      </Table.Td>
      <Table.Td>
        <PlainText text={finding.session_id} />
        <small>{placeOf(finding)}</small>
      </Table.Td>
      <Table.Td>{finding.field}</Table.Td>
      <Table.Td ta="right" className="tabular">
        {shownValue(finding.database_value)}
      </Table.Td>
      <Table.Td ta="right" className="tabular">
        {finding.turn_number === null ? '–' : <PlainText text={shownValue(finding.file_value)} />}
      </Table.Td>
      <Table.Td ta="right" className="tabular">
        {difference}
      </Table.Td>
      <Table.Td ta="right" className="tabular">
        {percent}
      </Table.Td>
      <Table.Td>{CAUSE_WORDS[finding.cause]}</Table.Td>
      <Table.Td>{finding.state === 'corrected' ? corrected : REPAIR_WORDS[finding.repair]}</Table.Td>
    </>
  )
}

/** What the database would gain or lose, in figures and in percent of the file's value. */
function distanceOf({ file_value, database_value }: Finding): readonly [string, string] {
  const file = typeof file_value === 'number' ? file_value : null
  const database = typeof database_value === 'number' ? database_value : null
  // A word, a time or a file that cannot be read is not a number of something.
  if ((file === null && file_value !== null) || (database === null && database_value !== null))
    return ['–', '–']
  if (file === null) return ['–', '–']
  const distance = file - (database ?? 0)
  const sign = distance > 0 ? '+' : distance < 0 ? '−' : ''
  const percent = file === 0 ? '–' : formatPercent((100 * Math.abs(distance)) / file)
  return [`${sign}${formatCount(Math.abs(distance))}`, percent]
}
