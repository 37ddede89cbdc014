import fc from 'fast-check'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/units.ts'

/** What may happen to a Weir, as data: a random history is a list of these. */
export type Step =
  | {
      readonly kind: 'check'
      readonly user: number
      readonly input: number
      readonly output: number
      readonly times: number
      readonly isTrial: boolean
    }
  | {
      readonly kind: 'record'
      readonly user: number
      readonly session: number
      readonly turn: number
      readonly input: number
      readonly output: number
      readonly status: 'success' | 'failed' | 'partial'
      readonly saved: number
      readonly model: 'atlas' | 'compass'
      /** How long before now it happened. */
      readonly agoMs: number
      /** Whether it settles the oldest open admission of its user. */
      readonly settles: boolean
    }
  | { readonly kind: 'record-again'; readonly index: number; readonly isOther: boolean }
  | {
      readonly kind: 'edit-profile'
      readonly profile: number
      readonly limit: (typeof EDITABLE)[number]
      readonly value: number | null
    }
  | { readonly kind: 'assign'; readonly user: number; readonly profile: number }
  | { readonly kind: 'switch-user'; readonly user: number; readonly isActive: boolean }
  | { readonly kind: 'enforce'; readonly mode: 'on' | 'observe' | 'off' }
  /** A raise of a limit for `forMs`, or, without an amount, the end of the oldest one. */
  | {
      readonly kind: 'grant'
      readonly user: number
      readonly limit: 'prompts_per_hour' | 'input_tokens_per_month'
      readonly amount: number | null
      readonly forMs: number
    }
  /** Limits for everybody for `forMs`; null ends them. */
  | { readonly kind: 'override'; readonly perHour: number | null; readonly forMs: number }
  | { readonly kind: 'clock'; readonly stepMs: number }
  | {
      readonly kind: 'import'
      readonly user: number
      readonly session: number
      readonly turns: readonly ImportedTurn[]
      readonly outside: number
    }
  | { readonly kind: 'archive'; readonly user: number }
  /** Checks and turns that arrive in the same moment, and so in one batch. */
  | { readonly kind: 'together'; readonly steps: readonly Extract<Step, { kind: 'check' | 'record' }>[] }

export interface ImportedTurn {
  readonly agoMs: number
  readonly input: number
  readonly output: number
}

export const EDITABLE = [
  'prompts_per_hour',
  'prompts_per_day',
  'input_tokens_per_month',
  'output_tokens_per_month',
  'cost_per_month_micro_usd',
] as const

export const USER_COUNT = 3

/**
 * Where and when histories begin: in some a few minutes before clocks change, days are an hour longer or shorter or begin
 * at one o'clock, and in some before a month ends. The steps of the clock lead over it in both directions.
 */
export const BEGINNINGS = [
  { zone: 'UTC', at: '2026-11-24T10:20:00Z', isClockChange: false },
  { zone: 'UTC', at: '2028-02-29T23:55:00Z', isClockChange: false },
  { zone: 'Asia/Kathmandu', at: '2026-12-31T18:10:00Z', isClockChange: false },
  { zone: 'Europe/Berlin', at: '2026-10-25T00:55:00Z', isClockChange: true },
  { zone: 'Europe/Berlin', at: '2027-03-28T00:55:00Z', isClockChange: true },
  { zone: 'America/Santiago', at: '2027-04-04T02:55:00Z', isClockChange: true },
  { zone: 'America/Havana', at: '2027-03-14T04:55:00Z', isClockChange: true },
  { zone: 'Australia/Lord_Howe', at: '2026-10-03T15:25:00Z', isClockChange: true },
] as const

export const beginnings = fc.constantFrom(...BEGINNINGS)
export const PROFILE_COUNT = 2

const user = fc.nat({ max: USER_COUNT - 1 })
const profile = fc.nat({ max: PROFILE_COUNT - 1 })
const tokens = fc.constantFrom(0, 1, 7, 100, 450, 2_000)
const ago = fc.constantFrom(0, 0, 0, 5 * MINUTE_MS, 3 * HOUR_MS, 2 * DAY_MS, 33 * DAY_MS, 70 * DAY_MS)
const lasting = fc.constantFrom(5 * MINUTE_MS, 3 * HOUR_MS, 40 * DAY_MS)
const clockStep = fc.constantFrom(
  MINUTE_MS,
  9 * MINUTE_MS,
  11 * MINUTE_MS,
  HOUR_MS,
  25 * HOUR_MS,
  31 * DAY_MS,
  -MINUTE_MS,
  -2 * HOUR_MS,
  -26 * HOUR_MS,
  -31 * DAY_MS,
)

const check = fc.record({
  kind: fc.constant('check' as const),
  user,
  input: tokens,
  output: tokens,
  times: fc.constantFrom(1, 1, 2, 8),
  isTrial: fc.boolean(),
})

