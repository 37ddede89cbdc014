import { Command, InvalidArgumentError, Option } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, toIso } from '../../../shared/units.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { count, facts } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

type State = OperationOutput<'enforcement.get'>

interface WhyOptions {
  readonly reason: string
  /** Milliseconds. */
  readonly for?: number
  readonly until?: string
}

/** `weir enforcement …` */
export function enforcementCommands(context: CliContext): Command {
  return new Command('enforcement')
    .description('What a no of the limits does: block, only be noted, or not be asked for')
    .addCommand(showCommand(context))
    .addCommand(onCommand(context))
    .addCommand(
      modeCommand(context, {
        mode: 'observe',
        description: 'Let every turn pass and note what would have been blocked',
        examples: [
          {
            line: 'weir enforcement observe --reason "Trying the new limits out"',
            what: 'until further notice',
          },
          { line: 'weir enforcement observe --reason "Load test" --for 2h', what: 'for two hours' },
        ],
      }),
    )
    .addCommand(
      modeCommand(context, {
        mode: 'off',
        description: 'Ask no limit for a while, 24 hours at most; it is on again by itself',
        examples: [
          { line: 'weir enforcement off --reason "Limits are wrong" --for 1h', what: 'for an hour' },
          {
            line: 'weir enforcement off --reason "Migration" --until 2026-11-24T18:00:00Z',
            what: 'until a time',
          },
        ],
      }),
    )
}

function showCommand(context: CliContext): Command {
  const command = new Command('show')
    .description('Say whether limits are enforced, why not, and until when')
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const state = valueFrom(await connection.call('enforcement.get', {}))
        if (output.isJson) output.json(state)
        else output.text(facts(factsOf(state)))
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir enforcement show', what: 'as text' },
    { line: 'weir enforcement show --json', what: 'for a program' },
  ])
}

function factsOf(state: State): readonly (readonly [string, string])[] {
  const { mode, reason, until } = state.in_force
  const rows: (readonly [string, string])[] = [['enforcement', mode]]
  if (reason !== null) rows.push(['reason', reason])
  if (until !== null) rows.push(['until', until])
  rows.push(['limits unavailable', state.when_unavailable === 'open' ? 'let turns pass' : 'refuse turns'])
  if (state.override !== null) {
    const { prompts_per_hour, prompts_per_day } = state.override
    const limits = [
      ...(prompts_per_hour === null ? [] : [`${count(prompts_per_hour)} per hour`]),
      ...(prompts_per_day === null ? [] : [`${count(prompts_per_day)} per day`]),
    ].join(', ')
    rows.push(['override', `${limits} for everybody until ${state.override.until}: ${state.override.reason}`])
  }
  return rows
}

function onCommand(context: CliContext): Command {
  const command = new Command('on')
    .description('Enforce the limits')
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const state = valueFrom(await connection.call('enforcement.set', { mode: 'on' }))
        if (output.isJson) output.json(state)
        else output.text('Enforcement is on: what is over a limit is refused.')
        return EXIT.fine
      })
    })
  return withExamples(command, [{ line: 'weir enforcement on', what: 'from the next check' }])
}

interface ModeWords {
  readonly mode: 'observe' | 'off'
  readonly description: string
  readonly examples: Parameters<typeof withExamples>[1]
}

function modeCommand(context: CliContext, words: ModeWords): Command {
  const command = new Command(words.mode)
    .description(words.description)
    .requiredOption('--reason <reason>', 'why; shown on every screen while it lasts')
    .addOption(
      new Option('--for <time>', 'how long, like 90s, 30m, 1h or 1d')
        .argParser(durationMs)
        .conflicts('until'),
    )
    .addOption(new Option('--until <time>', 'when it ends, like 2026-11-24T18:00:00Z'))
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<WhyOptions>(self)
      const until = options.for === undefined ? options.until : toIso(Date.now() + options.for)
      await withConnection(context, self, async (connection, output) => {
        const state = valueFrom(
          await connection.call('enforcement.set', {
            mode: words.mode,
            reason: options.reason,
            ...(until === undefined ? {} : { until }),
          }),
        )
        if (output.isJson) output.json(state)
        else output.text(sentenceOf(state))
        return EXIT.fine
      })
    })
  return withExamples(command, words.examples)
}

function sentenceOf({ in_force }: State): string {
  const what = in_force.mode === 'off' ? 'is off: no limit is asked' : 'only observes: nothing is refused'
  const end = in_force.until === null ? ' until "weir enforcement on"' : ` until ${in_force.until}`
  return `Enforcement ${what}${end}.`
}

const UNIT_MS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const

/** `1h`, `30m`, `1h30m` in milliseconds. */
function durationMs(text: string): number {
  if (!/^(\d{1,6}[smhd])+$/.test(text))
    throw new InvalidArgumentError('It must be a time like 90s, 30m, 1h or 1d.')
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/g))
    sum += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]
  return sum
}
