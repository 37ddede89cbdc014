import { Select } from '@mantine/core'
import { IconCalendar } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { formatPeriod } from '../format.ts'
import { dashboardText } from '../text/dashboard.ts'

/** What `RangeSelect` takes. */
export interface RangeSelectProps {
  /** A month, or `current`, `previous` or `all`, which stay relative in the address. */
  readonly value: string
  /** The running month, as far as it is known. */
  readonly current: string | undefined
  /** Months that hold turns, newest first. */
  readonly periods: readonly string[]
  readonly onRange: (range: string) => void
  /** What it is called where `Range` says too little. */
  readonly label?: string
}

/** Words that mean another time when they are asked another time. */
const RELATIVE: readonly string[] = ['current', 'previous', 'all']

/** Chooses between this month, the last, the months that hold turns, and all time. */
export function RangeSelect({
  value,
  current,
  periods,
  onRange,
  label = dashboardText.range.label,
}: RangeSelectProps): ReactNode {
  const past = periods.filter((period) => period !== current)
  // The chosen one is offered even when it holds nothing.
  const isListed = RELATIVE.includes(value) || past.includes(value)
  return (
    <Select
      size="xs"
      w={168}
      aria-label={label}
      leftSection={<IconCalendar size={15} aria-hidden />}
      data={[
        { value: 'current', label: dashboardText.range.current },
        { value: 'previous', label: dashboardText.range.previous },
        ...(isListed ? past : [value, ...past]).map((period) => ({
          value: period,
          label: formatPeriod(period),
        })),
        { value: 'all', label: dashboardText.range.all },
      ]}
      value={value}
      allowDeselect={false}
      maxDropdownHeight={360}
      onChange={(range) => range !== null && onRange(range)}
    />
  )
}
