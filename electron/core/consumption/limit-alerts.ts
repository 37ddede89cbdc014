import { toIso } from '../../../shared/units.ts'
import { insertAlert } from '../alerts/alert-store.ts'
import type { Writer } from '../database/database.ts'
import { type LimitState, limitStates, toWire } from './admission.ts'
import type { UserAccount } from './consumption-store.ts'
import type { Moment } from './context.ts'
import { type EffectiveLimits, LIMIT_NAMES, type LimitName } from './limits.ts'
import { levelIn, type Usage, withLevel } from './usage.ts'

/** Alerts when a user reaches a threshold of a limit: once per user, limit, threshold and window. */

const KINDS: Readonly<Record<LimitName, string>> = {
  prompts_per_hour: 'limit_hour',
  prompts_per_day: 'limit_day',
  input_tokens_per_month: 'limit_month',
  output_tokens_per_month: 'limit_month',
  cost_per_month_usd: 'limit_month',
  config_changes_per_hour: 'limit_hour',
}

const WORDS: Readonly<Record<LimitName, string>> = {
  prompts_per_hour: 'prompts this hour',
  prompts_per_day: 'prompts today',
  input_tokens_per_month: 'input tokens this month',
  output_tokens_per_month: 'output tokens this month',
  cost_per_month_usd: 'dollars this month (est.)',
  config_changes_per_hour: 'configuration changes this hour',
}

// From here the operator should act soon.
const WARNING_PERCENT = 90
const USED_UP_PERCENT = 100

/**
 * How many of the thresholds (percent, ascending) are reached; whole numbers only, for this runs with every request.
 * A limit of 0 is a ban and not a limit somebody uses up: nobody is alerted of it.
 */
export function levelOf(used: number, limit: number | null, thresholds: readonly number[]): number {
  if (limit === null || limit === 0) return 0
  let level = 0
  for (const percent of thresholds) if (used * 100 >= percent * limit) level += 1
  return level
}

/**
 * Writes the alerts that are due with these counters, in the transaction that writes the counters, and answers them
 * with what has been alerted. A level and not its crossing is looked at: also a limit that was lowered alerts.
 */
export async function withLimitAlerts(
  trx: Writer,
  account: UserAccount,
  usage: Usage,
  limits: EffectiveLimits,
  moment: Moment,
): Promise<Usage> {
  const thresholds = moment.settings.alert_thresholds
  const used = usedInOrder(usage)
  let after = usage
  for (let at = 0; at < LIMIT_NAMES.length; at += 1) {
    const name = LIMIT_NAMES[at] as LimitName
    const level = levelOf(used[at] ?? 0, limits[name].value, thresholds)
    if (level <= levelIn(usage, at)) continue
    after = withLevel(after, at, level)
    const state = limitStates(usage, limits, moment.windows)[at]
    if (state !== undefined) await raise(trx, account, usage, state, thresholds[level - 1] ?? 0, moment)
  }
  return after
}

/** What is used of each limit, in the order of `LIMIT_NAMES`. */
function usedInOrder(usage: Usage): readonly number[] {
  return [
    usage.hour_requests,
    usage.day_requests,
    usage.input_tokens,
    usage.output_tokens,
    usage.cost_micro_usd,
    usage.hour_config_changes,
  ]
}

function windowOf(name: LimitName, usage: Usage): number {
  if (name === 'prompts_per_day') return usage.day_started_at
  return KINDS[name] === 'limit_hour' ? usage.hour_started_at : usage.period
}

async function raise(
  trx: Writer,
  account: UserAccount,
  usage: Usage,
  state: LimitState,
  percent: number,
  moment: Moment,
): Promise<void> {
  const { used, limit } = toWire(state)
  const isUsedUp = percent >= USED_UP_PERCENT
  const reset = toIso(state.resetsAt)
  await insertAlert(trx, {
    raised_at: moment.now,
    kind: KINDS[state.name],
    once_key: [account.id, state.name, percent, windowOf(state.name, usage)].join(' '),
    severity: isUsedUp ? 'critical' : percent >= WARNING_PERCENT ? 'warning' : 'info',
    title: isUsedUp
      ? `${account.username} has used up the ${WORDS[state.name]}`
      : `${account.username} is at ${percent} % of the ${WORDS[state.name]}`,
    detail: `${used} of ${limit ?? 0} ${WORDS[state.name]}; starts again at ${reset.slice(11, 16)} UTC on ${reset.slice(0, 10)}.`,
    link: `/dashboard?user=${encodeURIComponent(account.id)}`,
    user_id: account.id,
    limit_name: state.name,
    threshold_percent: percent,
    resets_at: state.resetsAt,
    acknowledged_at: null,
    notified_at: null,
  })
}
