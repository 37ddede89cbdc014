import { Button, Group, Menu, Skeleton, Stack, Text } from '@mantine/core'
import { IconFileText, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { LOG_LINES_MAX } from '../../../shared/contract/logs.ts'
import { copyText } from '../../app/copy.ts'
import { downloadText } from '../../app/download.ts'
import { useWeirQuery } from '../../app/queries.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Notice } from '../../components/notice.tsx'
import { Panel, QueryPanel } from '../../components/panel.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { text } from '../../text.ts'
import { LogFilters } from './log-filters.tsx'
import { type LogLine, LogLines } from './log-lines.tsx'
import { LOG_RANGES, type LogsSearch } from './logs-search.ts'

const route = getRouteApi('/logs')

/** Often enough to look live; each look reads only the end of the log. */
const LIVE_MS = 3_000
const HOUR_MS = 3_600_000
/** A range moves with the clock; by the minute, or every render would be another question. */
const MINUTE_MS = 60_000
/** Lines shown first: what a person reads. */
const FIRST_LINES = 200

/** The log, live, with what the operator watches for counted above it. */
export function LogsScreen(): ReactNode {
  const view = route.useSearch()
  const navigate = useNavigate()
  const replace = (search: LogsSearch): void => void navigate({ to: '/logs', search, replace: true })
  const [isPaused, setPaused] = useState(false)
  const [limit, setLimit] = useState(FIRST_LINES)
  const [openSeq, setOpenSeq] = useState<number | null>(null)
  const now = useNow()
  const settled = useSettledQuery(
    useWeirQuery('logs.list', { ...filterOf(view, now), limit }, { refresh: isPaused ? false : LIVE_MS }),
  )
  const lines = settled.data?.lines ?? []
  const open = lines.find(({ seq }) => seq === openSeq)
  const step = (by: number): void => {
    const at = lines.findIndex(({ seq }) => seq === openSeq)
    setOpenSeq(lines[at === -1 ? 0 : Math.min(lines.length - 1, Math.max(0, at + by))]?.seq ?? null)
  }
  useShortcut('p', () => setPaused((before) => !before), text.logs.pauseHint)
  useShortcut('n', () => step(1), text.logs.next)
  useShortcut('N', () => step(-1), text.logs.previous)
  useShortcut('c', () => open && void copyText(JSON.stringify(open), text.logs.line), text.logs.copy)
  return (
    <Stack gap="md">
      <Counters
        active={view.event}
        onShow={(event) => replace({ event: view.event === event ? undefined : event })}
      />
      <LogFilters
        view={view}
        onView={(change) => replace({ ...view, ...change })}
        onClear={() => replace({})}
      />
      <Panel
        title={text.logs.title}
        unit={`${isPaused ? text.logs.paused : text.logs.live}, ${text.logs.unit}`}
        actions={<Actions lines={lines} isPaused={isPaused} onPause={() => setPaused(!isPaused)} />}
      >
        <QueryStates query={settled} skeleton={<Skeleton height={320} />}>
          {(data) => (
            <Stack gap="xs">
              {data.lines.length === 0 ? (
                <NoLines isEmpty={data.newest_seq === 0} lowest={data.lowest_level} />
              ) : (
                <LogLines lines={data.lines} openSeq={openSeq} onOpen={setOpenSeq} />
              )}
              <Group gap="sm">
                {!data.is_complete && data.lines.length >= limit && limit < LOG_LINES_MAX && (
                  <Button size="xs" variant="default" onClick={() => setLimit(LOG_LINES_MAX)}>
                    {text.logs.more}
                  </Button>
                )}
                <Text size="xs" c="dimmed">
                  {text.logs.shown(data.lines.length)}. {data.is_complete ? '' : `${text.logs.incomplete} `}
                  {text.logs.size(data.log_bytes, data.cap_bytes)}
                </Text>
              </Group>
            </Stack>
          )}
        </QueryStates>
      </Panel>
    </Stack>
  )
}

function filterOf(view: LogsSearch, now: number) {
  const { level, area, user, request, event, range } = view
  const from =
    range === undefined ? undefined : Math.floor(now / MINUTE_MS) * MINUTE_MS - LOG_RANGES[range] * HOUR_MS
  return {
    ...(level === undefined ? {} : { level }),
    ...(area === undefined ? {} : { area }),
    ...(user === undefined ? {} : { user_id: user }),
    ...(request === undefined ? {} : { request_id: request }),
    ...(event === undefined ? {} : { event }),
    ...(view.text === undefined ? {} : { text: view.text }),
    ...(from === undefined ? {} : { since: new Date(from).toISOString() }),
  }
}

interface CountersProps {
  readonly active: string | undefined
  readonly onShow: (event: string) => void
}

function Counters({ active, onShow }: CountersProps): ReactNode {
  const settled = useSettledQuery(useWeirQuery('logs.counters', {}))
  return (
    <QueryPanel title={text.logs.counters} query={settled} skeleton={<Skeleton height={36} />}>
      {(data) => (
        <Stack gap={6}>
          <Group gap="sm">
            {data.counters.map(({ event, count, last_at }) => {
              const name = text.logs.events[event] ?? event
              return (
                <Button
                  key={event}
                  variant={active === event ? 'filled' : 'default'}
                  {...(count > 0 && active !== event ? { c: 'red' } : {})}
                  aria-pressed={active === event}
                  title={`${text.logs.showOnly(name)} (${text.logs.lastAt(last_at)})`}
                  onClick={() => onShow(event)}
                >
                  {name}: {count}
                </Button>
              )
            })}
          </Group>
          {!data.reaches_back && (
            <Text size="xs" c="dimmed">
              {text.logs.shortLog(data.oldest_at)}
            </Text>
          )}
        </Stack>
      )}
    </QueryPanel>
  )
}

interface ActionsProps {
  readonly lines: readonly LogLine[]
  readonly isPaused: boolean
  readonly onPause: () => void
}

function Actions({ lines, isPaused, onPause }: ActionsProps): ReactNode {
  const Icon = isPaused ? IconPlayerPlay : IconPlayerPause
  const asText = (line: LogLine): string => `${line.at} ${line.level} ${line.area} ${line.message}`
  const save = (ending: string, each: (line: LogLine) => string): void =>
    downloadText(`weir-log.${ending}`, `${lines.map(each).join('\n')}\n`, 'text/plain')
  return (
    <Group gap="xs">
      <Button size="xs" variant="default" leftSection={<Icon size={15} aria-hidden />} onClick={onPause}>
        {isPaused ? text.logs.follow : text.logs.pause}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="xs" variant="default" disabled={lines.length === 0}>
            {text.logs.exportLines}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save('ndjson', (line) => JSON.stringify(line))}>
            {text.logs.asJson}
          </Menu.Item>
          <Menu.Item onClick={() => save('txt', asText)}>{text.logs.asText}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}

function NoLines({
  isEmpty,
  lowest,
}: {
  readonly isEmpty: boolean
  readonly lowest: LogLine['level']
}): ReactNode {
  return (
    <Notice icon={<IconFileText size={28} aria-hidden />} title={isEmpty ? text.logs.empty : text.logs.none}>
      {isEmpty ? text.logs.emptyHint : text.logs.noneHint(text.logs.levels[lowest])}
    </Notice>
  )
}
