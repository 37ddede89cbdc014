import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { auditText } from '../../text/audit.ts'
import { type AuditSearch, auditSearch, NO_FILTERS } from './audit-search.ts'

const text = auditText.filters
/** Typing settles before the log is asked again. */
const TYPING_MS = 250
const RANGES = ['all', 'hour', 'day', 'week', 'month'] as const

/** What `AuditFilters` takes. */
export interface AuditFiltersProps {
  readonly view: AuditSearch
  /** What there is to choose from; undefined until the log has answered. */
  readonly choices: OperationOutput<'audit.list'>['choices'] | undefined
  readonly onView: (change: Partial<AuditSearch>) => void
}

/** Whose changes, which, of what, and when. Every choice goes through the schema of the address. */
export function AuditFilters({ view, choices, onView }: AuditFiltersProps): ReactNode {
  const choose = (member: keyof AuditSearch, value: string): void =>
    onView({ [member]: auditSearch.parse({ [member]: value || undefined })[member] })
  const typed = useDebouncedCallback(choose, TYPING_MS)
  const select = (
    member: 'actor' | 'action' | 'kind',
    label: string,
    any: string,
    values: readonly string[],
    word: (value: string) => string,
  ): ReactNode => (
    <NativeSelect
      size="xs"
      label={label}
      value={view[member] ?? ''}
      onChange={(event) => choose(member, event.currentTarget.value)}
      data={[
        { value: '', label: any },
        // A link may name what is not in the log (any more).
        ...[...new Set([...values, ...(view[member] === undefined ? [] : [view[member]])])].map((value) => ({
          value,
          label: word(value),
        })),
      ]}
      maw={240}
    />
  )
  const field = (member: 'object' | 'about', label: string): ReactNode => (
    <TextInput
      // A filter that was cleared or came with a link starts the field anew.
      key={`${member} ${view[member] === undefined}`}
      size="xs"
      label={label}
      defaultValue={view[member] ?? ''}
      onChange={(event) => typed(member, event.currentTarget.value.trim())}
      maxLength={128}
      autoComplete="off"
      w={150}
    />
  )
  const asItIs = (value: string): string => value
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        size="xs"
        label={text.range}
        value={view.range ?? 'all'}
        onChange={(event) => choose('range', event.currentTarget.value)}
        data={RANGES.map((value) => ({ value, label: text.ranges[value] }))}
      />
      {select('actor', text.actor, text.anyone, choices?.actors ?? [], asItIs)}
      {select('action', text.action, text.anything, choices?.actions ?? [], auditText.action)}
      {select('kind', text.kind, text.anyKind, choices?.object_kinds ?? [], asItIs)}
      {field('object', text.object)}
      {field('about', text.about)}
      {Object.entries(view).some(([member, value]) => member !== 'page' && value !== undefined) ? (
        <Button size="xs" variant="subtle" onClick={() => onView(NO_FILTERS)}>
          {text.clear}
        </Button>
      ) : null}
    </Group>
  )
}
