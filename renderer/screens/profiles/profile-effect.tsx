import { Alert, List, Loader, Stack, Text } from '@mantine/core'
import { IconBan, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { profilesText } from '../../text/profiles.ts'
import type { ProfileInput } from './profile-values.ts'

const text = profilesText.effect

type Preview = OperationOutput<'profiles.preview'>

/** More names than these are not read before saving; the number says the rest. */
const NAMES_SHOWN = 8

/** What `ProfileEffect` takes. */
export interface ProfileEffectProps {
  readonly id: number
  /** What the profile would be. */
  readonly input: ProfileInput
  /** False while the fields are those in force, or cannot be saved. */
  readonly isChanged: boolean
}

/** Whom a change would block or set free now, by name, worked out by the rules that enforce. */
export function ProfileEffect({ id, input, isChanged }: ProfileEffectProps): ReactNode {
  const preview = useWeirQuery('profiles.preview', { id, ...input }, { enabled: isChanged, refresh: false })
  return (
    <section aria-label={text.title} aria-live="polite">
      {isChanged ? (
        <Answer data={preview.data} detail={preview.error?.detail ?? null} />
      ) : (
        <Note>{text.unchanged}</Note>
      )}
    </section>
  )
}

function Answer({
  data,
  detail,
}: {
  readonly data: Preview | undefined
  readonly detail: string | null
}): ReactNode {
  if (detail !== null) return <Alert color="red">{detail}</Alert>
  if (data === undefined) {
    return (
      <Text size="sm" c="dimmed">
        <Loader size={12} mr={6} aria-hidden />
        {text.asking}
      </Text>
    )
  }
  const { affected_users, would_block, would_unblock } = data
  if (affected_users === 0) return <Note>{text.nobody}</Note>
  if (would_block.length + would_unblock.length === 0) return <Note>{text.none(affected_users)}</Note>
  return (
    <Stack gap="xs">
      {would_block.length > 0 && (
        <Alert color="red" icon={<IconBan aria-hidden />} title={text.blocked(would_block.length)}>
          <Names users={would_block} />
        </Alert>
      )}
      {would_unblock.length > 0 && (
        <Alert color="teal" icon={<IconCircleCheck aria-hidden />} title={text.freed(would_unblock.length)}>
          <Names users={would_unblock} />
        </Alert>
      )}
    </Stack>
  )
}

function Note({ children }: { readonly children: string }): ReactNode {
  return (
    <Alert color="gray" icon={<IconInfoCircle aria-hidden />}>
      {children}
    </Alert>
  )
}

function Names({ users }: { readonly users: Preview['would_block'] }): ReactNode {
  return (
    <>
      <List size="sm" listStyleType="none">
        {users.slice(0, NAMES_SHOWN).map(({ user_id, username, reason }) => (
          <List.Item key={user_id}>
            <Text component="span" fw={600} size="sm" display="block">
              <PlainText text={username} />
            </Text>
            <Text component="span" size="xs" display="block">
              <PlainText text={reason} lines={2} />
            </Text>
          </List.Item>
        ))}
      </List>
      {users.length > NAMES_SHOWN && <Text size="sm">{text.others(users.length - NAMES_SHOWN)}</Text>}
    </>
  )
}
