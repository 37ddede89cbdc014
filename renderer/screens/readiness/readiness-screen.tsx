import { Button, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconHelpCircle } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { copyText } from '../../app/copy.ts'
import { downloadText } from '../../app/download.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Panel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { StateWord } from '../../components/state-word.tsx'
import { text } from '../../text.ts'

type Report = OperationOutput<'readiness.get'>
type Check = Report['checks'][number]

const ICONS = { ok: IconCircleCheck, attention: IconAlertTriangle, unknown: IconHelpCircle } as const
const TONES = { ok: 'good', attention: 'bad', unknown: 'none' } as const
const RESULT_TONES = { met: 'good', missed: 'bad', cannot_judge: 'none' } as const

/** Whether all is as it should be: each check with its evidence and the way to mend it. */
export function ReadinessScreen(): ReactNode {
  // The checks look at every page of the database: they run when they are asked for, not by themselves.
  const query = useWeirQuery('readiness.get', {}, { refresh: false })
  const settled = useSettledQuery(query)
  useShortcut('r', settled.retry, text.readiness.run)
  return (
    <QueryStates query={settled} skeleton={<Skeleton height={480} />}>
      {(report) => (
        <Stack gap="md">
          <Verdict report={report} isRunning={query.isFetching} onRun={settled.retry} />
          <Panel title={text.readiness.title}>
            <Table verticalSpacing={8} aria-label={text.readiness.title}>
              <Table.Tbody>
                {report.checks.map((check) => (
                  <CheckRow key={check.id} check={check} />
                ))}
              </Table.Tbody>
            </Table>
          </Panel>
          <Success metrics={report.success} />
        </Stack>
      )}
    </QueryStates>
  )
}

interface VerdictProps {
  readonly report: Report
  readonly isRunning: boolean
  readonly onRun: () => void
}

function Verdict({ report, isRunning, onRun }: VerdictProps): ReactNode {
  const words = text.readiness
  return (
    <Group justify="space-between" gap="sm">
      <div role="status">
        <Text fw={600} size="lg">
          {words.verdict[report.verdict](report.ok, report.total)}
        </Text>
        <Text size="sm" c="dimmed">
          {words.at(report.at)}
        </Text>
      </div>
      <Group gap="sm">
        <Button variant="default" onClick={() => void copyText(markdownOf(report), words.report)}>
          {words.copyReport}
        </Button>
        <Button
          variant="default"
          onClick={() =>
            downloadText('weir-readiness.json', `${JSON.stringify(report, null, 2)}\n`, 'application/json')
          }
        >
          {words.saveJson}
        </Button>
        <Button loading={isRunning} onClick={onRun}>
          {words.run}
        </Button>
      </Group>
    </Group>
  )
}

function CheckRow({ check }: { readonly check: Check }): ReactNode {
  const router = useRouter()
  const Icon = ICONS[check.state]
  const path = check.fix?.path ?? null
  return (
    <Table.Tr>
      <Table.Td className="nowrap">
        <StateWord tone={TONES[check.state]} icon={<Icon size={16} aria-hidden />}>
          {text.readiness.states[check.state]}
        </StateWord>
      </Table.Td>
      <Table.Td>
        <Text fw={600} size="sm">
          {check.title}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {check.evidence}
        </Text>
        {check.fix !== null && <Text size="sm">{check.fix.text}</Text>}
      </Table.Td>
      <Table.Td className="tabular">
        {check.since !== null && (
          <Text size="xs" c="dimmed">
            {text.readiness.since(check.since)}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">
        {path !== null && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={text.readiness.fixThis(check.title)}
            onClick={() => router.history.push(path)}
          >
            {text.readiness.fix}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Success({ metrics }: { readonly metrics: Report['success'] }): ReactNode {
  const { columns } = text.readiness
  return (
    <Panel title={text.readiness.success}>
      <Table.ScrollContainer minWidth={720}>
        <Table verticalSpacing={7} aria-label={text.readiness.success}>
          <Table.Thead>
            <Table.Tr>
              {[columns.metric, columns.target, columns.measured, columns.state, columns.trend].map(
                (head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {metrics.map((metric) => (
              <Table.Tr key={metric.id}>
                <Table.Td>
                  <Text size="sm" fw={600}>
                    {metric.title}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {metric.evidence}
                  </Text>
                </Table.Td>
                <Table.Td className="nowrap">{metric.target}</Table.Td>
                <Table.Td className="tabular">{metric.measured ?? text.readiness.notMeasured}</Table.Td>
                <Table.Td>
                  <StateWord tone={RESULT_TONES[metric.state]}>
                    {text.readiness.results[metric.state]}
                  </StateWord>
                </Table.Td>
                <Table.Td>{metric.trend === null ? '' : text.readiness.trends[metric.trend]}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  )
}

/** The report as text to keep or send. */
export function markdownOf(report: Report): string {
  const words = text.readiness
  const checks = report.checks.map(
    (check) => `| ${words.states[check.state]} | ${check.title} | ${check.evidence} |`,
  )
  const success = report.success.map(
    (one) =>
      `| ${words.results[one.state]} | ${one.title} (${one.target}) | ${one.measured ?? words.notMeasured} |`,
  )
  return [
    `# ${words.verdict[report.verdict](report.ok, report.total)}`,
    '',
    words.at(report.at),
    '',
    '| State | Check | Found |',
    '|---|---|---|',
    ...checks,
    ...success,
    '',
  ].join('\n')
}
