import { Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { monthWindow } from '../../../shared/time-window.ts'
import { useStatus } from '../../app/status.ts'
import { costsText } from '../../text/costs.ts'

const text = costsText.prices.validFrom

/** From when on a price holds: what is recorded next, the whole running month, or everything ever. */
export type ValidFrom = 'now' | 'month' | 'always'

/** The date of a price that also holds for everything older. */
export const FROM_THE_BEGINNING = '1970-01-01T00:00:00Z'

/** What `ValidFromSelect` takes. */
export interface ValidFromSelectProps {
  readonly value: ValidFrom
  readonly onChange: (value: ValidFrom) => void
}

/** Asks from when on a price holds. */
export function ValidFromSelect({ value, onChange }: ValidFromSelectProps): ReactNode {
  return (
    <Select
      size="xs"
      w={190}
      label={text.label}
      data={(['now', 'month', 'always'] as const).map((one) => ({ value: one, label: text[one] }))}
      value={value}
      allowDeselect={false}
      onChange={(chosen) => onChange((chosen ?? 'now') as ValidFrom)}
    />
  )
}

/** The member `valid_from` of a price; nothing where it holds from now on. The month is one of the billing zone. */
export function useValidFrom(): (value: ValidFrom) => { readonly valid_from?: string } {
  const status = useStatus().data
  return (value) => {
    if (value === 'now' || (value === 'month' && status === undefined)) return {}
    if (value === 'always') return { valid_from: FROM_THE_BEGINNING }
    const { startsAt } = monthWindow(status?.time_zone ?? 'UTC', Date.parse(status?.now ?? ''))
    return { valid_from: new Date(startsAt).toISOString() }
  }
}
