import type { LADDER_RUNGS } from '../../shared/contract/oversight.ts'
import { counted, dateTime } from './figures.ts'

type Mode = 'on' | 'observe' | 'off'
type Rung = (typeof LADDER_RUNGS)[number]
type EventKind = 'blocked' | 'would_have_blocked' | 'bypassed'

/** The enforcement screen: what a no does, the emergency override, who is limited by what, and what was decided. */
export const enforcementScreenText = {
  state: {
    title: 'Enforcement',
    on: 'Limits are enforced',
    observe: 'Limits are only observed',
    off: 'Limits are not asked at all',
    means: {
      on: 'A request over a limit is refused, and its caller is told when to come back.',
      observe:
        'Every request passes. What would have been refused is noted below, as if the refusals had been real.',
      off: 'Every request passes and nothing is noted below. Turns are recorded as always.',
    } satisfies Record<Mode, string>,
    since: (at: string) => `So since ${dateTime(at)}.`,
    sinceStart: 'So from the start.',
    reason: (reason: string) => `Reason: ${reason}`,
    until: (at: string, wait: string) => `Enforced again by itself ${wait}, at ${dateTime(at)}.`,
    forever: 'It stays so until you change it.',
    resume: 'Resume now',
    resumed: 'Limits are enforced again, from the next check on.',
    pause: 'Pause enforcement …',
    observeNow: 'Only observe …',
    extend: 'Change reason or end …',
  },
  pause: {
    titleOff: 'Pause enforcement',
    titleObserve: 'Only observe limits',
    off: (users: number) =>
      `Nobody is limited while it lasts: all ${counted(users, 'user')} may run whatever they like, and cost what they like.`,
    observe: (users: number) =>
      `Nobody is stopped while it lasts, none of ${counted(users, 'user')}. You see who would have been.`,
    reason: 'Reason',
    reasonHint: 'Shown in the banner on every screen and kept in the audit log.',
    reasonNeeded: 'Say why: everybody who looks will ask.',
    howLong: 'For how long',
    quarter: '15 minutes',
    hour: '1 hour',
    until: 'Until …',
    forever: 'Until I change it',
    end: 'End',
    endNeeded: 'Choose a time in the future.',
    endTooLate: 'Enforcement can be paused for 24 hours at most.',
    goOff: 'Pause enforcement',
    goObserve: 'Only observe',
    done: {
      off: 'Enforcement is paused. The banner says until when.',
      observe: 'Limits are only observed now.',
    },
  },
  unavailable: {
    title: 'When limits cannot be worked out',
    hint: 'For example while the disk is full. Every request let through then is counted as bypassed and listed below.',
    open: 'Let pass',
    closed: 'Refuse',
    doneOpen: 'Requests pass when limits cannot be worked out.',
    doneClosed: 'Requests are refused when limits cannot be worked out.',
  },
  override: {
    title: 'Emergency override',
    none: 'None is in force. It sets the same limits for everybody for a while, before all profiles.',
    set: 'Set an override …',
    change: 'Change …',
    clear: 'End it now',
    cleared: 'The override has ended; the profiles hold again.',
    done: 'The override is in force with the next check.',
    perHour: 'Prompts per hour',
    perDay: 'Prompts per day',
    empty: 'Empty leaves it to the profiles; 0 stops everybody.',
    oneNeeded: 'At least one limit is needed, as a whole number.',
    says: (hour: string | null, day: string | null) =>
      [hour === null ? '' : `${hour} prompts per hour`, day === null ? '' : `${day} prompts per day`]
        .filter((part) => part !== '')
        .join(' and '),
    forEverybody: (limits: string) => `${limits} for everybody`,
    until: (at: string, wait: string) => `Ends ${wait}, at ${dateTime(at)}.`,
    dialog: 'Emergency override',
    reasonHint: 'Shown on this screen and kept in the audit log.',
    go: 'Set the override',
    affected: (users: number) => `It holds for ${counted(users, 'active user')}.`,
    wouldBlock: (users: number) => `${counted(users, 'user')} become${users === 1 ? 's' : ''} blocked now:`,
    wouldUnblock: (users: number) => `${counted(users, 'user')} become${users === 1 ? 's' : ''} free now:`,
    nobodyBlocked: 'Nobody becomes blocked now.',
    andMore: (users: number) => `and ${users} more`,
    checking: 'Working out whom it stops …',
  },
  ladder: {
    title: 'Who is limited by what',
    unit: 'users now, in the order in which rules are asked',
    hint: 'The first rung that says something decides; grants add to the result.',
    step: 'Rung',
    users: 'Users',
    rungs: {
      user_inactive: ['Switched off', 'A user who is switched off may run nothing.'],
      override: ['Emergency override', 'Its limits hold for everybody while it lasts.'],
      profile_inactive: ['Profile switched off', 'Users of a profile that is switched off may run nothing.'],
      profile: ['Own profile', 'The limits of the profile a user was given.'],
      default_profile: ['Default profile', 'Users without a profile of their own.'],
      built_in: ['Built-in limits', '100 prompts an hour and 1 000 a day, when there is no profile at all.'],
      grants: ['Grants', 'Extra allowances of single users, added on top until they expire.'],
    } satisfies Record<Rung, readonly [string, string]>,
    nobody: 'nobody',
  },
  tester: {
    title: 'Would it be allowed?',
    hint: 'Asks the rules about one user, rule by rule. Nothing is counted and nothing is reserved.',
    user: 'User id',
    input: 'Input tokens (optional)',
    output: 'Output tokens (optional)',
    ask: 'Test',
    yes: 'Yes',
    no: 'No',
    told: 'The caller would be told:',
    passes: 'passes',
    refuses: 'refuses',
    notAsked: 'not asked',
    rules: {
      user_active: 'User is switched on',
      profile_active: 'Profile is switched on',
      prompts_per_hour: 'Prompts per hour',
      prompts_per_day: 'Prompts per day',
      input_tokens_per_month: 'Input tokens per month',
      output_tokens_per_month: 'Output tokens per month',
      cost_per_month_usd: 'Cost per month',
    },
    openUser: 'Open the user',
    cap: (most: string, minutes: number) =>
      `One check reserves at most ${most} tokens in each direction, for ${counted(minutes, 'minute')} at most; a larger estimate is cut to that.`,
    changeCap: 'Change it in the settings',
    reserves: (input: string, output: string, isCut: boolean) =>
      `A check would reserve ${input} input and ${output} output tokens${isCut ? ': cut to the most one check may reserve' : ''}.`,
  },
  events: {
    title: 'Blocked, would have been, bypassed',
    kinds: {
      blocked: 'Blocked',
      would_have_blocked: 'Would have blocked',
      bypassed: 'Bypassed',
    } satisfies Record<EventKind, string>,
    kind: 'What happened',
    anyKind: 'Everything',
    limit: 'Limit',
    anyLimit: 'Any limit',
    user: 'Of user',
    range: 'When',
    ranges: { hour: 'Last hour', day: 'Last 24 hours', week: 'Last 7 days', all: 'All time' },
    rangeUnits: { hour: 'last hour', day: 'last 24 hours', week: 'last 7 days', all: 'all time' },
    clear: 'Clear filters',
    columns: { at: 'When', user: 'User', kind: 'What', reason: 'Reason', told: 'The caller was told' },
    none: 'Nothing was blocked in this range',
    noneWhy: 'No request was refused, would have been, or was let through unasked.',
    noMatch: 'Nothing fits these filters',
    reasons: 'Reasons in this range',
    export: 'Export',
    count: (shown: number, total: number) => `${shown} of ${counted(total, 'entry', 'entries')}`,
    pages: 'Pages of the list',
    open: (user: string) => `Open user ${user}`,
  },
} as const

const REASONS: Readonly<Record<string, string>> = {
  hourly_limit_exceeded: 'Prompts this hour used up',
  daily_limit_exceeded: 'Prompts today used up',
  input_token_quota_exceeded: 'Input tokens this month used up',
  output_token_quota_exceeded: 'Output tokens this month used up',
  cost_budget_exceeded: 'Cost budget used up',
  config_limit_exceeded: 'Configuration changes this hour used up',
  user_inactive: 'User is switched off',
  profile_inactive: 'Profile is switched off',
  limits_unavailable: 'Limits could not be worked out',
}

/** The reason behind a code, in words; also for a code this version does not know. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? code.replaceAll('_', ' ')
}
