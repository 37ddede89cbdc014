import { Command, InvalidArgumentError } from 'commander'
import { OVERLAP_MINUTES_MAX } from '../../../shared/contract/access.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { valueFrom } from '../weir-connection.ts'

/** An hour is enough to change what programs use, and short enough to be over the same day. */
const OVERLAP_MINUTES_DEFAULT = 60

/** `weir tokens rotate` */
export function tokensRotateCommand(context: CliContext, tokenId: (text: string) => number): Command {
  const command = new Command('rotate')
    .description('Make the successor of a token and print it, and nothing else, on stdout')
    .argument('<id>', 'number of the token, as "weir tokens list" shows it', tokenId)
    .option(
      '--overlap <minutes>',
      'how many minutes the old one still works; 0 ends it now',
      minutes,
      OVERLAP_MINUTES_DEFAULT,
    )
    .action(async (id: number, _options: object, self: Command) => {
      const { overlap } = optionsOf<{ overlap: number }>(self)
      await withConnection(context, self, async (connection, output) => {
        const made = valueFrom(await connection.call('tokens.rotate', { id, overlap_minutes: overlap }))
        if (output.isJson) output.json(made)
        else output.text(made.token)
        output.say(
          made.old.revoked_at === null
            ? `The old token ${id} (${made.old.name}) works until ${made.old.expires_at}.`
            : `The old token ${id} (${made.old.name}) is revoked.`,
        )
        return EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir tokens rotate 3', what: 'the old one works for an hour more' },
    { line: 'weir tokens rotate 3 --overlap 0', what: 'it is known to somebody it should not' },
  ])
}

function minutes(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= OVERLAP_MINUTES_MAX) return Number(text)
  throw new InvalidArgumentError(`It must be a number of minutes from 0 to ${OVERLAP_MINUTES_MAX}.`)
}
