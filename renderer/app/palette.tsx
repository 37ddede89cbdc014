import { Modal, VisuallyHidden } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight } from '@mantine/spotlight'
import {
  IconBookmark,
  IconCopy,
  IconFileImport,
  IconHelp,
  IconKeyboard,
  IconMoonStars,
  IconRefresh,
  IconSearch,
  IconUser,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import { consumptionSearch } from '../screens/consumption/consumption-search.ts'
import { sessionsSearch } from '../screens/sessions/sessions-search.ts'
import { guideText } from '../text/guide.ts'
import { savedViewsText } from '../text/saved-views.ts'
import { text } from '../text.ts'
import { useColourScheme } from './colour-scheme.ts'
import { copyText } from './copy.ts'
import { KeyCaps } from './key-caps.tsx'
import { useOpenGuide } from './open-guide.ts'
import { PALETTE_FIELD_ID } from './open-palette.ts'
import { useWeirQuery } from './queries.ts'
import { refreshScreen } from './refresh.tsx'
import { useRemembered } from './remembered.ts'
import { SAVED_VIEWS } from './saved-views.ts'
import { SCREENS, shortcutsOf } from './screens.ts'
import { useStatus } from './status.ts'

/** As long as the search of tables waits (UX 4.0); the core is asked once a word, not once a letter. */
const SEARCH_DELAY_MS = 200
/** As many users as fit under the screens and actions without scrolling. */
const USERS_SHOWN = 7

interface Entry {
  readonly id: string
  readonly label: string
  readonly icon: typeof IconUser
  readonly keys?: string | undefined
  readonly description?: string
  readonly run: () => void
}

interface PaletteProps {
  readonly onShowShortcuts: () => void
}

/** Ctrl/Cmd+K: every screen, user and action by name, each with its shortcut. */
export function Palette({ onShowShortcuts }: PaletteProps): ReactNode {
  const [query, setQuery] = useState('')
  const [isOpen, setOpen] = useState(false)
  const words = text.shell.paletteText
  const screens = matching(useScreenEntries(), query)
  const views = matching(useViewEntries(), query)
  const actions = matching(useActionEntries(onShowShortcuts), query)
  const users = useUserEntries(isOpen ? query.trim() : '')
  const shown = screens.length + views.length + actions.length + users.entries.length
  const isEmpty = shown === 0
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpen(true)}
      onSpotlightClose={() => setOpen(false)}
      // Our own registry opens it, so that the key is in the list under `?` as well.
      shortcut={null}
      scrollable
      // No blur: it costs more than all the rest of the page to draw.
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      // At once: what is typed right after the shortcut must find its field (see `openPalette`).
      transitionProps={{ duration: 0 }}
      maxHeight={440}
    >
      {/* The name of the dialog for screen readers; the eye has the placeholder. */}
      <Modal.Title m={0}>
        <VisuallyHidden>{text.shell.palette}</VisuallyHidden>
      </Modal.Title>
      <Spotlight.Search
        id={PALETTE_FIELD_ID}
        onKeyDown={runFirst}
        placeholder={words.placeholder}
        aria-label={text.shell.palette}
        leftSection={<IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        <EntryGroup label={words.screens} entries={screens} />
        <EntryGroup label={words.views} entries={views} />
        <EntryGroup label={words.users} entries={users.entries} />
        <EntryGroup label={words.actions} entries={actions} />
        {isEmpty && <Spotlight.Empty>{users.isLooking ? words.searching : words.nothing}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}

/** Enter without an arrow before it runs the best match, which the stylesheet marks for as long as none is chosen. */
function runFirst(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
  const dialog = event.currentTarget.closest('[role="dialog"]')
  if (dialog?.querySelector('[data-selected]')) return
  dialog?.querySelector<HTMLElement>('[data-action]')?.click()
}

function EntryGroup({
  label,
  entries,
}: {
  readonly label: string
  readonly entries: readonly Entry[]
}): ReactNode {
  if (entries.length === 0) return null
  return (
    <Spotlight.ActionsGroup label={label}>
      {entries.map((entry) => (
        <Spotlight.Action
          key={entry.id}
          label={entry.label}
          {...(entry.description === undefined ? {} : { description: entry.description })}
          leftSection={<entry.icon size={18} aria-hidden />}
          rightSection={entry.keys === undefined ? null : <KeyCaps keys={entry.keys} />}
          onClick={entry.run}
        />
      ))}
    </Spotlight.ActionsGroup>
  )
}

function matching(entries: readonly Entry[], query: string): readonly Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.filter((entry) => words.every((word) => entry.label.toLowerCase().includes(word)))
}

function useScreenEntries(): readonly Entry[] {
  const navigate = useNavigate()
  return SCREENS.map((screen) => ({
    id: screen.id,
    label: screen.title,
    icon: screen.icon,
    keys: shortcutsOf(screen)[0],
    run: () => void navigate({ to: screen.path }),
  }))
}

/** The views of tables that were given a name. */
function useViewEntries(): readonly Entry[] {
  const navigate = useNavigate()
  const users = useRemembered(SAVED_VIEWS.users)
  const sessions = useRemembered(SAVED_VIEWS.sessions)
  const { screens } = text.shell
  return [
    ...users.map(({ name, view }) => ({
      id: `view-users-${name}`,
      label: savedViewsText.palette(screens.users, name),
      icon: IconBookmark,
      run: () => void navigate({ to: '/users', search: consumptionSearch.parse(view) }),
    })),
    ...sessions.map(({ name, view }) => ({
      id: `view-sessions-${name}`,
      label: savedViewsText.palette(screens.sessions, name),
      icon: IconBookmark,
      run: () => void navigate({ to: '/sessions', search: sessionsSearch.parse(view) }),
    })),
  ]
}

function useActionEntries(onShowShortcuts: () => void): readonly Entry[] {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { toggle } = useColourScheme()
  const openGuide = useOpenGuide()
  const apiUrl = useStatus().data?.api_url ?? null
  const words = text.shell.paletteText
  const copy: readonly Entry[] =
    apiUrl === null
      ? []
      : [
          {
            id: 'copy-api',
            label: words.copyApi,
            icon: IconCopy,
            description: apiUrl,
            run: () => void copyText(apiUrl, text.shell.apiName),
          },
        ]
  return [
    {
      id: 'refresh',
      label: words.refresh,
      icon: IconRefresh,
      keys: 'F5',
      run: () => void refreshScreen(queries),
    },
    { id: 'theme', label: words.toggleTheme, icon: IconMoonStars, run: toggle },
    {
      id: 'do-import',
      label: words.importSessions,
      icon: IconFileImport,
      run: () => void navigate({ to: '/import' }),
    },
    ...copy,
    { id: 'guide', label: guideText.open, icon: IconHelp, keys: 'F1', run: openGuide },
    { id: 'shortcuts', label: words.shortcuts, icon: IconKeyboard, keys: '?', run: onShowShortcuts },
  ]
}

function useUserEntries(search: string): { readonly entries: readonly Entry[]; readonly isLooking: boolean } {
  const navigate = useNavigate()
  const [settled] = useDebouncedValue(search, SEARCH_DELAY_MS)
  const found = useWeirQuery(
    'consumption.users',
    { search: settled, limit: USERS_SHOWN, offset: 0 },
    { enabled: settled !== '', refresh: false },
  )
  if (search === '') return { entries: [], isLooking: false }
  const entries = (found.data?.users ?? []).map((user) => ({
    id: `user-${user.user_id}`,
    label: user.username,
    icon: IconUser,
    description: text.shell.paletteText.userHint(user.usage_percent, user.status),
    run: () => void navigate({ to: '/dashboard', search: { user: user.user_id } }),
  }))
  return { entries, isLooking: settled !== search || found.isFetching }
}
