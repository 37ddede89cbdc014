import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconUser } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { PlainText } from '../../components/plain-text.tsx'
import { clipText } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'
import styles from './dashboard.module.css'

/** Names offered at once; who is not among them is found by typing. */
const OFFERED_MAX = 30
/** Pause in typing after which the server is asked; shorter asks for words half written. */
const SEARCH_PAUSE_MS = 200
/** A longer name does not fit the field. */
const NAME_MAX = 60
/** The choice of everybody; no user can be called that, because ids start with a letter or digit. */
const EVERYBODY = '*'

/** What `ScopeSelect` takes. */
export interface ScopeSelectProps {
  /** The user whose figures are shown; undefined is everybody. */
  readonly user: string | undefined
  /** Their name, as far as it is known already. */
  readonly username: string | undefined
  readonly onUser: (user: string | undefined) => void
}

/** Chooses between everybody and one user, who is searched for on the server. */
export function ScopeSelect({ user, username, onUser }: ScopeSelectProps): ReactNode {
  const text = dashboardText.scope
  const [isOpen, setIsOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), SEARCH_PAUSE_MS)
  const found = useWeirQuery(
    'users.list',
    search === '' ? { limit: OFFERED_MAX } : { search: search.slice(0, 200), limit: OFFERED_MAX },
    { enabled: isOpen, refresh: false },
  )
  const users = found.data?.users ?? []
  // The selected one is always among them, or the field would lose its text to the answer of a search.
  const options = [
    { value: EVERYBODY, label: text.all },
    ...(user === undefined || users.some(({ id }) => id === user)
      ? []
      : [{ value: user, label: clipText(username ?? user, NAME_MAX) }]),
    ...users.map(({ id, username: name }) => ({ value: id, label: clipText(name, NAME_MAX) })),
  ]
  const isFound = (id: string): boolean => typed === '' || users.some((each) => each.id === id)
  return (
    <Select
      size="xs"
      w={200}
      aria-label={text.label}
      placeholder={text.search}
      leftSection={<IconUser size={15} aria-hidden />}
      data={options}
      value={user ?? EVERYBODY}
      // The server has filtered already, by more than the name that is shown.
      filter={({ options: all }) => all.filter((option) => !('value' in option) || isFound(option.value))}
      renderOption={({ option }) => <UserOption name={option.label} id={option.value} />}
      // A click is there to choose somebody else, so that typing begins anew.
      onClick={(event) => event.currentTarget.select()}
      searchable
      allowDeselect={false}
      nothingFoundMessage={found.error === null ? text.none : text.failed}
      maxDropdownHeight={360}
      onSearchChange={(next) => setTyped(options.some(({ label }) => label === next) ? '' : next)}
      onDropdownOpen={() => setIsOpen(true)}
      onDropdownClose={() => setIsOpen(false)}
      onChange={(chosen) => onUser(chosen === null || chosen === EVERYBODY ? undefined : chosen)}
    />
  )
}

/** Two users may have the same name, so that the id stands beside it where it is another. */
function UserOption({ name, id }: { readonly name: string; readonly id: string }): ReactNode {
  return (
    <span className={styles.option}>
      <PlainText text={name} />
      {id === EVERYBODY || id === name ? null : (
        <span className={styles.optionId}>
          <PlainText text={id} />
        </span>
      )}
    </span>
  )
}
