import { Button, Skeleton, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { formatCount, formatMoneyExact } from '../../format.ts'
import { LIMIT_NAMES } from '../../text/components.ts'
import { dateTime } from '../../text/figures.ts'
import { userText } from '../../text/user.ts'

type Grant = OperationOutput<'grants.list'>['grants'][number]

const text = userText.grants

/** The extra allowances of a user, those that are over too, with the way to end them. */
export function UserGrants({ userId }: { readonly userId: string }): ReactNode {
  const query = useSettledQuery(useWeirQuery('grants.list', { id: userId }, { keepPrevious: false }), userId)
  return (
    <QueryPanel title={text.title} unit={text.unit} query={query} skeleton={<Skeleton height={60} />}>
      {({ grants }) =>
        grants.length === 0 ? (
          <Text size="sm" c="dimmed">
            {text.none}
          </Text>
        ) : (
          <Grants grants={grants} />
        )
      }
    </QueryPanel>
  )
}

function Grants({ grants }: { readonly grants: readonly Grant[] }): ReactNode {
  return (
    <Table.ScrollContainer minWidth={620} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={5} aria-label={text.title}>
        <Table.Thead>
          <Table.Tr>
            {Object.entries(text.columns).map(([key, label]) => (
              <Table.Th key={key} scope="col">
                {label}
              </Table.Th>
            ))}
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {grants.map((grant) => (
            <GrantRow key={grant.id} grant={grant} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function stateOf(grant: Grant): string {
  if (grant.is_in_force) return text.inForce
  return grant.revoked_at === null ? text.expired : text.revoked
}

function GrantRow({ grant }: { readonly grant: Grant }): ReactNode {
  const revoke = useWeirMutation('grants.revoke')
  const amount = grant.limit === 'cost_per_month_usd' ? formatMoneyExact : formatCount
  return (
    <Table.Tr>
      <Table.Td>{LIMIT_NAMES[grant.limit]}</Table.Td>
      <Table.Td className="number">{`+${amount(grant.amount)}`}</Table.Td>
      <Table.Td className="nowrap">{dateTime(grant.expires_at)}</Table.Td>
      <Table.Td maw={220}>
        <PlainText text={grant.reason} lines={2} />
      </Table.Td>
      <Table.Td>{stateOf(grant)}</Table.Td>
      <Table.Td>
        {grant.is_in_force ? (
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            loading={revoke.isPending}
            aria-label={text.revokeThis(LIMIT_NAMES[grant.limit])}
            onClick={() =>
              revoke.mutate(
                { id: grant.user_id, grant_id: grant.id },
                { onSuccess: () => showDone(text.revokedNote), onError: showProblem },
              )
            }
          >
            {text.revoke}
          </Button>
        ) : null}
      </Table.Td>
    </Table.Tr>
  )
}
