import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commandDocs } from '../../electron/cli/command-docs.ts'
import { examplesOf } from '../../electron/cli/command-help.ts'
import { buildProgram, descendantsOf } from '../../electron/cli/program.ts'
import { systemContext } from '../../electron/cli/system-context.ts'
import { OPERATIONS } from '../../shared/contract/index.ts'

const program = buildProgram({ ...systemContext(), finish: () => undefined })
const leaves = descendantsOf(program).filter((command) => command.commands.length === 0)

test('docs/cli.md says what the commands say (node electron/cli/write-command-docs.ts writes it)', () => {
  expect(readFileSync('docs/cli.md', 'utf8')).toBe(commandDocs(program))
})

test('every command has a description and examples that begin with weir', () => {
  for (const command of leaves) {
    expect(command.description()).not.toBe('')
    expect(examplesOf(command).length).toBeGreaterThan(0)
    for (const example of examplesOf(command)) expect(example.line).toContain('weir ')
  }
})

test('every operation that names a command has it', () => {
  const names = leaves.map((command) =>
    command.parent === program ? command.name() : `${command.parent?.name()} ${command.name()}`,
  )
  for (const operation of Object.values(OPERATIONS)) {
    if (operation.command !== undefined) expect(names).toContain(operation.command)
  }
})
