import { Alert, Button, Group, NumberInput, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { ALERT_KINDS } from '../../../shared/contract/alerts.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { showDone, showProblem } from '../../app/notify.ts'
import { useWeirMutation, useWeirQuery } from '../../app/queries.ts'
import { useStatus } from '../../app/status.ts'
import { showUndo } from '../../app/undo.tsx'
import { Panel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { StateWord } from '../../components/state-word.tsx'
import { alertSettingsText as words } from '../../text/alert-settings.ts'
import { alertsText } from '../../text/alerts.ts'
import { text } from '../../text.ts'
import { minuteOf, NIGHT, thresholdFields, thresholdsOf, timeOf } from './alert-values.ts'

type Settings = OperationOutput<'alerts.settings'>

interface Draft {
  readonly thresholds: readonly (number | '')[]
  /** As the time fields have them; null without quiet hours. */
  readonly quiet: { readonly from: string; readonly until: string } | null
}

function draftOf(settings: Pick<Settings, 'thresholds_percent' | 'quiet_hours'>): Draft {
  const hours = settings.quiet_hours
  return {
    thresholds: thresholdFields(settings.thresholds_percent),
    quiet: hours === null ? null : { from: timeOf(hours.from_minute), until: timeOf(hours.until_minute) },
  }
}

/** When the operator is alerted of a limit, of what, and when the desktop is quiet. */
export function AlertSettings(): ReactNode {
  const settings = useSettledQuery(useWeirQuery('alerts.settings', {}))
  const [draft, setDraft] = useState<Draft | null>(null)
  const stored = settings.data === undefined ? undefined : draftOf(settings.data)
  const isDirty = draft !== null && JSON.stringify(draft) !== JSON.stringify(stored)
  return (
    <Panel
      title={words.title}
      actions={isDirty ? <StateWord tone="warning">{text.settings.dirty}</StateWord> : null}
    >
      <QueryStates query={settings} skeleton={<Skeleton height={260} />}>
        {(data) => (
          <Stack gap="lg">
            <Form draft={draft ?? draftOf(data)} isDirty={isDirty} onDraft={setDraft} />
            <Kinds muted={data.muted_kinds} />
          </Stack>
        )}
      </QueryStates>
    </Panel>
  )
}

interface FormProps {
  readonly draft: Draft
  readonly isDirty: boolean
  readonly onDraft: (draft: Draft | null) => void
}

function Form({ draft, isDirty, onDraft }: FormProps): ReactNode {
  const set = useWeirMutation('alerts.setSettings')
  const thresholds = thresholdsOf(draft.thresholds)
  const from_minute = minuteOf(draft.quiet?.from ?? '')
  const until_minute = minuteOf(draft.quiet?.until ?? '')
  const isTimed = from_minute !== undefined && until_minute !== undefined && from_minute !== until_minute
  const isReady = isDirty && thresholds.length > 0 && (draft.quiet === null || isTimed)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!isReady) return
    set.mutate(
      {
        thresholds_percent: thresholds,
        quiet_hours: draft.quiet !== null && isTimed ? { from_minute, until_minute } : null,
      },
      {
        onSuccess: () => {
          onDraft(null)
          showDone(words.saved)
        },
      },
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Thresholds draft={draft} onDraft={onDraft} isEmpty={thresholds.length === 0} />
        <Quiet
          draft={draft}
          onDraft={onDraft}
          isSame={from_minute !== undefined && from_minute === until_minute}
        />
        {set.error !== null && (
          <Alert color="red" title={set.error.title}>
            {set.error.detail}
          </Alert>
        )}
        <Group gap="sm">
          <Button
            type="submit"
            disabled={!isReady}
            loading={set.isPending}
            aria-label={text.settings.saveSection(words.title)}
          >
            {text.settings.save}
          </Button>
          {isDirty && (
            <Button
              variant="default"
              onClick={() => {
                onDraft(null)
                set.reset()
              }}
            >
              {text.settings.discard}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function Thresholds({
  draft,
  onDraft,
  isEmpty,
}: Omit<FormProps, 'isDirty'> & { readonly isEmpty: boolean }): ReactNode {
  const put = (at: number, next: number | ''): void =>
    onDraft({ ...draft, thresholds: draft.thresholds.map((held, place) => (place === at ? next : held)) })
  return (
    <Stack gap={4} role="group" aria-label={words.thresholds}>
      <Text fw={600} size="sm">
        {words.thresholds}
      </Text>
      <Group gap="sm">
        {draft.thresholds.map((value, at) => (
          <NumberInput
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a field is
            key={at}
            aria-label={words.threshold(at + 1)}
            value={value}
            min={1}
            max={100}
            allowDecimal={false}
            suffix=" %"
            w={110}
            onChange={(next) => put(at, typeof next === 'number' ? next : '')}
          />
        ))}
      </Group>
      <Text size="sm" c={isEmpty ? 'red' : 'dimmed'} maw="52rem" role={isEmpty ? 'alert' : undefined}>
        {isEmpty ? words.noThreshold : words.thresholdsHint}
      </Text>
    </Stack>
  )
}

function Quiet({
  draft,
  onDraft,
  isSame,
}: Omit<FormProps, 'isDirty'> & { readonly isSame: boolean }): ReactNode {
  const zone = useStatus().data?.time_zone ?? 'UTC'
  const { quiet } = draft
  const night = { from: timeOf(NIGHT.from_minute), until: timeOf(NIGHT.until_minute) }
  const field = (name: 'from' | 'until'): ReactNode => (
    <TextInput
      type="time"
      label={words[name]}
      w={130}
      value={quiet?.[name] ?? ''}
      onChange={(event) =>
        onDraft({ ...draft, quiet: { ...(quiet ?? night), [name]: event.currentTarget.value } })
      }
    />
  )
  return (
    <Stack gap={4}>
      <Switch
        label={words.quiet}
        checked={quiet !== null}
        onChange={(event) => onDraft({ ...draft, quiet: event.currentTarget.checked ? night : null })}
      />
      {quiet !== null && (
        <Group gap="sm">
          {field('from')}
          {field('until')}
        </Group>
      )}
      <Text size="sm" c={isSame ? 'red' : 'dimmed'} maw="52rem" role={isSame ? 'alert' : undefined}>
        {isSame ? words.sameTimes : words.quietHint(zone)}
      </Text>
    </Stack>
  )
}

/** Muting counts at once and can be undone, like under the bell. */
function Kinds({ muted }: { readonly muted: Settings['muted_kinds'] }): ReactNode {
  const mute = useWeirMutation('alerts.mute')
  // What was clicked shows at once, and again as it was when it did not work.
  const shown = mute.isPending ? mute.variables : undefined
  const toggle = (kind: (typeof ALERT_KINDS)[number], isMuted: boolean): void => {
    const name = alertsText.kinds[kind]
    mute.mutate(
      { kind, muted: isMuted },
      {
        onError: showProblem,
        onSuccess: () =>
          showUndo(isMuted ? alertsText.muted(name) : alertsText.heard(name), () =>
            mute.mutate({ kind, muted: !isMuted }, { onError: showProblem }),
          ),
      },
    )
  }
  return (
    <Stack gap="xs" role="group" aria-label={words.kinds}>
      <Text fw={600} size="sm">
        {words.kinds}
      </Text>
      {ALERT_KINDS.map((kind) => (
        <Switch
          key={kind}
          label={words.kind(alertsText.kinds[kind])}
          checked={shown?.kind === kind ? !shown.muted : !muted.includes(kind)}
          onChange={(event) => toggle(kind, !event.currentTarget.checked)}
        />
      ))}
      <Text size="sm" c="dimmed" maw="52rem">
        {words.kindsHint}
      </Text>
    </Stack>
  )
}
