import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import { useShortcut } from '../../app/shortcuts.tsx'
import { consumptionText } from '../../text/consumption.ts'

/** Pause in typing after which the server is asked (UX 4.0); shorter asks for words half written. */
const SEARCH_PAUSE_MS = 200

/** What `SearchBox` takes. */
export interface SearchBoxProps {
  /** What is searched for now. */
  readonly value: string
  readonly onSearch: (words: string) => void
  /** What is searched in; the users of this screen unless another says otherwise. */
  readonly label?: string
  /** What `/` does, for the list of shortcuts. */
  readonly shortcutLabel?: string
}

/** Searches while one types; `/` goes to it, Escape empties it. */
export function SearchBox({
  value,
  onSearch,
  label = consumptionText.filters.search,
  shortcutLabel = consumptionText.filters.searchShortcut,
}: SearchBoxProps): ReactNode {
  const text = consumptionText.filters
  const input = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState({ value, sent: value })
  // The address changed by another way than typing here (Clear, Back): the field follows.
  if (value !== seen.value) {
    setSeen({ ...seen, value })
    if (value !== seen.sent) setTyped(value)
  }
  const send = (words: string): void => {
    setSeen((before) => ({ ...before, sent: words }))
    onSearch(words)
  }
  const sendSoon = useDebouncedCallback((words: string) => send(words.trim()), SEARCH_PAUSE_MS)
  const type = (words: string): void => {
    setTyped(words)
    sendSoon(words)
  }
  const goTo = (): void => {
    input.current?.focus()
    input.current?.select()
  }
  useShortcut('/', goTo, shortcutLabel)
  return (
    <TextInput
      ref={input}
      type="search"
      size="xs"
      w={240}
      aria-label={label}
      placeholder={label}
      maxLength={200}
      value={typed}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        typed === '' ? null : <CloseButton size="xs" aria-label={text.clearSearch} onClick={() => type('')} />
      }
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || typed === '') return
        event.stopPropagation()
        type('')
      }}
    />
  )
}