const record = fc.record({
  kind: fc.constant('record' as const),
  user,
  session: fc.nat({ max: 2 }),
  turn: fc.integer({ min: 1, max: 6 }),
  input: tokens,
  output: tokens,
  status: fc.constantFrom('success' as const, 'failed' as const, 'partial' as const),
  saved: fc.constantFrom(0, 0, 25, -25),
  model: fc.constantFrom('atlas' as const, 'compass' as const),
  agoMs: ago,
  settles: fc.boolean(),
})

const assign = fc.record({
  kind: fc.constant('assign' as const),
  user,
  profile: fc.nat({ max: PROFILE_COUNT }),
})
const switchUser = fc.record({ kind: fc.constant('switch-user' as const), user, isActive: fc.boolean() })
const enforce = fc.record({
  kind: fc.constant('enforce' as const),
  mode: fc.constantFrom('on' as const, 'observe' as const, 'off' as const),
})
const grant = fc.record({
  kind: fc.constant('grant' as const),
  user,
  limit: fc.constantFrom('prompts_per_hour' as const, 'input_tokens_per_month' as const),
  amount: fc.constantFrom(null, 1, 5, 700),
  forMs: lasting,
})
const override = fc.record({
  kind: fc.constant('override' as const),
  perHour: fc.constantFrom(null, 0, 1, 6),
  forMs: lasting,
})
const clock = fc.record({ kind: fc.constant('clock' as const), stepMs: clockStep })
const archive = fc.record({ kind: fc.constant('archive' as const), user })

/** Any history: limits go up and down, the clock goes both ways, turns come late, twice, and from files. */
export const anyHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: check },
    { weight: 8, arbitrary: record },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('together' as const),
        steps: fc.array(fc.oneof(check, record), { minLength: 2, maxLength: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('record-again' as const),
        index: fc.nat({ max: 30 }),
        isOther: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('edit-profile' as const),
        profile,
        limit: fc.constantFrom(...EDITABLE),
        value: fc.constantFrom(null, 0, 1, 3, 500, 5_000),
      }),
    },
    { weight: 1, arbitrary: assign },
    { weight: 1, arbitrary: switchUser },
    { weight: 1, arbitrary: enforce },
    { weight: 2, arbitrary: grant },
    { weight: 1, arbitrary: override },
    { weight: 4, arbitrary: clock },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('import' as const),
        user,
        session: fc.nat({ max: 3 }),
        // Before now and, for an agent whose clock is ahead, also after.
        turns: fc.array(
          fc.record({ agoMs: fc.oneof(ago, fc.constant(-2 * DAY_MS)), input: tokens, output: tokens }),
          { maxLength: 4 },
        ),
        outside: fc.constantFrom(0, 30),
      }),
    },
    { weight: 1, arbitrary: archive },
  ),
  { minLength: 5, maxLength: 40 },
)

const lawfulCheck = fc.record({
  kind: fc.constant('check' as const),
  user,
  input: fc.integer({ min: 1, max: 400 }),
  output: fc.integer({ min: 1, max: 400 }),
  times: fc.constantFrom(1, 3, 9),
  isTrial: fc.constant(false),
})

const lawfulRecord = record.map((step) => ({ ...step, settles: true, agoMs: 0 }))

/**
 * Histories of executors that keep the rules: every check names its estimates, every turn settles an admission in time and
 * uses at most what was reserved. `edit-profile` only ever raises (its runner sees to that); the clock goes both ways.
 */
export const lawfulHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: lawfulCheck },
    { weight: 8, arbitrary: lawfulRecord },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('edit-profile' as const),
        profile,
        limit: fc.constantFrom('prompts_per_hour' as const, 'input_tokens_per_month' as const),
        value: fc.constantFrom(4, 900, 3_000),
      }),
    },
    { weight: 3, arbitrary: clock },
    { weight: 1, arbitrary: archive },
  ),
  { minLength: 5, maxLength: 40 },
)

/**
 * The same executors, while the operator changes everything there is to change: limits go up and down, grants and overrides
 * come and run out, enforcement is paused. What was let through may then be above the limit of now, and must not grow.
 */
export const restlessHistory: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: lawfulCheck },
    { weight: 6, arbitrary: lawfulRecord },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('together' as const),
        steps: fc.array(fc.oneof(lawfulCheck, lawfulRecord), { minLength: 2, maxLength: 6 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('edit-profile' as const),
        profile,
        limit: fc.constantFrom(...EDITABLE),
        value: fc.constantFrom(null, 0, 1, 3, 500, 5_000),
      }),
    },
    { weight: 1, arbitrary: assign },
    { weight: 1, arbitrary: switchUser },
    // More often on than not: what is not enforced holds nobody.
    {
      weight: 2,
      arbitrary: fc.oneof(enforce, fc.constant({ kind: 'enforce' as const, mode: 'on' as const })),
    },
    { weight: 2, arbitrary: grant },
    { weight: 1, arbitrary: override },
    { weight: 3, arbitrary: clock },
    { weight: 1, arbitrary: archive },
  ),
  { minLength: 5, maxLength: 40 },
)
