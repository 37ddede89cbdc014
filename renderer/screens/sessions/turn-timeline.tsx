import { IconAlertTriangle, IconArrowBarToUp, IconCircleCheck, IconCircleHalf2 } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { PlainText } from '../../components/plain-text.tsx'
import {
  formatCount,
  formatDuration,
  formatInstant,
  formatMoney,
  formatMoneyExact,
  formatTokens,
} from '../../format.ts'
import { sessionsText } from '../../text/sessions.ts'
import styles from './sessions.module.css'
import type { Turn } from './use-sessions.ts'

const text = sessionsText.turn
const STATUS_ICONS = {
  success: IconCircleCheck,
  failed: IconAlertTriangle,
  partial: IconCircleHalf2,
} as const

/** What `TurnTimeline` takes. */
export interface TurnTimelineProps {
  readonly turns: readonly Turn[]
  /** Billing time zone. */
  readonly zone: string
}

/** The turns of a session in their order: what was asked, what it took, and what that cost by which price. */
export function TurnTimeline({ turns, zone }: TurnTimelineProps): ReactNode {
  const most = Math.max(1, ...turns.map((turn) => turn.total_tokens))
  return (
    <ol className={styles.timeline}>
      {turns.map((turn) => (
        <li
          key={turn.turn_number}
          className={styles.turn}
          data-status={turn.status}
          data-valid={turn.is_valid}
        >
          <TurnHead turn={turn} zone={zone} />
          <PlainText text={turn.user_query ?? text.noQuestion} lines={2} />
          <div
            className={styles.bar}
            role="img"
            aria-label={text.bar(formatCount(turn.total_tokens))}
            title={text.tokens(formatCount(turn.input_tokens), formatCount(turn.output_tokens))}
          >
            <span className={styles.barIn} style={{ width: `${(100 * turn.input_tokens) / most}%` }} />
            <span className={styles.barOut} style={{ width: `${(100 * turn.output_tokens) / most}%` }} />
          </div>
          <ul className={styles.facts}>
            {factsOf(turn).map((fact) => (
              <li key={fact}>
                <PlainText text={fact} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

function TurnHead({ turn, zone }: { readonly turn: Turn; readonly zone: string }): ReactNode {
  const Icon = STATUS_ICONS[turn.status]
  return (
    <div className={styles.turnHead}>
      <strong>{text.number(turn.turn_number)}</strong>
      <span className={styles.word} data-status={turn.status}>
        <Icon size={15} aria-hidden />
        {text.status[turn.status]}
      </span>
      {turn.is_valid ? null : <span title={text.invalidHint}>{text.invalid}</span>}
      <Exceeded turn={turn} />
      <span className={styles.dimmed}>{formatInstant(turn.occurred_at, zone)}</span>
      <span
        className={styles.turnCost}
        title={`${formatMoneyExact(turn.cost_usd)}, ${text.price[turn.price_source]}`}
      >
        {formatMoney(turn.cost_usd)}
      </span>
    </div>
  )
}

/** Says that a turn went over its reservation: an estimate that is too low lets a user go over a limit. */
function Exceeded({ turn: { exceeded_reservation: reserved } }: { readonly turn: Turn }): ReactNode {
  if (reserved === null) return null
  const hint = text.exceededHint(formatCount(reserved.input_tokens), formatCount(reserved.output_tokens))
  return (
    <span className={styles.word} data-status="partial" title={hint}>
      <IconArrowBarToUp size={15} aria-hidden />
      {text.exceeded}
    </span>
  )
}

function factsOf(turn: Turn): readonly string[] {
  return [
    turn.model,
    text.tokens(formatTokens(turn.input_tokens), formatTokens(turn.output_tokens)),
    ...(turn.cached_input_tokens === 0 ? [] : [text.cached(formatTokens(turn.cached_input_tokens))]),
    text.price[turn.price_source],
    ...(turn.rag_used ? [ragFact(turn.rag_tokens_saved)] : []),
    ...(turn.duration_ms === null ? [] : [text.took(formatDuration(turn.duration_ms))]),
  ]
}

function ragFact(saved: number): string {
  if (saved === 0) return text.guidedPlain
  return saved > 0 ? text.guided(formatTokens(saved)) : text.guidedLost(formatTokens(-saved))
}
