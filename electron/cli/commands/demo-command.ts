import { Command } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, outputOf } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { counted } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

/** `weir demo`: sample users and turns in a fresh folder. */
export function demoCommand(context: CliContext): Command {
  const command = new Command('demo')
    .description('Fill a fresh data folder with sample users and turns, to look around')
    .action(async (_options: object, self: Command) => {
      const { dataDir } = optionsOf<object>(self)
      const output = outputOf(context, self)
      // Without a named folder the sample must not end up among the operator's own data.
      const folder = context.isDataDirNamed(dataDir) ? context.dataDir(dataDir) : context.makeDemoFolder()
      const connection = await context.connect(folder)
      try {
        const sample = valueFrom(await connection.call('setup.loadSample', {}))
        if (output.isJson) output.json({ ...sample, data_dir: folder })
        else {
          const what = `${counted(sample.turns, 'turn')} in ${counted(sample.sessions, 'session')} of ${counted(sample.users, 'user')}`
          output.text(`The sample is in ${folder}: ${what}.`)
        }
        output.say(`Look at it: weir serve --data-dir ${folder} --open`)
        context.finish(EXIT.fine)
      } finally {
        await connection.close()
      }
    })
  return withExamples(command, [
    { line: 'weir demo', what: 'in a new temporary folder' },
    {
      line: 'weir demo --data-dir ./weir-demo',
      what: 'in a folder of your choice, which must not hold data yet',
    },
  ])
}
