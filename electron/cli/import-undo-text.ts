import type { Command } from 'commander'
import type { OperationOutput } from '../../shared/contract/index.ts'
import { EXIT } from '../core/kernel/exit-codes.ts'
import { type CliContext, withConnection } from './cli-context.ts'
import type { Output } from './output.ts'
import { count, counted, dollars, facts, table } from './table.ts'
import { valueFrom, type WeirConnection } from './weir-connection.ts'

/** `weir import --list` and `--undo`: what has been imported, and taking one import out of the books again. */

type Batch = OperationOutput<'imports.get'>
type Totals = OperationOutput<'imports.undo'>['totals']

/** Often enough that a short one is not waited for. */
const LOOK_EVERY_MS = 150

const NONE = 'No import has written anything yet, or only before Weir began to keep a list of them.'

export async function listImports(context: CliContext, command: Command): Promise<void> {
  await withConnection(context, command, async (connection, output) => {
    const { imports } = valueFrom(await connection.call('imports.list', {}))
    if (output.isJson) output.json({ imports })
    else output.text(imports.length === 0 ? NONE : listOf(imports))
    return EXIT.fine
  })
}

function listOf(imports: readonly Batch[]): string {
  return table(
    [
      { title: 'ID' },
      { title: 'STARTED' },
      { title: 'STATE' },
      { title: 'TURNS', isNumeric: true },
      { title: 'FROM' },
    ],
    imports.map((one) => [
      one.id,
      one.started_at,
      one.state,
      count(one.turns),
      [one.sessions_dir, one.auth_db].filter((source) => source !== null).join(', '),
    ]),
  )
}

export async function undoImport(
  context: CliContext,
  command: Command,
  options: { readonly undo: string; readonly dryRun?: boolean; readonly yes?: boolean },
): Promise<void> {
  await withConnection(context, command, async (connection, output) => {
    const id = options.undo
    const plan = valueFrom(await connection.call('imports.undo', { id, dry_run: true }))
    if (options.dryRun === true || options.yes !== true) {
      if (output.isJson) output.json(plan)
      else output.text(totalsText(plan.totals))
      if (plan.blocked !== null) output.say(plan.blocked)
      else if (options.dryRun !== true) output.say('Nothing was changed. Say it again with --yes to do it.')
      return options.dryRun === true && plan.blocked === null ? EXIT.fine : EXIT.look
    }
    valueFrom(await connection.call('imports.undo', { id, confirm: id }))
    const batch = await follow(context, connection, output, id)
    if (output.isJson) output.json(batch)
    else if (batch.undone !== null) output.text(totalsText(batch.undone))
    if (batch.undo_error !== null) output.say(`The import is not undone: ${batch.undo_error}`)
    if (batch.state === 'undone') return EXIT.fine
    return batch.undo_error === null ? EXIT.interrupted : EXIT.failed
  })
}

async function follow(
  context: CliContext,
  connection: WeirConnection,
  output: Output,
  id: string,
): Promise<Batch> {
  const stopListening = context.onInterrupt(() => {
    output.say('Stopping, unless turns are being taken out already …')
    void connection.call('imports.cancelUndo', { id })
  })
  try {
    for (;;) {
      const batch = valueFrom(await connection.call('imports.get', { id }))
      if (batch.undo === null) return batch
      output.progress(PHASES[batch.undo.phase])
      await context.pause(LOOK_EVERY_MS)
    }
  } finally {
    output.progressDone()
    stopListening()
  }
}

const PHASES = {
  counting: 'Counting what goes',
  backing_up: 'Making a backup',
  removing: 'Taking out what was imported',
} as const

export function totalsText(totals: Totals): string {
  const { staying } = totals
  return facts([
    ['turns', count(totals.turns)],
    ['sessions', count(totals.sessions)],
    ['tokens in, out', `${count(totals.input_tokens)}, ${count(totals.output_tokens)}`],
    ['cost', dollars(totals.cost_usd)],
    ['users', count(totals.users)],
    ['profiles, tokens, prices', [totals.profiles, totals.tokens, totals.prices].map(count).join(', ')],
    ['sessions reckoned', count(totals.sessions_reckoned)],
    ['stays: other imports', counted(staying.other_imports, 'turn')],
    ['stays: corrected since', counted(staying.corrected, 'turn')],
    ['stays: added to since', counted(staying.added_to, 'turn')],
    ['stays: outside told', counted(staying.told_outside, 'turn')],
    ['stays: in month sums', counted(staying.in_month_sums, 'turn')],
    ['stays: used or changed', counted(staying.rows, 'row')],
  ])
}
