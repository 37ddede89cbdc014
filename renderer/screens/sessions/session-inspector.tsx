import { Anchor, Drawer, Skeleton } from '@mantine/core'
import { IconMessages } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ExportMenu } from '../../components/export-menu.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageLinks } from '../../components/page-links.tsx'
import { Panel } from '../../components/panel.tsx'
import { PlainText } from '../../components/plain-text.tsx'
import { QueryStates } from '../../components/query-states.tsx'
import { useNow } from '../../components/use-now.ts'
import { clipText, formatCount, formatMoney, formatMoneyExact, formatTokens } from '../../format.ts'
import { ago } from '../../text/figures.ts'
import { sessionsText } from '../../text/sessions.ts'
import { SessionStatus } from './session-columns.tsx'
import { turnsSource } from './session-export.ts'
import styles from './sessions.module.css'
import { TurnTimeline } from './turn-timeline.tsx'
import { type SessionView, TURNS_A_PAGE, useSession } from './use-sessions.ts'

const text = sessionsText.inspector

/** A name longer than this does not fit beside the other facts. */
const NAME_MAX = 60

/** What `SessionInspector` takes. */
export interface SessionInspectorProps {
  /** The session to show; null closes it. */
  readonly session: { readonly id: string; readonly user: string | undefined } | null
  readonly zone: string
  readonly onUser: (userId: string) => void
  readonly onClose: () => void
}

/** One session over the list: how its tokens come about, and its turns. */
export function SessionInspector({ session, zone, onUser, onClose }: SessionInspectorProps): ReactNode {
  return (
    <Drawer
      opened={session !== null}
      onClose={onClose}
      position="right"
      size="min(720px, 100%)"
      title={text.title}
      closeButtonProps={{ 'aria-label': text.close }}
    >
      {session === null ? null : (
        <OpenSession
          key={JSON.stringify(session)}
          id={session.id}
          user={session.user}
          zone={zone}
          onUser={onUser}
        />
      )}
    </Drawer>
  )
}

interface OpenSessionProps {
  readonly id: string
  readonly user: string | undefined
  readonly zone: string
  readonly onUser: (userId: string) => void
}

function OpenSession({ id, user, zone, onUser }: OpenSessionProps): ReactNode {
  const [page, setPage] = useState(1)
  const query = useSession(id, user, page)
  return (
    <QueryStates query={query} skeleton={<InspectorSkeleton />}>
      {(view) => (
        <div className={styles.inspector}>
          <Head view={view} onUser={onUser} />
          <Sums view={view} />
          <Panel
            title={text.timeline}
            unit={text.timelineUnit}
            actions={
              view.total_count === 0 ? null : (
                <ExportMenu
                  name={`turns-${view.session.session_id}`}
                  label={text.export}
                  rows={turnsSource({ session_id: id, user_id: view.session.user_id })}
                />
              )
            }
          >
            {view.total_count === 0 ? (
              <Notice icon={<IconMessages size={28} />} title={text.noTurns}>
                {text.noTurnsWhy}
              </Notice>
            ) : (
              <TurnTimeline turns={view.turns} zone={zone} />
            )}
            <PageLinks
              label={text.pages}
              pages={Math.ceil(view.total_count / TURNS_A_PAGE)}
              page={page}
              onPage={setPage}
            />
          </Panel>
        </div>
      )}
    </QueryStates>
  )
}

function Head({
  view: { session, file },
  onUser,
}: {
  readonly view: SessionView
  readonly onUser: (userId: string) => void
}): ReactNode {
  const now = useNow()
  return (
    <header className={styles.head}>
      <h2 className={styles.headName}>
        <PlainText text={session.session_name ?? sessionsText.untitled} lines={2} />
      </h2>
      <p className={styles.headFacts}>
        <Anchor
          component="button"
          type="button"
          size="sm"
          title={text.user(clipText(session.username, NAME_MAX))}
          onClick={() => onUser(session.user_id)}
        >
          <bdi>{clipText(session.username, NAME_MAX)}</bdi>
        </Anchor>
        <SessionStatus status={session.status} />
        <span>{`${text.turns}: ${formatCount(session.turns)}`}</span>
        <span title={formatMoneyExact(session.estimated_cost_usd)}>
          {`${text.cost}: ${formatMoney(session.estimated_cost_usd)}`}
        </span>
        <span>{`${text.lastUse}: ${ago(session.last_used_at, now)}`}</span>
      </p>
      <p className={styles.id}>{session.session_id}</p>
      <p className={styles.fileLine}>{fileSentence(file, now)}</p>
    </header>
  )
}

function fileSentence(file: SessionView['file'], now: number): string {
  if (file === null) return text.noFile
  if (file.problem !== null) return text.fileProblem(file.path, file.problem)
  return text.file(file.path, file.turns, ago(file.read_at, now))
}

function Sums({ view: { session, sums } }: { readonly view: SessionView }): ReactNode {
  const turns = sums.turns_input_tokens + sums.turns_output_tokens
  const outside = sums.outside_turns_input_tokens + sums.outside_turns_output_tokens
  const all = formatCount(session.total_tokens)
  const rows = [
    [text.inTurns, sums.turns_input_tokens, sums.turns_output_tokens],
    [text.outside, sums.outside_turns_input_tokens, sums.outside_turns_output_tokens],
    [text.together, session.total_input_tokens, session.total_output_tokens],
  ] as const
  return (
    <Panel title={text.sums} unit={text.sumsUnit}>
      <p className={styles.says}>
        {outside === 0 ? text.saysEqual(all) : text.says(all, formatCount(turns), formatCount(outside))}
      </p>
      <table className={styles.sums}>
        <thead>
          <tr>
            <td />
            <th scope="col">{text.input}</th>
            <th scope="col">{text.output}</th>
            <th scope="col">{text.tokens}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, input, output]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td title={formatTokens(input)}>{formatCount(input)}</td>
              <td title={formatTokens(output)}>{formatCount(output)}</td>
              <td>{formatCount(input + output)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sums.outside_turns_cost_usd > 0 ? (
        <p className={styles.fileLine}>{text.outsideCost(formatMoney(sums.outside_turns_cost_usd))}</p>
      ) : null}
    </Panel>
  )
}

function InspectorSkeleton(): ReactNode {
  return (
    <div className={styles.inspector}>
      <Skeleton height={90} radius="md" />
      <Skeleton height={170} radius="md" />
      <Skeleton height={420} radius="md" />
    </div>
  )
}
