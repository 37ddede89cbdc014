import { SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { HOUR_MS, MINUTE_MS } from '../../../shared/units.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'

const text = enforcementScreenText.pause

/** How long something is to last, as chosen in a dialog. */
export interface Duration {
  readonly kind: 'quarter' | 'hour' | 'until' | 'forever'
  /** What the field for a time of one's own holds: local date and time without a zone. */
  readonly end: string
}

/** What a dialog begins with: long enough to repair something, short enough to be forgotten without harm. */
export const QUARTER: Duration = { kind: 'quarter', end: '' }

/** When it ends; null is never, undefined is no time that could be meant. */
export function endOf({ kind, end }: Duration, now: number): number | null | undefined {
  switch (kind) {
    case 'quarter':
      return now + 15 * MINUTE_MS
    case 'hour':
      return now + HOUR_MS
    case 'forever':
      return null
    case 'until': {
      const at = new Date(end).getTime()
      return Number.isNaN(at) || at <= now ? undefined : at
    }
  }
}

/** What `DurationFields` takes. */
export interface DurationFieldsProps {
  readonly value: Duration
  readonly onChange: (value: Duration) => void
  readonly mayLastForever: boolean
  /** What is wrong with the end, or null. */
  readonly error: string | null
}

/** 15 minutes, an hour, until a time, or, where that is allowed, until further notice. */
export function DurationFields({ value, onChange, mayLastForever, error }: DurationFieldsProps): ReactNode {
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {text.howLong}
      </Text>
      <SegmentedControl
        aria-label={text.howLong}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind })}
        data={[
          { value: 'quarter', label: text.quarter },
          { value: 'hour', label: text.hour },
          { value: 'until', label: text.until },
          ...(mayLastForever ? [{ value: 'forever' as const, label: text.forever }] : []),
        ]}
      />
      {value.kind === 'until' ? (
        <TextInput
          type="datetime-local"
          label={text.end}
          value={value.end}
          onChange={(event) => onChange({ ...value, end: event.currentTarget.value })}
          error={error}
        />
      ) : null}
    </Stack>
  )
}
