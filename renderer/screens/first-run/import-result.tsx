import { Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'
import { AuthReport } from './auth-report.tsx'
import { PeriodTable } from './period-table.tsx'
import { MismatchList, UnreadableList } from './report-lists.tsx'
import type { ImportReport } from './use-import-run.ts'
import { UserTable } from './user-table.tsx'

interface ImportResultProps {
  readonly report: ImportReport
  readonly onAnother: () => void
}

/** What an import did, whether the ledger gives back what the files hold, and where to go from here. */
export function ImportResult({ report, onAnother }: ImportResultProps): ReactNode {
  const auth = report.auth_database
  const needsLook =
    report.unreadable.length > 0 ||
    report.mismatches.length > 0 ||
    (auth !== null && auth.rejects.length + auth.conflicts.length > 0)
  const Icon = needsLook ? IconAlertTriangle : IconCircleCheck
  return (
    <section className="panel">
      <Stack gap="md">
        <Group gap="sm" wrap="nowrap" align="flex-start">
          <Icon
            size={28}
            aria-hidden
            color={needsLook ? 'var(--weir-warn)' : 'var(--weir-ok)'}
            className="logo"
          />
          <div>
            <Title order={2} role="status">
              {titleOf(report, needsLook)}
            </Title>
            <Text c="dimmed">{text.import.sourceLine(report.users, report.sessions, report.turns)}</Text>
          </div>
        </Group>
        <Figures report={report} />
        <Group gap="sm">
          <Button autoFocus renderRoot={(props) => <Link to="/dashboard" {...props} />}>
            {text.import.toDashboard}
          </Button>
          <Button variant="default" renderRoot={(props) => <Link to="/connect" {...props} />}>
            {text.import.toConnect}
          </Button>
          <Button variant="subtle" onClick={onAnother}>
            {text.import.another}
          </Button>
        </Group>
        <UnreadableList files={report.unreadable} />
        <MismatchList mismatches={report.mismatches} />
        {report.auth_database !== null && <AuthReport report={report.auth_database} />}
        <UserTable report={report} />
        <PeriodTable periods={report.periods} />
      </Stack>
    </section>
  )
}

function titleOf(report: ImportReport, needsLook: boolean): string {
  if (needsLook) return text.import.doneAttention
  return report.imported === 0 && report.already_there > 0 ? text.import.doneNothing : text.import.doneTitle
}

function Figures({ report }: { readonly report: ImportReport }): ReactNode {
  const figures = [
    { id: 'imported', value: formatCount(report.imported), attention: false },
    { id: 'there', value: formatCount(report.already_there), attention: false },
    { id: 'conflicting', value: formatCount(report.conflicting), attention: report.conflicting > 0 },
    {
      id: 'unreadable',
      value: formatCount(report.unreadable.length),
      attention: report.unreadable.length > 0,
    },
    {
      id: 'accuracy',
      value: text.import.accuracy(report.accuracy_percent),
      attention: report.accuracy_percent !== null && report.accuracy_percent < 100,
    },
    { id: 'outside', value: formatCount(report.outside_turns_tokens), attention: false },
  ] as const
  return (
    <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="lg">
      {figures.map(({ id, value, attention }) => (
        <div key={id} className="figure" data-attention={attention}>
          <Text size="sm" c="dimmed">
            {text.import.figures[id]}
          </Text>
          <div className="figure-value tabular">{value}</div>
          <Text size="xs" c="dimmed">
            {text.import.figureHints[id]}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  )
}
