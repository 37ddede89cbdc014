import { Command } from 'commander'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { count, counted, table } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

/** A person reads a screenful; all of them are in the JSON. */
const DIFFERENCES_SHOWN_MAX = 50

/** `weir verify`: adds the ledger up again and compares. */
export function verifyCommand(context: CliContext): Command {
  const command = new Command('verify')
    .description(
      'Add the ledger up again and compare it with every counter; ends with 1 when something differs',
    )
    .action(async (_options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const books = valueFrom(await connection.call('books.verify', {}))
        if (output.isJson) output.json(books)
        else if (books.differences.length === 0) {
          output.text(`The books are right: ${counted(books.checked, 'figure')} checked, no difference.`)
        } else {
          output.text(
            table(
              [
                { title: 'TABLE' },
                { title: 'ROW' },
                { title: 'FIELD' },
                { title: 'LEDGER SAYS', isNumeric: true },
                { title: 'FOUND', isNumeric: true },
              ],
              books.differences
                .slice(0, DIFFERENCES_SHOWN_MAX)
                .map((row) => [row.table, row.key, row.field, count(row.expected), count(row.found)]),
            ),
          )
          output.say(
            `${counted(books.differences.length, 'difference')} in ${counted(books.checked, 'figure')}; --json lists all.`,
          )
        }
        return books.differences.length === 0 ? EXIT.fine : EXIT.look
      })
    })
  return withExamples(command, [
    { line: 'weir verify', what: 'check the books' },
    { line: 'weir verify --json > differences.json', what: 'keep what was found' },
  ])
}
