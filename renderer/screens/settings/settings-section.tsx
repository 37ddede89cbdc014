import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { OperationInput } from '../../../shared/contract/index.ts'
import { showDone } from '../../app/notify.ts'
import { useWeirMutation } from '../../app/queries.ts'
import { Panel } from '../../components/panel.tsx'
import { StateWord } from '../../components/state-word.tsx'
import { text } from '../../text.ts'
import { type Setting, SettingField, type SettingValue } from './setting-field.tsx'

interface SettingsSectionProps {
  readonly title: string
  readonly settings: readonly Setting[]
}

/** The settings of one section, saved together; a mark says what is not saved. */
export function SettingsSection({ title, settings }: SettingsSectionProps): ReactNode {
  const [draft, setDraft] = useState<Readonly<Record<string, SettingValue>>>({})
  const [doomed, setDoomed] = useState<number | null>(null)
  const update = useWeirMutation('settings.update')
  const changed = settings.filter(({ name, value }) => name in draft && draft[name] !== value)
  const isDirty = changed.length > 0
  const discard = (): void => {
    setDraft({})
    update.reset()
  }
  const save = (confirmed: boolean): void => {
    // The names are those of the contract, which checks the values; a wrong one is told in the section.
    const changes = Object.fromEntries(
      changed.map(({ name }) => [name, draft[name]]),
    ) as OperationInput<'settings.update'>
    update.mutate(confirmed ? { ...changes, confirm_erase: true } : changes, {
      onSuccess: ({ restart_needed }) => {
        setDraft({})
        setDoomed(null)
        showDone(restart_needed.length > 0 ? text.settings.savedRestart(title) : text.settings.saved(title))
      },
      onError: (problem) => {
        const wouldErase = (problem as { readonly would_erase?: unknown }).would_erase
        if (problem.code === 'confirmation_needed' && typeof wouldErase === 'number') setDoomed(wouldErase)
        else setDoomed(null)
      },
    })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (isDirty) save(false)
  }
  const failure = update.error?.code === 'confirmation_needed' ? null : update.error
  return (
    <Panel
      title={title}
      actions={isDirty ? <StateWord tone="warning">{text.settings.dirty}</StateWord> : null}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          {settings.map((setting) => (
            <SettingField
              key={setting.name}
              setting={setting}
              value={setting.name in draft ? (draft[setting.name] ?? null) : setting.value}
              onValue={(value) => setDraft({ ...draft, [setting.name]: value })}
            />
          ))}
          {failure !== null && (
            <Alert color="red" title={failure.title}>
              {failure.detail}
            </Alert>
          )}
          <Group gap="sm">
            <Button
              type="submit"
              disabled={!isDirty}
              loading={update.isPending}
              aria-label={text.settings.saveSection(title)}
            >
              {text.settings.save}
            </Button>
            {isDirty && (
              <Button variant="default" onClick={discard}>
                {text.settings.discard}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      <EraseDialog
        turns={doomed}
        isBusy={update.isPending}
        onCancel={() => setDoomed(null)}
        onErase={() => save(true)}
      />
    </Panel>
  )
}

interface EraseDialogProps {
  readonly turns: number | null
  readonly isBusy: boolean
  readonly onCancel: () => void
  readonly onErase: () => void
}

/** Cannot be undone, so it asks: what is erased and how much of it, Cancel focused. */
function EraseDialog({ turns, isBusy, onCancel, onErase }: EraseDialogProps): ReactNode {
  return (
    <Modal opened={turns !== null} onClose={onCancel} title={text.settings.eraseTitle} centered>
      <Stack gap="lg">
        <Text>{text.settings.erase(turns ?? 0)}</Text>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel} data-autofocus>
            {text.app.cancel}
          </Button>
          <Button color="red" loading={isBusy} onClick={onErase}>
            {text.settings.eraseYes}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
