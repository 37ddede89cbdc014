import { Anchor, Table, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { clipText, formatCount, formatInstant } from '../../format.ts'
import { intelligenceText } from '../../text/intelligence.ts'
import type { Intelligence } from './intelligence-search.ts'

const text = intelligenceText.cases

/** A longer name does not fit the hint of a link. */
const NAME_MAX = 60

type Case = Intelligence['champion_cases']['newest'][number]

/** The newest champion cases, each leading to the session it came from. */
export function CasesPanel({
  cases,
  zone,
}: {
  readonly cases: readonly Case[]
  readonly zone: string
}): ReactNode {
  return (
    <Panel title={text.title} unit={text.unit}>
      {cases.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text.none}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing={6} highlightOnHover aria-label={text.title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{text.case}</Table.Th>
                <Table.Th>{text.user}</Table.Th>
                <Table.Th className="number">{text.when}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {cases.map((one) => (
                <Table.Tr key={JSON.stringify([one.user_id, one.case_id, one.session_id, one.counted_at])}>
                  <Table.Td maw={240}>
                    <CaseName one={one} />
                  </Table.Td>
                  <Table.Td maw={180}>
                    <PlainText text={one.username} />
                  </Table.Td>
                  <Table.Td className="number tabular">{formatInstant(one.counted_at, zone)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Text size="sm" c="dimmed" mt={6}>
        {text.notMeasured}
      </Text>
    </Panel>
  )
}

function CaseName({ one }: { readonly one: Case }): ReactNode {
  const navigate = useNavigate()
  const name = one.case_id ?? text.unnamed
  const turn = one.turn_number === null ? '' : ` · ${text.turn(formatCount(one.turn_number))}`
  const { session_id: session } = one
  if (session === null) return <PlainText text={`${name}${turn}`} />
  return (
    <Anchor
      component="button"
      type="button"
      fz="inherit"
      maw="100%"
      title={text.open(clipText(name, NAME_MAX))}
      onClick={() => void navigate({ to: '/sessions', search: { session, of: one.user_id } })}
    >
      <PlainText text={`${name}${turn}`} />
    </Anchor>
  )
}
