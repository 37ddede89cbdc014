import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { LOG_LEVELS } from '../../../shared/contract/logs.ts'
import { text } from '../../text.ts'
import type { LogsSearch } from './logs-search.ts'

/** Typing settles before the log is searched. */
const TYPING_MS = 250

interface LogFiltersProps {
  readonly view: LogsSearch
  readonly onView: (change: Partial<LogsSearch>) => void
  readonly onClear: () => void
}

/** What of the log is shown. */
export function LogFilters({ view, onView, onClear }: LogFiltersProps): ReactNode {
  const typed = useDebouncedCallback(onView, TYPING_MS)
  const field = (name: 'area' | 'user' | 'request' | 'text', label: string, width: string): ReactNode => (
    <TextInput
      // A filter that was cleared or came with a link starts the field anew.
      key={`${name}-${view[name] === undefined}`}
      label={label}
      defaultValue={view[name] ?? ''}
      onChange={(event) => typed({ [name]: event.currentTarget.value.trim() || undefined })}
      maxLength={128}
      autoComplete="off"
      w={width}
    />
  )
  const words = text.logs
  return (
    <Group gap="sm" align="flex-end">
      <NativeSelect
        label={words.level}
        value={view.level ?? 'debug'}
        onChange={(event) =>
          onView({ level: LOG_LEVELS.find((level) => level === event.currentTarget.value) })
        }
        data={LOG_LEVELS.map((level) => ({ value: level, label: words.from(words.levels[level]) }))}
      />
      <NativeSelect
        label={words.range}
        value={view.range ?? 'all'}
        onChange={(event) => onView({ range: rangeOf(event.currentTarget.value) })}
        data={(['all', 'hour', 'day', 'week'] as const).map((range) => ({
          value: range,
          label: words.ranges[range],
        }))}
      />
      {field('text', words.text, '13rem')}
      {field('area', words.area, '8rem')}
      {field('user', words.user, '9rem')}
      {field('request', words.request, '9rem')}
      {Object.values(view).some((value) => value !== undefined) && (
        <Button variant="subtle" onClick={onClear}>
          {words.clear}
        </Button>
      )}
    </Group>
  )
}

function rangeOf(value: string): LogsSearch['range'] {
  return value === 'hour' || value === 'day' || value === 'week' ? value : undefined
}
