import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { DAY_MS } from '../../../shared/units.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'
import { enforcementScreenText } from '../../text/enforcement.ts'
import { text as allText } from '../../text.ts'
import { DurationFields, endOf, QUARTER } from './duration-fields.tsx'

const text = enforcementScreenText.pause
const REASON_MAX = 500

/** What `PauseDialog` takes. */
export interface PauseDialogProps {
  /** Which mode is to be switched to; null is closed. */
  readonly mode: 'off' | 'observe' | null
  readonly onClose: () => void
}

/** An emergency act (UX 4.0, level 3): says whom it concerns, and wants a reason and an end. */
export function PauseDialog({ mode, onClose }: PauseDialogProps): ReactNode {
  return (
    <Modal
      opened={mode !== null}
      onClose={onClose}
      title={mode === 'observe' ? text.titleObserve : text.titleOff}
      size="lg"
      centered
    >
      {mode === null ? null : <PauseForm mode={mode} onClose={onClose} />}
    </Modal>
  )
}

function PauseForm({ mode, onClose }: { readonly mode: 'off' | 'observe'; readonly onClose: () => void }) {
  const users = useStatus().data?.users ?? 0
  const set = useWeirMutation('enforcement.set')
  const [reason, setReason] = useState('')
  const [duration, setDuration] = useState(QUARTER)
  const [errors, setErrors] = useState<{ readonly reason: string | null; readonly end: string | null }>({
    reason: null,
    end: null,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const now = Date.now()
    const end = endOf(duration, now)
    const isTooLate = mode === 'off' && typeof end === 'number' && end > now + DAY_MS
    const wrong = {
      reason: reason.trim() === '' ? text.reasonNeeded : null,
      end: end === undefined ? text.endNeeded : isTooLate ? text.endTooLate : null,
    }
    setErrors(wrong)
    if (wrong.reason !== null || wrong.end !== null || end === undefined) return
    set.mutate(
      { mode, reason: reason.trim(), until: end === null ? null : new Date(end).toISOString() },
      {
        onSuccess: () => {
          showDone(text.done[mode])
          onClose()
        },
        onError: showProblem,
      },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text>{text[mode](users)}</Text>
        <Textarea
          label={text.reason}
          description={text.reasonHint}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={REASON_MAX}
          error={errors.reason}
          autosize
          minRows={2}
        />
        <DurationFields
          value={duration}
          onChange={setDuration}
          mayLastForever={mode === 'observe'}
          error={errors.end}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {allText.app.cancel}
          </Button>
          <Button type="submit" {...(mode === 'off' ? { color: 'red' } : {})} loading={set.isPending}>
            {mode === 'off' ? text.goOff : text.goObserve}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
