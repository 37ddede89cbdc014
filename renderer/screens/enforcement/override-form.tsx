import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { TOKENS_MAX } from '../../../shared/units.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { enforcementScreenText } from '../../text/enforcement.ts'
import { text as allText } from '../../text.ts'
import { DurationFields, endOf, QUARTER } from './duration-fields.tsx'
import styles from './enforcement.module.css'

type Override = NonNullable<OperationOutput<'enforcement.get'>['override']>
type Affected = OperationOutput<'override.preview'>['would_block']

const text = enforcementScreenText.override
const words = enforcementScreenText.pause
const REASON_MAX = 500
/** Typing settles before it is worked out whom the limits would stop. */
const TYPING_MS = 300
/** Names shown of those it would stop; more are counted. */
const NAMES_SHOWN = 8

/** The number a field holds; null for nothing, undefined for what is no limit. */
export function limitIn(field: string): number | null | undefined {
  const digits = field.trim()
  if (digits === '') return null
  const value = Number(digits)
  return /^\d+$/.test(digits) && value <= TOKENS_MAX ? value : undefined
}

/** What `OverrideForm` takes. */
export interface OverrideFormProps {
  /** The override in force, to begin with. */
  readonly before: Override | null
  readonly onClose: () => void
}

/** Limits, reason and end of an override, with whom it would stop while one types. */
export function OverrideForm({ before, onClose }: OverrideFormProps): ReactNode {
  const [hour, setHour] = useState(String(before?.prompts_per_hour ?? ''))
  const [day, setDay] = useState(String(before?.prompts_per_day ?? ''))
  const [reason, setReason] = useState(before?.reason ?? '')
  const [duration, setDuration] = useState(QUARTER)
  const [isSent, setSent] = useState(false)
  const set = useWeirMutation('override.set')
  const limits = { hour: limitIn(hour), day: limitIn(day) }
  const areLimitsGood =
    limits.hour !== undefined && limits.day !== undefined && (limits.hour !== null || limits.day !== null)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setSent(true)
    const until = endOf(duration, Date.now())
    if (!areLimitsGood || reason.trim() === '' || typeof until !== 'number') return
    set.mutate(
      {
        prompts_per_hour: limits.hour ?? null,
        prompts_per_day: limits.day ?? null,
        reason: reason.trim(),
        until: new Date(until).toISOString(),
      },
      {
        onSuccess: () => {
          showDone(text.done)
          onClose()
        },
        onError: showProblem,
      },
    )
  }
  const field = (label: string, value: string, onValue: (value: string) => void): ReactNode => (
    <TextInput
      label={label}
      inputMode="numeric"
      autoComplete="off"
      value={value}
      onChange={(event) => onValue(event.currentTarget.value)}
      error={isSent && !areLimitsGood}
      flex="1 1 10rem"
    />
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <div>
          <Group gap="sm" align="flex-end">
            {field(text.perHour, hour, setHour)}
            {field(text.perDay, day, setDay)}
          </Group>
          <Text size="xs" c={isSent && !areLimitsGood ? 'red' : 'dimmed'} mt={4}>
            {isSent && !areLimitsGood ? text.oneNeeded : text.empty}
          </Text>
        </div>
        {areLimitsGood ? <Preview hour={limits.hour ?? null} day={limits.day ?? null} /> : null}
        <Textarea
          label={words.reason}
          description={text.reasonHint}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={REASON_MAX}
          error={isSent && reason.trim() === '' ? words.reasonNeeded : null}
          autosize
          minRows={2}
        />
        <DurationFields
          value={duration}
          onChange={setDuration}
          mayLastForever={false}
          error={isSent && endOf(duration, Date.now()) === undefined ? words.endNeeded : null}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {allText.app.cancel}
          </Button>
          <Button type="submit" color="red" loading={set.isPending}>
            {text.go}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Preview({ hour, day }: { readonly hour: number | null; readonly day: number | null }): ReactNode {
  const [limits] = useDebouncedValue(`${hour ?? ''} ${day ?? ''}`, TYPING_MS)
  const [perHour = '', perDay = ''] = limits.split(' ')
  const input = {
    prompts_per_hour: limitIn(perHour) ?? null,
    prompts_per_day: limitIn(perDay) ?? null,
  }
  const preview = useWeirQuery('override.preview', input, { refresh: false })
  if (preview.error !== null) return <Text size="sm">{preview.error.detail}</Text>
  if (preview.data === undefined) return <Text size="sm">{text.checking}</Text>
  const { affected_users, would_block, would_unblock } = preview.data
  return (
    <div className={styles.preview} role="status">
      <p>{text.affected(affected_users)}</p>
      {would_block.length === 0 ? (
        <p>{text.nobodyBlocked}</p>
      ) : (
        <Names title={text.wouldBlock(would_block.length)} users={would_block} />
      )}
      {would_unblock.length === 0 ? null : (
        <Names title={text.wouldUnblock(would_unblock.length)} users={would_unblock} />
      )}
    </div>
  )
}

function Names({ title, users }: { readonly title: string; readonly users: Affected }): ReactNode {
  const more = users.length - NAMES_SHOWN
  return (
    <div>
      <p>{title}</p>
      <ul className={styles.names}>
        {users.slice(0, NAMES_SHOWN).map((user) => (
          <li key={user.user_id}>
            <PlainText text={user.username} title={user.reason} />
          </li>
        ))}
        {more > 0 ? <li>{text.andMore(more)}</li> : null}
      </ul>
    </div>
  )
}
