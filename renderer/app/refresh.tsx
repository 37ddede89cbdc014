import { ActionIcon, Group, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconRefresh } from '@tabler/icons-react'
import { type QueryCache, type QueryClient, useIsFetching, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { text } from '../text.ts'
import { REFRESH_CHOICES, refreshChoice } from './refresh-interval.ts'
import { useRemembered } from './remembered.ts'

export { useRefreshInterval } from './refresh-interval.ts'

/** Asks again for everything on screen. Screens keep what they show until the answers are there. */
export function refreshScreen(queries: QueryClient): Promise<void> {
  return queries.refetchQueries({ type: 'active' })
}

/** The age of the figures, a button to renew them now, and how often that happens by itself. */
export function RefreshControl(): ReactNode {
  const queries = useQueryClient()
  const chosen = useRemembered(refreshChoice)
  const updatedAt = useScreenUpdatedAt(queries.getQueryCache())
  const isFetching = useIsFetching({ predicate: (query) => query.meta?.['followsScreen'] === true }) > 0
  const refresh = useCallback(() => void refreshScreen(queries), [queries])
  return (
    <Group gap={4} wrap="nowrap" className="refresh-control">
      <Age updatedAt={updatedAt} />
      <Tooltip label={text.refresh.now}>
        <ActionIcon variant="subtle" color="gray" onClick={refresh} aria-label={text.refresh.now}>
          <IconRefresh size={17} className={isFetching ? 'turning' : undefined} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <UnstyledButton className="refresh-interval" aria-label={text.refresh.choose(chosen)}>
            {text.refresh.short(chosen)}
            <IconChevronDown size={13} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{text.refresh.menu}</Menu.Label>
          <Menu.RadioGroup value={String(chosen)}>
            {REFRESH_CHOICES.map((choice) => (
              <Menu.RadioItem
                key={choice}
                value={String(choice)}
                closeMenuOnClick
                onChange={() => refreshChoice.set(choice)}
              >
                {text.refresh.every(choice)}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

function Age({ updatedAt }: { readonly updatedAt: number }): ReactNode {
  const now = useNow(updatedAt > 0)
  if (updatedAt === 0) return null
  return (
    <Text size="xs" c="dimmed" className="tabular refresh-age">
      {text.refresh.updated(Math.max(0, Math.round((now - updatedAt) / 1000)))}
    </Text>
  )
}

/** Every five seconds is often enough for an age and does not keep the page busy. */
const AGE_TICK_MS = 5_000

function useNow(isNeeded: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isNeeded) return
    const timer = setInterval(() => setNow(Date.now()), AGE_TICK_MS)
    return () => clearInterval(timer)
  }, [isNeeded])
  return now
}

/** When the oldest figure on screen was answered; 0 while there is none. */
function useScreenUpdatedAt(cache: QueryCache): number {
  const subscribe = useCallback((listener: () => void) => cache.subscribe(listener), [cache])
  return useSyncExternalStore(subscribe, () => oldestUpdate(cache))
}

function oldestUpdate(cache: QueryCache): number {
  const times = cache
    .getAll()
    .filter(
      (query) => query.isActive() && query.meta?.['followsScreen'] === true && query.state.dataUpdatedAt > 0,
    )
    .map((query) => query.state.dataUpdatedAt)
  return times.length === 0 ? 0 : Math.min(...times)
}
