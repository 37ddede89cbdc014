import { Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { text } from '../../text.ts'
import { AuthReport } from './auth-report.tsx'
import { PeriodTable } from './period-table.tsx'
import { MismatchList, UnreadableList } from './report-lists.tsx'
import type { ImportReport } from './use-import-run.ts'
import { UserTable } from './user-table.tsx'

/** What an import would do: totals per month, what is new, what cannot be read. */
export function DryRunReport({ report }: { readonly report: ImportReport }): ReactNode {
  return (
    <section className="panel">
      <Stack gap="sm">
        <Title order={2}>{text.import.dryTitle}</Title>
        <Text>
          {text.import.drySummary(report.users, report.sessions, report.turns)}{' '}
          {text.import.dryNew(report.imported, report.already_there)}
        </Text>
        <PeriodTable periods={report.periods} />
        {report.auth_database !== null && <AuthReport report={report.auth_database} />}
        <UserTable report={report} />
        <UnreadableList files={report.unreadable} />
        <MismatchList mismatches={report.mismatches} />
      </Stack>
    </section>
  )
}
