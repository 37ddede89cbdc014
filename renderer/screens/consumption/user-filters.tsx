import { Button, Chip, Group, Select } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { STATUS_WORDS } from '../../text/components.ts'
import { consumptionText } from '../../text/consumption.ts'
import styles from './consumption.module.css'
import type { ConsumptionSearch } from './consumption-search.ts'
import { SearchBox } from './search-box.tsx'

/** Thresholds in percent: the beginnings of Moderate, Warning and Critical, and 80, where alerts begin. */
const THRESHOLDS = [50, 75, 80, 90] as const

const text = consumptionText.filters

/** What the filters take. */
export interface UserFiltersProps {
  readonly view: ConsumptionSearch
  readonly onView: (change: Partial<ConsumptionSearch>) => void
}

/** The choices by which rows are left out: threshold, words, profile, status. */
export function UserFilters({ view, onView }: UserFiltersProps): ReactNode {
  return (
    <div className={styles.filters}>
      <ThresholdChips view={view} onView={onView} />
      <Group gap="xs" className={styles.fields ?? ''}>
        <SearchBox
          value={view.search ?? ''}
          onSearch={(words) => onView({ search: words === '' ? undefined : words })}
        />
        <ProfileSelect view={view} onView={onView} />
        <Select
          size="xs"
          w={140}
          aria-label={text.status}
          placeholder={text.anyStatus}
          clearable
          data={Object.entries(STATUS_WORDS).map(([value, label]) => ({ value, label }))}
          value={view.status ?? null}
          onChange={(status) => onView({ status: asStatus(status) })}
        />
      </Group>
    </div>
  )
}

function asStatus(value: string | null): ConsumptionSearch['status'] {
  return value !== null && value in STATUS_WORDS ? (value as ConsumptionSearch['status']) : undefined
}

function ThresholdChips({ view, onView }: UserFiltersProps): ReactNode {
  const chosen = chosenChip(view)
  const choose = (chip: string): void => onView(viewOfChip(chip, view))
  const next = (): void =>
    choose(CHIPS[(CHIPS.findIndex(({ value }) => value === chosen) + 1) % CHIPS.length]?.value ?? 'all')
  useShortcut('t', next, consumptionText.threshold.cycle)
  return (
    <fieldset className={styles.chips}>
      <legend className={styles.legend}>{consumptionText.threshold.label}</legend>
      <Chip.Group value={chosen} onChange={choose}>
        {CHIPS.map(({ value, label }) => (
          <Chip key={value} value={value} size="xs" variant="outline">
            {label}
          </Chip>
        ))}
      </Chip.Group>
    </fieldset>
  )
}

const CHIPS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'all', label: consumptionText.threshold.all },
  ...THRESHOLDS.map((percent) => ({
    value: String(percent),
    label: consumptionText.threshold.from(percent),
  })),
  { value: 'blocked', label: consumptionText.threshold.blocked },
]

/** The chip that says what the view shows; a threshold of another height, from a link, has none. */
function chosenChip({ threshold, status }: ConsumptionSearch): string {
  if (threshold !== undefined) return String(threshold)
  return status === 'blocked' ? 'blocked' : 'all'
}

/** Blocked is a status and not a height: at 100 % of a configuration limit nobody is blocked. */
function viewOfChip(chip: string, { status }: ConsumptionSearch): Partial<ConsumptionSearch> {
  if (chip === 'blocked') return { threshold: undefined, status: 'blocked' }
  const rest = status === 'blocked' ? { status: undefined } : {}
  return { ...rest, threshold: chip === 'all' ? undefined : Number(chip) }
}

/** The value that stands for users without a profile; the server knows it by this name. */
const WITHOUT_PROFILE = 'none'

function ProfileSelect({ view, onView }: UserFiltersProps): ReactNode {
  const profiles = useWeirQuery('profiles.list', {}, { refresh: false })
  const names = (profiles.data?.profiles ?? [])
    .map(({ name }) => name)
    .filter((name) => name !== WITHOUT_PROFILE)
  const { profile } = view
  const isUnlisted = profile !== undefined && profile !== WITHOUT_PROFILE && !names.includes(profile)
  return (
    <Select
      size="xs"
      w={150}
      aria-label={text.profile}
      placeholder={text.anyProfile}
      clearable
      data={[
        ...[...(isUnlisted ? [profile] : []), ...names].map((name) => ({ value: name, label: name })),
        { value: WITHOUT_PROFILE, label: text.noProfile },
      ]}
      value={profile ?? null}
      onChange={(chosen) => onView({ profile: chosen ?? undefined })}
    />
  )
}

/** The filters in force, each with the way out of it. Nothing when nothing is left out. */
export function ActiveFilters({ view, onView }: UserFiltersProps): ReactNode {
  const filters = activeFilters(view)
  if (filters.length === 0) return null
  return (
    <div className={styles.active}>
      <span>{text.active}:</span>
      {filters.map(({ member, label }) => (
        <button
          key={member}
          type="button"
          className={styles.activeFilter}
          aria-label={text.remove(label)}
          onClick={() => onView({ [member]: undefined })}
        >
          <bdi className={styles.activeLabel}>{label}</bdi> <span aria-hidden>×</span>
        </button>
      ))}
      <Button size="compact-xs" variant="subtle" onClick={() => onView(NO_FILTERS)}>
        {text.clear}
      </Button>
    </div>
  )
}

/** A change that lets every row in again. */
export const NO_FILTERS = {
  threshold: undefined,
  status: undefined,
  profile: undefined,
  search: undefined,
} as const satisfies Partial<ConsumptionSearch>

interface ActiveFilter {
  readonly member: keyof typeof NO_FILTERS
  readonly label: string
}

/** The filters of a view in words. */
export function activeFilters({
  threshold,
  status,
  profile,
  search,
}: ConsumptionSearch): readonly ActiveFilter[] {
  return [
    ...(threshold === undefined
      ? []
      : [{ member: 'threshold' as const, label: text.thresholdChip(threshold) }]),
    ...(status === undefined
      ? []
      : [{ member: 'status' as const, label: text.statusChip(STATUS_WORDS[status]) }]),
    ...(profile === undefined
      ? []
      : [
          {
            member: 'profile' as const,
            label: profile === WITHOUT_PROFILE ? text.noProfile : text.profileChip(profile),
          },
        ]),
    ...(search === undefined || search === ''
      ? []
      : [{ member: 'search' as const, label: text.searchChip(search) }]),
  ]
}
