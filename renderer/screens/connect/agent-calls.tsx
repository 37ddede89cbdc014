import { ActionIcon, Stack, Text, Title, Tooltip } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { OPERATIONS } from '../../../shared/contract/index.ts'
import { copyText } from '../../app/copy.ts'
import { Panel } from '../../components/panel.tsx'
import { text } from '../../text.ts'

/** The environment variable the ready commands read the token from, so that no command shows a secret. */
export const TOKEN_VARIABLE = 'WEIR_TOKEN'

/** A command for a POSIX shell that calls an operation with its example, as the table of operations has it. */
export function curlOf(name: 'limits.check' | 'turns.record', apiUrl: string): string {
  const { method, path, example } = OPERATIONS[name]
  // A single quote ends the quoted body; none of the examples has one, and it stays right when one gets one.
  const body = JSON.stringify(example).replaceAll("'", `'\\''`)
  return [
    `curl -sS -X ${method} ${apiUrl}${path} \\`,
    `  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${body}'`,
  ].join('\n')
}

/** The two calls of an agent as commands to copy. */
export function AgentCalls({ apiUrl }: { readonly apiUrl: string }): ReactNode {
  return (
    <Panel title={text.connect.calls}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {text.connect.callsHint}
        </Text>
        <Call
          title={text.connect.check}
          hint={text.connect.checkHint}
          command={curlOf('limits.check', apiUrl)}
        />
        <Call
          title={text.connect.record}
          hint={text.connect.recordHint}
          command={curlOf('turns.record', apiUrl)}
        />
      </Stack>
    </Panel>
  )
}

interface CallProps {
  readonly title: string
  readonly hint: string
  readonly command: string
}

/** A command with what it does and a button that copies it. */
export function Call({ title, hint, command }: CallProps): ReactNode {
  return (
    <div>
      <Title order={3}>{title}</Title>
      <Text size="sm" c="dimmed" mb={6}>
        {hint}
      </Text>
      <div className="command">
        {/* Scrolls nowhere: the command wraps, so it need not be reachable by keyboard. */}
        <pre className="mantine-Code-root path">{command}</pre>
        <Tooltip label={text.connect.copyCommand}>
          <ActionIcon
            variant="default"
            className="command-copy"
            onClick={() => void copyText(command, title)}
            aria-label={text.connect.copyCommand}
          >
            <IconCopy size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  )
}
