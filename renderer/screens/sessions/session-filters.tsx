import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { sessionStatus } from '../../../shared/contract/session-records.ts'
import { addPeriods } from '../../../shared/time-window.ts'
import { clipText, formatPeriod } from '../../format.ts'
import { sessionsText } from '../../text/sessions.ts'
import { SearchBox } from '../consumption/search-box.tsx'
import styles from './sessions.module.css'
import { isFiltered, NO_FILTERS, type SessionsSearch } from './sessions-search.ts'

const text = sessionsText.filters

/** Months the list offers: two years back, which is what a year is compared with. Older ones go by address. */
const MONTHS_OFFERED = 24
/** A name longer than this does not fit a chip. */
const NAME_MAX = 40

/** What `SessionFilters` takes. */
export interface SessionFiltersProps {
  readonly view: SessionsSearch
  /** The running month of the billing zone; undefined until the core has said. */
  readonly currentPeriod: string | undefined
  readonly onView: (change: Partial<SessionsSearch>) => void
}

/** What narrows the list of sessions. */
export function SessionFilters({ view, currentPeriod, onView }: SessionFiltersProps): ReactNode {
  return (
    <div className={styles.filters}>
      <SearchBox
        value={view.search ?? ''}
        label={text.search}
        shortcutLabel={text.searchShortcut}
        onSearch={(words) => onView({ search: words === '' ? undefined : words })}
      />
      <NativeSelect
        size="xs"
        aria-label={text.range}
        value={view.range ?? ''}
        data={[
          { value: '', label: text.allTime },
          ...monthsOf(currentPeriod, view.range).map((value) => ({ value, label: formatPeriod(value) })),
        ]}
        onChange={({ currentTarget: { value } }) => onView({ range: value === '' ? undefined : value })}
      />
      <NativeSelect
        size="xs"
        aria-label={text.status}
        value={view.status ?? ''}
        data={[
          { value: '', label: text.anyStatus },
          ...sessionStatus.options.map((value) => ({ value, label: sessionsText.status[value] })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          onView({ status: sessionStatus.options.find((each) => each === value) })
        }
      />
      <Checkbox
        size="xs"
        label={text.outside}
        checked={view.outside === true}
        onChange={({ currentTarget: { checked } }) => onView({ outside: checked ? true : undefined })}
      />
      {view.user === undefined ? null : (
        <button
          type="button"
          className={styles.chip}
          aria-label={text.remove(text.user(view.user))}
          onClick={() => onView({ user: undefined })}
        >
          <bdi>{text.user(clipText(view.user, NAME_MAX))}</bdi>
          <IconX size={13} aria-hidden />
        </button>
      )}
      {isFiltered(view) ? (
        <Button size="compact-xs" variant="subtle" onClick={() => onView(NO_FILTERS)}>
          {text.clear}
        </Button>
      ) : null}
    </div>
  )
}

function monthsOf(current: string | undefined, chosen: string | undefined): readonly string[] {
  const recent =
    current === undefined
      ? []
      : Array.from({ length: MONTHS_OFFERED }, (_, back) => addPeriods(current, -back))
  // A month that a link names stands in the list as well.
  return chosen === undefined || recent.includes(chosen) ? recent : [...recent, chosen]
}
