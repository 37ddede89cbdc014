import { NativeSelect, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { formatCount } from '../../format.ts'
import { text } from '../../text.ts'

export type Setting = OperationOutput<'settings.get'>['settings'][number]
export type SettingValue = Setting['value']

interface SettingFieldProps {
  readonly setting: Setting
  /** What the operator has made of it; the stored value until then. */
  readonly value: SettingValue
  readonly onValue: (value: SettingValue) => void
}

/** One setting: its value, what it does, its default, and why it cannot be changed when it cannot. */
export function SettingField({ setting, value, onValue }: SettingFieldProps): ReactNode {
  return (
    <Stack gap={4}>
      <Input setting={setting} value={value} onValue={onValue} />
      <Text size="sm" c="dimmed" maw="52rem">
        {setting.fixed_because ?? setting.effect} {text.settings.initial(sayValue(setting.initial))}{' '}
        {setting.restart_needed && text.settings.restart}{' '}
        {setting.restart_needed &&
          setting.in_force !== null &&
          setting.in_force !== setting.value &&
          text.settings.pending(sayValue(setting.in_force))}
      </Text>
    </Stack>
  )
}

function Input({ setting, value, onValue }: SettingFieldProps): ReactNode {
  const label = text.settings.names[setting.name] ?? setting.name
  const disabled = setting.fixed_because !== null
  switch (setting.kind) {
    case 'switch':
      return (
        <Switch
          label={label}
          checked={value === true}
          disabled={disabled}
          onChange={(event) => onValue(event.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <NativeSelect
          label={label}
          value={String(value)}
          disabled={disabled}
          onChange={(event) => onValue(event.currentTarget.value)}
          data={(setting.choices ?? []).map((choice) => ({
            value: choice,
            label: text.settings.choices[choice] ?? choice,
          }))}
          maw="20rem"
        />
      )
    case 'whole_number':
      return (
        <NumberInput
          label={label}
          value={typeof value === 'number' ? value : ''}
          disabled={disabled}
          allowDecimal={false}
          thousandSeparator=" "
          {...(setting.minimum === null ? {} : { min: setting.minimum })}
          {...(setting.maximum === null ? {} : { max: setting.maximum })}
          onChange={(next) => onValue(typeof next === 'number' ? next : setting.value)}
          maw="20rem"
        />
      )
    case 'text':
      return (
        <TextInput
          label={label}
          value={typeof value === 'string' ? value : ''}
          disabled={disabled}
          onChange={(event) => onValue(event.currentTarget.value === '' ? null : event.currentTarget.value)}
          autoComplete="off"
          maw="32rem"
        />
      )
  }
}

/** A value as a word of a sentence. */
function sayValue(value: SettingValue): string {
  if (value === null) return text.settings.nothing
  if (typeof value === 'number') return formatCount(value)
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return text.settings.choices[value] ?? value
}
