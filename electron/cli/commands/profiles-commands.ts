import { Command } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { count, dollars, table } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

/** `weir profiles …` */
export function profilesCommands(context: CliContext): Command {
  return new Command('profiles')
    .description('The sets of limits users can have')
    .addCommand(listCommand(context))
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('List the profiles with their limits and how many users each has')
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const answer = valueFrom(await connection.call('profiles.list', {}))
        if (output.isJson) {
          output.json(answer)
          return EXIT.fine
        }
        const number = (title: string) => ({ title, isNumeric: true })
        output.text(
          table(
            [
              number('ID'),
              { title: 'NAME' },
              number('TURNS/HOUR'),
              number('TURNS/DAY'),
              number('INPUT TOKENS/MONTH'),
              number('OUTPUT TOKENS/MONTH'),
              number('COST/MONTH'),
              number('USERS'),
              { title: '' },
            ],
            answer.profiles.map((profile) => [
              String(profile.id),
              profile.name,
              limit(profile.prompts_per_hour, count),
              limit(profile.prompts_per_day, count),
              limit(profile.input_tokens_per_month, count),
              limit(profile.output_tokens_per_month, count),
              limit(profile.cost_per_month_usd, dollars),
              count(profile.user_count),
              [profile.is_default ? 'default' : '', profile.is_active ? '' : 'inactive']
                .filter(Boolean)
                .join(', '),
            ]),
          ),
        )
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir profiles list', what: 'as a table' },
    { line: 'weir profiles list --json', what: 'for a program' },
  ])
}

function limit(value: number | null, format: (value: number) => string): string {
  return value === null ? 'unlimited' : format(value)
}
