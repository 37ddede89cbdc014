import { Button, Group, Modal, Skeleton, Stack, Table, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { text } from '../../text.ts'

/** A token as it is listed. */
export type Token = OperationOutput<'tokens.list'>['tokens'][number]

/** What `TokenList` takes. */
export interface TokenListProps {
  /** Offers to put another token in the place of one. */
  readonly onRotate?: (token: Token) => void
}

/** The tokens in force, with when each was used last, and a way to revoke it. */
export function TokenList({ onRotate }: TokenListProps): ReactNode {
  const settled = useSettledQuery(useWeirQuery('tokens.list', {}))
  const [doomed, setDoomed] = useState<Token | null>(null)
  // What the dialog says of its last use follows the list, which is asked for again: "never used" must be true now.
  const newest = settled.data?.tokens.find(({ id }) => id === doomed?.id) ?? doomed
  const ask = (token: Token): void => {
    setDoomed(token)
    settled.retry()
  }
  return (
    <>
      <QueryPanel title={text.connect.tokens} query={settled} skeleton={<Skeleton height={120} />}>
        {(data) => <Tokens tokens={data.tokens} onRevoke={ask} onRotate={onRotate} />}
      </QueryPanel>
      <RevokeDialog token={newest} onClose={() => setDoomed(null)} />
    </>
  )
}

interface TokensProps {
  readonly tokens: readonly Token[]
  readonly onRevoke: (token: Token) => void
  readonly onRotate: ((token: Token) => void) | undefined
}

function Tokens({ tokens, onRevoke, onRotate }: TokensProps): ReactNode {
  const now = useNow()
  const { columns } = text.connect
  if (tokens.length === 0) return <Text>{text.connect.noTokens}</Text>
  return (
    <Stack gap="xs">
      {!tokens.some((token) => token.scope === 'executor') && <Text>{text.connect.noExecutor}</Text>}
      <Table.ScrollContainer minWidth={820}>
        <Table verticalSpacing={7} highlightOnHover aria-label={text.connect.tokens}>
          <Table.Thead>
            <Table.Tr>
              {[columns.name, columns.scope, columns.prefix, columns.created, columns.used].map((head) => (
                <Table.Th key={head} className="nowrap">
                  {head}
                </Table.Th>
              ))}
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tokens.map((token) => (
              <TokenRow
                key={token.id}
                token={token}
                now={now}
                onRevoke={() => onRevoke(token)}
                onRotate={onRotate}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  )
}

interface TokenRowProps {
  readonly token: Token
  /** Milliseconds. */
  readonly now: number
  readonly onRevoke: () => void
  readonly onRotate: ((token: Token) => void) | undefined
}

function TokenRow({ token, now, onRevoke, onRotate }: TokenRowProps): ReactNode {
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={600} size="sm" className="name">
          {token.name}
        </Text>
        {token.expires_at !== null && <Expiry at={token.expires_at} now={now} />}
      </Table.Td>
      <Table.Td className="nowrap">
        {text.connect.scopes[token.scope]}
        {token.user_id === null ? '' : ` ${token.user_id}`}
      </Table.Td>
      <Table.Td className="path nowrap">{token.prefix}…</Table.Td>
      <Table.Td className="tabular nowrap">{text.connect.at(token.created_at)}</Table.Td>
      <Table.Td className="tabular nowrap" title={token.last_used_at ?? undefined}>
        {token.last_used_at === null ? text.connect.never : text.connect.used(token.last_used_at, now)}
      </Table.Td>
      <Table.Td className="number nowrap">
        {onRotate !== undefined && !isOver(token, now) && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => onRotate(token)}
            aria-label={text.access.tokens.rotateThis(token.name)}
          >
            {text.access.tokens.rotate}
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          onClick={onRevoke}
          aria-label={text.connect.revokeThis(token.name)}
        >
          {text.connect.revoke}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

function isOver({ expires_at }: Token, now: number): boolean {
  return expires_at !== null && Date.parse(expires_at) <= now
}

function Expiry({ at, now }: { readonly at: string; readonly now: number }): ReactNode {
  return (
    <Text size="xs" c="dimmed">
      {Date.parse(at) <= now ? text.connect.expired(at) : text.connect.expires(at)}
    </Text>
  )
}

interface RevokeDialogProps {
  readonly token: Token | null
  readonly onClose: () => void
}

/** Cannot be undone, so it asks (UX 4.0, level 1): the token by name, what it does, Cancel focused. */
function RevokeDialog({ token, onClose }: RevokeDialogProps): ReactNode {
  const revoke = useWeirMutation('tokens.revoke')
  const now = useNow()
  const go = (doomed: Token): void =>
    revoke.mutate(
      { id: doomed.id },
      {
        onSuccess: () => {
          showDone(text.connect.revoked(doomed.name))
          onClose()
        },
        onError: showProblem,
      },
    )
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={token === null ? '' : text.connect.revokeTitle(token.name)}
      centered
    >
      {token !== null && (
        <Stack gap="lg">
          <Text>
            {token.last_used_at === null
              ? text.connect.revokeUnused
              : text.connect.revokeUsed(token.last_used_at, now)}
          </Text>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose} data-autofocus>
              {text.app.cancel}
            </Button>
            <Button color="red" loading={revoke.isPending} onClick={() => go(token)}>
              {text.connect.revokeYes}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
