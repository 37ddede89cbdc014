import { Anchor, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { StatusWord } from '../../components/usage-bar.tsx'
import { clipText, formatCount, formatPercent } from '../../format.ts'
import { limitShort } from '../../text/components.ts'
import { dashboardText } from '../../text/dashboard.ts'
import styles from './dashboard.module.css'
import type { SystemSummary } from './use-dashboard.ts'

const text = dashboardText.attention

/** A name longer than this does not fit the hint of a link. */
const NAME_MAX = 60

/** What an operator should look at next, each line leading there; or that there is nothing. */
export function AttentionPanel({ summary }: { readonly summary: SystemSummary }): ReactNode {
  const navigate = useNavigate()
  const users = summary.near_limit_users ?? []
  const { bypassed_requests: bypassed, fallback_priced_turns: fallback } = summary
  const more = summary.users_at_or_over_80_percent - users.length
  if (users.length === 0 && bypassed === 0 && fallback === 0) {
    return (
      <Panel title={text.title}>
        <Text size="sm">{text.nothing}</Text>
      </Panel>
    )
  }
  return (
    <Panel title={text.title} unit={text.unit}>
      <ul className={styles.attention}>
        {users.map((user) => (
          <li key={user.user_id}>
            <StatusWord status={user.status} />
            <Line
              hint={text.openUser(clipText(user.username, NAME_MAX))}
              onOpen={() => void navigate({ to: '/dashboard', search: { user: user.user_id } })}
            >
              <PlainText text={user.username} />
            </Line>
            <span className={styles.attentionFact}>
              {`${limitShort(user.usage_limit ?? '')} ${formatPercent(user.usage_percent)}`}
            </span>
          </li>
        ))}
        {more > 0 ? (
          <li>
            <Line onOpen={() => void navigate({ to: '/users', search: { threshold: 80 } })}>
              {text.moreUsers(formatCount(more))}
            </Line>
          </li>
        ) : null}
        {bypassed > 0 ? (
          <li>
            <Line onOpen={() => void navigate({ to: '/enforcement', search: { kind: 'bypassed' } })}>
              {text.bypassed(formatCount(bypassed))}
            </Line>
          </li>
        ) : null}
        {fallback > 0 ? (
          <li>
            <Line onOpen={() => void navigate({ to: '/costs' })}>{text.fallback(formatCount(fallback))}</Line>
          </li>
        ) : null}
      </ul>
    </Panel>
  )
}

interface LineProps {
  readonly hint?: string
  readonly onOpen: () => void
  readonly children: ReactNode
}

function Line({ hint, onOpen, children }: LineProps): ReactNode {
  return (
    <Anchor component="button" type="button" fz="inherit" ta="start" miw={0} title={hint} onClick={onOpen}>
      {children}
    </Anchor>
  )
}
