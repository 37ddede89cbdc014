import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { limitName } from '../../../shared/contract/fields.ts'
import { LIMIT_NAMES } from '../../text/components.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'
import { type EnforcementView, enforcementSearch, isNarrowed } from './enforcement-search.ts'

const text = enforcementScreenText.events
/** Typing settles before the list is asked for again. */
const TYPING_MS = 250
const KINDS = ['blocked', 'would_have_blocked', 'bypassed'] as const
const RANGES = ['hour', 'day', 'week', 'all'] as const

/** What of the list is shown. Every choice goes through the schema of the address, which drops what it does not know. */
export function EventFilters({ view, onView }: EnforcementView): ReactNode {
  const typed = useDebouncedCallback(
    (user: string) => onView({ user: enforcementSearch.parse({ user: user || undefined }).user }),
    TYPING_MS,
  )
  const choose = (member: 'kind' | 'policy' | 'range', value: string): void =>
    onView({ [member]: enforcementSearch.parse({ [member]: value || undefined })[member] })
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        size="xs"
        label={text.range}
        value={view.range ?? 'day'}
        onChange={(event) => choose('range', event.currentTarget.value)}
        data={RANGES.map((value) => ({ value, label: text.ranges[value] }))}
      />
      <NativeSelect
        size="xs"
        label={text.kind}
        value={view.kind ?? ''}
        onChange={(event) => choose('kind', event.currentTarget.value)}
        data={[
          { value: '', label: text.anyKind },
          ...KINDS.map((value) => ({ value, label: text.kinds[value] })),
        ]}
      />
      <NativeSelect
        size="xs"
        label={text.limit}
        value={view.policy ?? ''}
        onChange={(event) => choose('policy', event.currentTarget.value)}
        data={[
          { value: '', label: text.anyLimit },
          ...limitName.options.map((value) => ({ value, label: LIMIT_NAMES[value] })),
        ]}
      />
      <TextInput
        // A filter that was cleared or came with a link starts the field anew.
        key={String(view.user === undefined)}
        size="xs"
        label={text.user}
        defaultValue={view.user ?? ''}
        onChange={(event) => typed(event.currentTarget.value.trim())}
        maxLength={128}
        autoComplete="off"
      />
      {isNarrowed(view) ? (
        <Button
          size="xs"
          variant="subtle"
          onClick={() => onView({ kind: undefined, policy: undefined, code: undefined, user: undefined })}
        >
          {text.clear}
        </Button>
      ) : null}
    </Group>
  )
}
