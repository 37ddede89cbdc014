import { IconMessageQuestion, IconMessages } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Notice } from '../../components/notice.tsx'
import { TopList } from '../../components/top-list.tsx'
import { clipText, formatCount, formatDate, formatPeriod, formatTokens } from '../../format.ts'
import { dashboardText } from '../../text/dashboard.ts'
import styles from './dashboard.module.css'
import type { DashboardData, SystemSummary } from './use-dashboard.ts'

const text = dashboardText.top

/** A name longer than this does not fit beside the other facts. */
const NAME_MAX = 60

/** What `TopLists` takes. */
export interface TopListsProps {
  readonly data: DashboardData
  readonly zone: string
}

/** The dearest sessions and questions; each leads to its session with the turns. */
export function TopLists({ data, zone }: TopListsProps): ReactNode {
  const { summary, kind } = data
  const isAll = kind === 'all'
  const navigate = useNavigate()
  const open: OpenSession = ({ session_id, user_id }) =>
    void navigate({ to: '/sessions', search: { session: session_id, of: user_id } })
  const unit = text.unit(formatPeriod(summary.range))
  const sessions = summary.top_expensive_queries
  const questions = summary.top_expensive_questions
  return (
    <div className={styles.pair}>
      <TopList
        title={text.sessions}
        unit={unit}
        empty={<Notice icon={<IconMessages size={28} />} title={text.none} />}
        items={sessions.map((session) => sessionItem(session, isAll, zone))}
        {...opening(sessions, sessionKey, open)}
      />
      <TopList
        title={text.questions}
        unit={unit}
        empty={<Notice icon={<IconMessageQuestion size={28} />} title={text.none} />}
        items={questions.map((question) => questionItem(question, isAll, zone))}
        {...opening(questions, questionKey, open)}
      />
    </div>
  )
}

type TopSession = SystemSummary['top_expensive_queries'][number]
type TopQuestion = SystemSummary['top_expensive_questions'][number]

function sessionKey({ user_id, session_id }: TopSession): string {
  return JSON.stringify([user_id, session_id])
}

function questionKey({ user_id, session_id, turn_number }: TopQuestion): string {
  return JSON.stringify([user_id, session_id, turn_number])
}

type OpenSession = (entry: Pick<TopSession, 'user_id' | 'session_id'>) => void

function opening<Entry extends Pick<TopSession, 'user_id' | 'session_id' | 'session_name'>>(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
  open: OpenSession,
) {
  const find = (key: string): Entry | undefined => entries.find((entry) => keyOf(entry) === key)
  return {
    onOpen: (key: string) => {
      const entry = find(key)
      if (entry !== undefined) open(entry)
    },
    openLabel: (key: string) => {
      const entry = find(key)
      return text.open(clipText(entry?.session_name ?? entry?.session_id ?? '', NAME_MAX))
    },
  }
}

function sessionItem(session: TopSession, withUser: boolean, zone: string) {
  return {
    key: sessionKey(session),
    name: session.session_name ?? (session.session_id === '' ? text.untitled : session.session_id),
    costUsd: session.cost_usd,
    facts: [
      ...(withUser ? [session.username] : []),
      text.turns(session.turns, formatCount(session.turns)),
      text.tokens(formatTokens(session.total_tokens)),
      formatDate(session.last_turn_at, zone),
    ],
  }
}

function questionItem(question: TopQuestion, withUser: boolean, zone: string) {
  return {
    key: questionKey(question),
    name: question.user_query ?? text.noQuestion,
    costUsd: question.cost_usd,
    facts: [
      ...(withUser ? [question.username] : []),
      question.model,
      text.tokens(formatTokens(question.total_tokens)),
      formatDate(question.occurred_at, zone),
    ],
  }
}
