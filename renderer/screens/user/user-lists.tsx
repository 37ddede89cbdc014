import { Button, Skeleton, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useWeirQuery } from '../../app/queries.ts'
import { QueryPanel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { type SettledQuery, useSettledQuery } from '../../components/settled-query.ts'
import { useNow } from '../../components/use-now.ts'
import { formatAgo, formatMoney } from '../../format.ts'
import { auditText } from '../../text/audit.ts'
import { enforcementScreenText, reasonOf } from '../../text/enforcement.ts'
import { dateTime } from '../../text/figures.ts'
import { sessionsText } from '../../text/sessions.ts'
import { userText } from '../../text/user.ts'
import styles from './user.module.css'

/** The newest of what there is about a user, each with the way to all of it. */

/** What fits without scrolling past the next section. */
const SHOWN = 8

interface OfUser {
  readonly userId: string
}

/** A line of a list: what, when, and what else there is to say. */
interface Line {
  readonly key: string
  readonly at: string
  readonly what: string
  readonly more: string
}

interface ListPanelProps<Data> {
  readonly words: {
    readonly title: string
    readonly unit: string
    readonly none: string
    readonly all: string
  }
  readonly query: SettledQuery<Data>
  readonly lines: (data: Data) => readonly Line[]
  readonly onAll: () => void
}

function ListPanel<Data>({ words, query, lines, onAll }: ListPanelProps<Data>): ReactNode {
  const now = useNow()
  return (
    <QueryPanel
      title={words.title}
      unit={words.unit}
      query={query}
      skeleton={<Skeleton height={90} />}
      actions={
        <Button size="compact-xs" variant="subtle" onClick={onAll}>
          {words.all}
        </Button>
      }
    >
      {(data) => {
        const shown = lines(data)
        if (shown.length === 0) {
          return (
            <Text size="sm" c="dimmed">
              {words.none}
            </Text>
          )
        }
        return (
          <ul className={styles.list} aria-label={words.title}>
            {shown.map((line) => (
              <li key={line.key} className={styles.line}>
                <span className={styles.when} title={dateTime(line.at)}>
                  {formatAgo(Date.parse(line.at), now)}
                </span>
                <span className={styles.what}>
                  <PlainText text={line.what} />
                </span>
                <span className={styles.more}>
                  <PlainText text={line.more} lines={2} />
                </span>
              </li>
            ))}
          </ul>
        )
      }}
    </QueryPanel>
  )
}

/** What was refused, would have been, or was let through unasked. */
export function UserDecisions({ userId }: OfUser): ReactNode {
  const navigate = useNavigate()
  const input = { user_id: userId, limit: SHOWN }
  return (
    <ListPanel
      words={userText.decisions}
      query={useSettledQuery(useWeirQuery('enforcement.events', input, { keepPrevious: false }), userId)}
      lines={({ events }) =>
        events.map((event) => ({
          key: String(event.id),
          at: event.at,
          what: `${enforcementScreenText.events.kinds[event.kind]}: ${reasonOf(event.code)}`,
          more: event.told,
        }))
      }
      onAll={() => void navigate({ to: '/enforcement', search: { user: userId, range: 'all' } })}
    />
  )
}

/** The sessions used last. */
export function UserSessions({ userId }: OfUser): ReactNode {
  const navigate = useNavigate()
  const input = { user_id: userId, sort: 'last_used_at', order: 'desc', limit: SHOWN } as const
  return (
    <ListPanel
      words={userText.sessions}
      query={useSettledQuery(useWeirQuery('sessions.list', input, { keepPrevious: false }), userId)}
      lines={({ sessions }) =>
        sessions.map((session) => ({
          key: session.session_id,
          at: session.last_used_at,
          what: session.session_name ?? sessionsText.untitled,
          more: `${userText.sessions.turns(session.turns)}, ${formatMoney(session.estimated_cost_usd)}`,
        }))
      }
      onAll={() => void navigate({ to: '/sessions', search: { user: userId } })}
    />
  )
}

/** The access tokens made for this user. */
export function UserTokens({ userId }: OfUser): ReactNode {
  const navigate = useNavigate()
  const now = useNow()
  const text = userText.tokens
  return (
    <ListPanel
      words={text}
      query={useSettledQuery(useWeirQuery('tokens.list', { include_revoked: true }))}
      lines={({ tokens }) =>
        tokens
          .filter((token) => token.user_id === userId)
          .map((token) => ({
            key: String(token.id),
            at: token.created_at,
            what: `${token.name} (${token.prefix}…)`,
            more:
              token.revoked_at === null ? text.used(token.last_used_at, now) : text.revoked(token.revoked_at),
          }))
      }
      onAll={() => void navigate({ to: '/connect' })}
    />
  )
}

/** What was changed about this user, by whom. */
export function UserAudit({ userId }: OfUser): ReactNode {
  const navigate = useNavigate()
  const input = { about_user: userId, limit: SHOWN }
  return (
    <ListPanel
      words={userText.audit}
      query={useSettledQuery(useWeirQuery('audit.list', input, { keepPrevious: false }), userId)}
      lines={({ entries }) =>
        entries.map((entry) => ({
          key: String(entry.id),
          at: entry.at,
          what: auditText.action(entry.action),
          more: auditText.by(entry.actor, auditText.via[entry.via]),
        }))
      }
      onAll={() => void navigate({ to: '/audit', search: { about: userId } })}
    />
  )
}
