import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import type { Problem } from '../../../shared/contract/problem.ts'
import { ERROR_CODES } from '../../../shared/error-codes.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import type { Output } from '../output.ts'
import { count, dollars, table } from '../table.ts'
import { ProblemError } from '../weir-connection.ts'

type LimitRow = OperationOutput<'limits.check'>['limits'][number]

/** `weir check USER`: may this user run a turn now? Asks without counting. */
export function checkCommand(context: CliContext): Command {
  const command = new Command('check')
    .description('Say whether a user may run a turn now, without counting it; ends with 1 when not')
    .argument('<user>', 'id of the user')
    .action(async (user: string, _options: object, self: Command) => {
      await withConnection(context, self, async (connection, output) => {
        const answer = await connection.call('limits.check', { user_id: user, dry_run: true })
        if (answer.ok) {
          showYes(output, user, answer.value)
          return EXIT.fine
        }
        if (!isNo(answer.problem)) throw new ProblemError(answer.problem)
        showNo(output, user, answer.problem)
        return EXIT.look
      })
    })
  return withExamples(command, [
    { line: 'weir check alice', what: 'the answer with every limit' },
    { line: 'weir check alice --json && run-the-agent', what: 'ask in a script' },
  ])
}

/** A limit reached (429), somebody who may not (403), nobody at all (404). Anything else is a fault and no answer. */
function isNo(problem: Problem): boolean {
  return [403, 404, 429].includes(ERROR_CODES[problem.code]?.status ?? problem.status)
}

function showYes(output: Output, user: string, answer: OperationOutput<'limits.check'>): void {
  if (output.isJson) {
    output.json(answer)
    return
  }
  output.text(`${user} may run a turn now${reservation(answer)}.\n\n${limits(answer.limits)}`)
}

/** A yes that would be a no if limits were enforced is worth a word. */
function reservation(answer: OperationOutput<'limits.check'>): string {
  if (answer.would_have_blocked !== null) {
    return `, only because enforcement is ${answer.enforcement}: ${ERROR_CODES[answer.would_have_blocked].title}`
  }
  if (answer.bypassed)
    return ', because the limits could not be worked out and Weir is set to let turns pass then'
  return answer.enforcement === 'on' ? '' : ` (enforcement is ${answer.enforcement})`
}

function showNo(output: Output, user: string, problem: Problem): void {
  if (output.isJson) {
    output.json({ allowed: false, ...problem })
    return
  }
  const rows = Array.isArray(problem['limits']) ? (problem['limits'] as readonly LimitRow[]) : []
  const details = rows.length === 0 ? '' : `\n\n${limits(rows)}`
  output.text(`${user} may not run a turn now (${problem.code}): ${problem.detail}${details}`)
}

function limits(rows: readonly LimitRow[]): string {
  return table(
    [
      { title: 'LIMIT' },
      { title: 'USED', isNumeric: true },
      { title: 'RESERVED', isNumeric: true },
      { title: 'OF', isNumeric: true },
      { title: 'LEFT', isNumeric: true },
      { title: 'RESETS AT' },
      { title: 'FROM' },
    ],
    rows.map((row) => {
      const amount = row.policy === 'cost_per_month_usd' ? dollars : count
      return [
        row.policy,
        amount(row.used),
        amount(row.reserved),
        row.limit === null ? 'unlimited' : amount(row.limit),
        row.remaining === null ? '' : amount(row.remaining),
        row.resets_at,
        row.source,
      ]
    }),
  )
}
