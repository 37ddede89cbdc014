import {
  Alert,
  Button,
  Drawer,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, type ReactNode, useState } from 'react'
import { TOKENS_MAX } from '../../../shared/units.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { appText } from '../../text/app.ts'
import { profilesText } from '../../text/profiles.ts'
import { ProfileEffect } from './profile-effect.tsx'
import {
  inputOf,
  LIMITS,
  type LimitName,
  type Profile,
  type ProfileInput,
  type ProfileValues,
  valuesOf,
} from './profile-values.ts'

const text = profilesText.form

/** A pause in typing after which the effect is worked out; shorter asks for numbers half written. */
const TYPING_PAUSE_MS = 300
/** Keeps the height of the line, so that fields do not jump while one types. */
const NOTHING_TO_SAY = '\u00a0'
/** The bound of the operation: a billion dollars. */
const COST_MAX_USD = 1_000_000_000

/** What `ProfileForm` takes. */
export interface ProfileFormProps {
  readonly title: string
  /** The profile that is edited; null for a new one. */
  readonly profile: Profile | null
  readonly initial: ProfileValues
  readonly isSaving: boolean
  /** Why saving was refused, in a sentence. */
  readonly problem: string | null
  readonly onSave: (input: ProfileInput) => void
  readonly onClose: () => void
}

/** The fields of a profile, with what they would do to users before they are saved. */
export function ProfileForm(props: ProfileFormProps): ReactNode {
  const [values, setValues] = useState(props.initial)
  const [isTried, setTried] = useState(false)
  const set = (part: Partial<ProfileValues>): void => setValues((before) => ({ ...before, ...part }))
  const input = inputOf(values)
  const [settled] = useDebouncedValue(JSON.stringify(input), TYPING_PAUSE_MS)
  const { profile } = props
  const isMissing = input.name === ''
  const start = profile === null ? null : JSON.stringify(inputOf(valuesOf(profile)))
  const isDirty = JSON.stringify(values) !== JSON.stringify(props.initial)
  const save = (): void => {
    setTried(true)
    if (!isMissing && !props.isSaving) props.onSave(input)
  }
  useShortcut('mod+s', save, text.saveShortcut, { inDialogs: true })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save()
  }
  return (
    <Drawer
      opened
      onClose={props.onClose}
      title={props.title}
      position="right"
      size="32rem"
      // A click beside it must not throw away what was typed.
      closeOnClickOutside={!isDirty}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {props.problem !== null && <Alert color="red">{props.problem}</Alert>}
          <TextInput
            label={text.name}
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={isTried && isMissing ? text.nameMissing : undefined}
            maxLength={100}
            autoComplete="off"
            required
            data-autofocus
          />
          <Textarea
            label={text.description}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
            maxLength={1000}
            autosize
            minRows={1}
            maxRows={4}
          />
          <LimitFields
            limits={values.limits}
            onLimit={(name, value) => set({ limits: { ...values.limits, [name]: value } })}
          />
          <Switches profile={profile} values={values} onValues={set} />
          {profile === null ? (
            <Alert color="gray">
              {values.isDefault ? profilesText.effect.newDefault : profilesText.effect.newOne}
            </Alert>
          ) : (
            <ProfileEffect
              id={profile.id}
              input={JSON.parse(settled) as ProfileInput}
              isChanged={settled !== start && !isMissing}
            />
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              {appText.cancel}
            </Button>
            <Button type="submit" loading={props.isSaving}>
              {profile === null ? text.create : text.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}

interface LimitFieldsProps {
  readonly limits: ProfileValues['limits']
  readonly onLimit: (name: LimitName, value: number | '') => void
}

function LimitFields({ limits, onLimit }: LimitFieldsProps): ReactNode {
  return (
    <fieldset className="plain-fieldset">
      <legend>{text.limits}</legend>
      <Text size="sm" c="dimmed" mb="xs">
        {text.limitsHint}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {LIMITS.map((name) => {
          const isMoney = name === 'cost_per_month_usd'
          const value = limits[name]
          return (
            <NumberInput
              key={name}
              label={profilesText.columns[name]}
              description={value === '' ? text.isUnlimited : value === 0 ? text.isBlocking : NOTHING_TO_SAY}
              inputWrapperOrder={['label', 'input', 'description']}
              value={value}
              onChange={(next) => onLimit(name, typeof next === 'number' ? next : numberIn(next))}
              min={0}
              max={isMoney ? COST_MAX_USD : TOKENS_MAX}
              allowNegative={false}
              allowDecimal={isMoney}
              decimalScale={isMoney ? 6 : 0}
              thousandSeparator=" "
              prefix={isMoney ? '$' : ''}
              placeholder={profilesText.unlimited}
              hideControls
            />
          )
        })}
      </SimpleGrid>
    </fieldset>
  )
}

/** The field hands over text while it cannot say the number exactly. */
function numberIn(written: string): number | '' {
  const digits = written.replace(/[^\d.]/g, '')
  return digits === '' ? '' : Number(digits)
}

interface SwitchesProps {
  readonly profile: Profile | null
  readonly values: ProfileValues
  readonly onValues: (part: Partial<ProfileValues>) => void
}

function Switches({ profile, values, onValues }: SwitchesProps): ReactNode {
  const isHeld = profile?.is_default === true
  return (
    <Stack gap="sm">
      <Switch
        label={text.isDefault}
        description={isHeld ? text.isDefaultHint : undefined}
        checked={values.isDefault}
        disabled={isHeld}
        onChange={(event) => {
          const isDefault = event.currentTarget.checked
          // The default holds for everybody without a profile, so it is active.
          onValues(isDefault ? { isDefault, isActive: true } : { isDefault })
        }}
      />
      <Switch
        label={text.isActive}
        description={values.isDefault ? profilesText.defaultStaysActive : text.isActiveHint}
        checked={values.isActive}
        disabled={values.isDefault}
        onChange={(event) => onValues({ isActive: event.currentTarget.checked })}
      />
    </Stack>
  )
}
