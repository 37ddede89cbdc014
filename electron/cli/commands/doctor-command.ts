import { resolve } from 'node:path'
import { Command } from 'commander'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { writeFileAtomically } from '../../core/kernel/atomic-file.ts'
import { EXIT } from '../../core/kernel/exit-codes.ts'
import { type CliContext, optionsOf, withConnection } from '../cli-context.ts'
import { withExamples } from '../command-help.ts'
import { table } from '../table.ts'
import { valueFrom } from '../weir-connection.ts'

type Report = OperationOutput<'readiness.get'>

const WORDS = { ok: 'ok', attention: 'LOOK', unknown: 'unknown' } as const
const SUCCESS_WORDS = { met: 'met', missed: 'MISSED', cannot_judge: 'cannot be judged yet' } as const

/** `weir doctor`: runs all checks of readiness; ends with 1 when something needs a person. */
export function doctorCommand(context: CliContext): Command {
  const command = new Command('doctor')
    .description('Check whether all is as it should be; ends with 1 when something needs a person')
    .option(
      '--bundle <file>',
      'write what to hand over with a report of trouble, without secrets, into a file',
    )
    .action(async (_options: object, self: Command) => {
      const { bundle } = optionsOf<{ readonly bundle?: string }>(self)
      await withConnection(context, self, async (connection, output) => {
        const report = valueFrom(await connection.call('readiness.get', {}))
        if (bundle !== undefined) {
          const path = resolve(context.workingDir, bundle)
          const content = valueFrom(await connection.call('diagnostics.get', {}))
          await writeFileAtomically(path, `${JSON.stringify(content, null, 2)}\n`)
          output.say(`The bundle is in ${path}; nothing was sent anywhere.`)
        }
        if (output.isJson) output.json(report)
        else output.text(textOf(report))
        return report.verdict === 'attention' ? EXIT.look : EXIT.fine
      })
    })
  return withExamples(command, [
    { line: 'weir doctor', what: 'check everything' },
    { line: 'weir doctor --json', what: 'for a program that watches' },
    { line: 'weir doctor --bundle report.json', what: 'and write a diagnostics bundle' },
  ])
}

function textOf(report: Report): string {
  const checks = table(
    [{ title: 'STATE' }, { title: 'CHECK' }, { title: 'FOUND' }],
    report.checks.map(({ state, title, evidence }) => [WORDS[state], title, evidence]),
  )
  const success = table(
    [{ title: 'AFTER A WEEK' }, { title: 'TARGET' }, { title: 'MEASURED' }, { title: 'STATE' }],
    report.success.map(({ title, target, measured, state }) => [
      title,
      target,
      measured ?? '-',
      SUCCESS_WORDS[state],
    ]),
  )
  const fixes = report.checks.flatMap(({ title, state, fix }) =>
    state === 'attention' && fix !== null ? [`${title}: ${fix.text}`] : [],
  )
  const todo = fixes.length === 0 ? '' : `\n\nTo do:\n${fixes.map((fix) => `  ${fix}`).join('\n')}`
  return `${verdictOf(report)}\n\n${checks}\n\n${success}${todo}`
}

function verdictOf({ verdict, ok, total }: Report): string {
  const share = `${ok} of ${total} checks are fine`
  if (verdict === 'ready') return `Ready: ${share}.`
  return verdict === 'attention'
    ? `Something needs you: ${share}.`
    : `Not everything can be judged yet: ${share}.`
}
