import { Button, Group, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useWeirClient } from '../../app/client-context.tsx'
import { unwrap } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'
import { ExportMenu } from '../../components/export-menu.tsx'
import type { ExportedRows } from '../../components/export-rows.ts'
import { Panel } from '../../components/panel.tsx'
import { accessText } from '../../text/access.ts'
import type { WeirClient } from '../../weir-client.ts'
import { Call, curlOf } from '../connect/agent-calls.tsx'
import { MadeToken } from '../connect/new-token.tsx'
import { type Token, TokenList } from '../connect/token-list.tsx'
import type { AccessSearch, ChangeView } from './access-search.ts'
import type { Made } from './made-token.ts'
import { RotateDialog } from './rotate-dialog.tsx'
import { TokenForm } from './token-form.tsx'

const text = accessText.tokens

/** What the tab takes. */
export interface TokensTabProps {
  readonly view: AccessSearch
  readonly onView: ChangeView
}

/** The tokens in force: made, put in place of each other, and revoked here. */
export function TokensTab({ view, onView }: TokensTabProps): ReactNode {
  const [made, setMade] = useState<Made | null>(null)
  const [rotating, setRotating] = useState<Token | null>(null)
  const client = useWeirClient()
  return (
    <Stack gap="md">
      {made === null ? (
        <Group justify="flex-end" gap="xs">
          <ExportMenu isMain name="tokens" rows={() => allTokens(client)} />
          <Button
            size="xs"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => onView({ add: 'token' })}
          >
            {text.add}
          </Button>
        </Group>
      ) : (
        <>
          <MadeToken name={made.name} token={made.token} onSaved={() => setMade(null)} />
          {made.scope === 'executor' && <ReadyCall />}
        </>
      )}
      <TokenList onRotate={setRotating} />
      {view.add === 'token' && (
        <TokenForm
          owner={view.owner}
          onMade={setMade}
          onClose={() => onView({ add: undefined, owner: undefined })}
        />
      )}
      {rotating !== null && (
        <RotateDialog token={rotating} onMade={setMade} onClose={() => setRotating(null)} />
      )}
    </Stack>
  )
}

/** Every token there was, the revoked ones too; what opens a door is in no list. Rejects with the `Problem`. */
async function allTokens(client: WeirClient): Promise<ExportedRows> {
  const { tokens } = await unwrap(client.call('tokens.list', { include_revoked: true }))
  return { rows: tokens, totalCount: tokens.length }
}

function ReadyCall(): ReactNode {
  const url = useStatus().data?.api_url
  if (typeof url !== 'string') return null
  return (
    <Panel title={text.curl}>
      <Call title={text.curl} hint={text.curlHint} command={curlOf('limits.check', url)} />
    </Panel>
  )
}
