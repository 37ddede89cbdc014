import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { copyText } from '../../app/copy.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { text } from '../../text.ts'
import { TOKEN_VARIABLE } from './agent-calls.tsx'

/** Makes the token an agent calls with. What is shown once lives in this component's state and nowhere else. */
export function NewToken(): ReactNode {
  const [name, setName] = useState('')
  const create = useWeirMutation('tokens.create')
  if (create.data !== undefined) {
    const made = { name: create.variables.name, token: create.data.token }
    const forget = (): void => {
      create.reset()
      setName('')
    }
    return <MadeToken {...made} onSaved={forget} />
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (name.trim() !== '') create.mutate({ name: name.trim(), scope: 'executor' })
  }
  return (
    <Panel title={text.connect.newToken}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {create.error !== null && (
            <Alert color="red" title={create.error.title}>
              {create.error.detail}
            </Alert>
          )}
          <Group gap="sm" align="flex-end">
            <TextInput
              label={text.connect.name}
              description={text.connect.nameHint}
              placeholder={text.connect.namePlaceholder}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              maxLength={100}
              autoComplete="off"
              flex="1 1 18rem"
            />
            <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
              {text.connect.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  )
}

/** What `MadeToken` takes. */
export interface MadeTokenProps {
  readonly name: string
  readonly token: string
  readonly onSaved: () => void
}

/** A token as it is shown this once, until somebody says that it is saved. */
export function MadeToken({ name, token, onSaved }: MadeTokenProps): ReactNode {
  return (
    <section className="panel secret" role="status">
      <Stack gap="sm">
        <Title order={2}>{text.connect.onceTitle(name)}</Title>
        <Text>{text.connect.once}</Text>
        <div className="secret-value">{token}</div>
        <Group gap="sm">
          <Button autoFocus onClick={() => void copyText(token, text.connect.token)}>
            {text.connect.copyToken}
          </Button>
          <Button
            variant="default"
            onClick={() => void copyText(`export ${TOKEN_VARIABLE}=${token}`, text.connect.token)}
          >
            {text.connect.copyExport}
          </Button>
          <Button variant="default" ml="auto" onClick={onSaved}>
            {text.connect.saved}
          </Button>
        </Group>
      </Stack>
    </section>
  )
}
