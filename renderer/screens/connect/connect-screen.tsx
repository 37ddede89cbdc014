import { ActionIcon, Anchor, Group, Stack, Text, Tooltip } from '@mantine/core'
import { IconCopy, IconExternalLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWeirClient } from '../../app/client-context.tsx'
import { copyText } from '../../app/copy.ts'
import { useStatus } from '../../app/status.ts'
import { Panel } from '../../components/panel.tsx'
import { text } from '../../text.ts'
import { AgentCalls } from './agent-calls.tsx'
import { NewToken } from './new-token.tsx'
import { TokenList } from './token-list.tsx'

/** Everything the agent's side needs: an address, a token, the two calls; and the tokens that are out there. */
export function ConnectScreen(): ReactNode {
  const status = useStatus()
  return (
    <Stack gap="md" className="narrow">
      <Text c="dimmed" maw="46rem">
        {text.connect.intro}
      </Text>
      {status.data !== undefined && <Address url={status.data.api_url} />}
      <NewToken />
      {typeof status.data?.api_url === 'string' && <AgentCalls apiUrl={status.data.api_url} />}
      <TokenList />
    </Stack>
  )
}

function Address({ url }: { readonly url: string | null }): ReactNode {
  const isBrowser = useWeirClient().kind === 'browser'
  return (
    <Panel title={text.connect.address}>
      {url === null ? (
        <Text>{text.connect.addressOff}</Text>
      ) : (
        <Group gap="xs">
          <Text className="path">{url}</Text>
          <Tooltip label={text.shell.apiCopy}>
            <ActionIcon
              variant="subtle"
              onClick={() => void copyText(url, text.shell.apiName)}
              aria-label={text.shell.apiCopy}
            >
              <IconCopy size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
          {isBrowser && (
            <Anchor href="/docs" target="_blank" rel="noreferrer" ml="auto">
              <Group gap={5} component="span">
                {text.connect.docs}
                <IconExternalLink size={15} aria-hidden />
              </Group>
            </Anchor>
          )}
        </Group>
      )}
    </Panel>
  )
}
