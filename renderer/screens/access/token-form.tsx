import { Alert, Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { OperationInput } from '../../../shared/contract/index.ts'
import { DAY_MS, toIso } from '../../../shared/units.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { accessText } from '../../text/access.ts'
import { appText } from '../../text/app.ts'
import type { Made } from './made-token.ts'

const text = accessText.tokens
type Scope = OperationInput<'tokens.create'>['scope']
type Life = keyof typeof text.lives

/** What `TokenForm` takes. */
export interface TokenFormProps {
  /** Id of the user it is for; undefined where that is not said yet. */
  readonly owner: string | undefined
  readonly onMade: (made: Made) => void
  readonly onClose: () => void
}

/** Makes a token of any kind. What is shown once goes to `onMade` and stays in no field. */
export function TokenForm({ owner, onMade, onClose }: TokenFormProps): ReactNode {
  const [name, setName] = useState('')
  const [scope, setScope] = useState<Scope>(owner === undefined ? 'executor' : 'user')
  const [user, setUser] = useState(owner ?? '')
  const [life, setLife] = useState<Life>('never')
  const [isTried, setTried] = useState(false)
  const create = useWeirMutation('tokens.create')
  const isNameMissing = name.trim() === ''
  const isUserMissing = scope === 'user' && user.trim() === ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (isNameMissing || isUserMissing || create.isPending) return
    create.mutate(
      {
        name: name.trim(),
        scope,
        ...(scope === 'admin' || user.trim() === '' ? {} : { user_id: user.trim() }),
        ...(life === 'never' ? {} : { expires_at: toIso(Date.now() + Number(life) * DAY_MS) }),
      },
      {
        onSuccess: ({ token }) => {
          onMade({ name: name.trim(), token, scope })
          onClose()
        },
      },
    )
  }
  return (
    <Modal opened onClose={onClose} title={text.title} centered size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {create.error !== null && (
            <Alert color="red" title={create.error.title}>
              {create.error.detail}
            </Alert>
          )}
          <TextInput
            label={text.name}
            description={text.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={isTried && isNameMissing ? text.nameMissing : undefined}
            maxLength={100}
            autoComplete="off"
            required
            data-autofocus
          />
          <Select
            label={text.scope}
            data={Object.entries(text.scopes).map(([value, label]) => ({ value, label }))}
            value={scope}
            allowDeselect={false}
            onChange={(value) => setScope(value === 'user' || value === 'admin' ? value : 'executor')}
          />
          {scope !== 'admin' && (
            <TextInput
              label={text.user}
              description={scope === 'user' ? text.userHint : text.userOptional}
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
              error={isTried && isUserMissing ? text.userMissing : undefined}
              maxLength={128}
              autoComplete="off"
              spellCheck={false}
              required={scope === 'user'}
            />
          )}
          <Select
            label={text.life}
            data={Object.entries(text.lives).map(([value, label]) => ({ value, label }))}
            value={life}
            allowDeselect={false}
            onChange={(value) => setLife(value !== null && value in text.lives ? (value as Life) : 'never')}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {appText.cancel}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {text.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
