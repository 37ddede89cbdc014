import { Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { limitName } from '../../../shared/contract/fields.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { DAY_MS, MINUTE_MS } from '../../../shared/units.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { formatCount, formatMoneyExact } from '../../format.ts'
import { LIMIT_NAMES } from '../../text/components.ts'
import { userText } from '../../text/user.ts'
import { text as allText } from '../../text.ts'

type LimitName = (typeof limitName.options)[number]
type Limits = OperationOutput<'consumption.summary'>['limits']

const text = userText.grants
const REASON_MAX = 500

/** The amount a field holds; undefined for what is none. Dollars may have decimals, everything else counts whole things. */
export function amountIn(field: string, limit: LimitName): number | undefined {
  const value = Number(field.trim())
  if (field.trim() === '' || !Number.isFinite(value) || value <= 0) return undefined
  return limit === 'cost_per_month_usd' || Number.isInteger(value) ? value : undefined
}

/** Date and time as a field for it wants them: on the operator's own clock, to the minute. */
function localTime(at: number): string {
  const offset = new Date(at).getTimezoneOffset() * MINUTE_MS
  return new Date(at - offset).toISOString().slice(0, 16)
}

function unitOf(limit: LimitName): string {
  if (limit === 'cost_per_month_usd') return text.amountUnit.cost
  if (limit === 'config_changes_per_hour') return text.amountUnit.changes
  return limit.includes('tokens') ? text.amountUnit.tokens : text.amountUnit.prompts
}

/** What a grant of the limit would add to: the use beside the limit. What lets the next request through is the core's to decide. */
export function amountHint(name: LimitName, limits: Limits): string {
  const unit = unitOf(name)
  const found = limits.find(({ policy }) => policy === name)
  if (found === undefined) return unit
  if (found.limit === null) return text.noLimit(unit)
  const amount = name === 'cost_per_month_usd' ? formatMoneyExact : formatCount
  const used = text.used(unit, amount(found.used), amount(found.limit))
  if (found.used < found.limit) return used
  return `${used} ${text.overBy(amount(found.used - found.limit))}`
}

/** The limit one most likely wants to raise: the one used up most. */
export function fullestLimit(limits: Limits): LimitName {
  const fullest = limits
    .filter(({ percent }) => percent !== null)
    .toSorted((a, b) => (b.percent ?? 0) - (a.percent ?? 0))[0]
  return fullest?.policy ?? 'prompts_per_hour'
}

/** What `GrantForm` takes. */
export interface GrantFormProps {
  readonly userId: string
  /** As they are in force now. */
  readonly limits: Limits
  readonly onClose: () => void
}

/** Which limit is raised, by how much, until when and why. */
export function GrantForm({ userId, limits, onClose }: GrantFormProps): ReactNode {
  const [limit, setLimit] = useState<LimitName>(() => fullestLimit(limits))
  const [amount, setAmount] = useState('')
  // A day is what one grants most: enough for today, and gone tomorrow.
  const [end, setEnd] = useState(() => localTime(Date.now() + DAY_MS))
  const [reason, setReason] = useState('')
  const [isSent, setSent] = useState(false)
  const create = useWeirMutation('grants.create')
  const by = amountIn(amount, limit)
  const endsAt = new Date(end).getTime()
  const isEndGood = !Number.isNaN(endsAt) && endsAt > Date.now()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setSent(true)
    if (by === undefined || !isEndGood || reason.trim() === '') return
    create.mutate(
      {
        id: userId,
        limit,
        amount: by,
        expires_at: new Date(endsAt).toISOString(),
        reason: reason.trim(),
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
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <NativeSelect
          label={text.limit}
          value={limit}
          onChange={(event) =>
            setLimit(limitName.options.find((name) => name === event.currentTarget.value) ?? limit)
          }
          data={limitName.options.map((value) => ({ value, label: LIMIT_NAMES[value] }))}
        />
        <TextInput
          label={text.amount}
          description={amountHint(limit, limits)}
          inputMode="decimal"
          autoComplete="off"
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
          error={isSent && by === undefined ? text.amountWrong : null}
        />
        <TextInput
          type="datetime-local"
          label={text.end}
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
          error={isSent && !isEndGood ? text.endWrong : null}
        />
        <Textarea
          label={text.reason}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={REASON_MAX}
          error={isSent && reason.trim() === '' ? text.reasonWrong : null}
          autosize
          minRows={2}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {allText.app.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {text.go}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
