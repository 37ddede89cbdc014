import { Command } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, outputOf } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'

/** `weir openapi`: the description of the HTTP interface. */
export function openapiCommand(context: CliContext): Command {
  const command = new Command('openapi')
    .description('Print the OpenAPI document of the HTTP interface')
    .action(async (_options: object, self: Command) => {
      const { dataDir } = optionsOf<object>(self)
      outputOf(context, self).json(await context.openApi(context.dataDir(dataDir)))
      context.finish(EXIT.fine)
    })
  return withExamples(command, [{ line: 'weir openapi > openapi.json', what: 'to generate a client from' }])
}
