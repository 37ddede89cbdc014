import type { Command } from 'commander'

/** A line to type and what it is for. */
export interface Example {
  readonly line: string
  readonly what: string
}

const examplesByCommand = new WeakMap<Command, readonly Example[]>()

/** Gives a command its examples: `--help` ends with them, and so does its part of `docs/cli.md`. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  examplesByCommand.set(command, examples)
  const width = Math.max(...examples.map((example) => example.line.length))
  const lines = examples.map((example) => `  ${example.line.padEnd(width)}  ${example.what}`)
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

/** The examples of a command; none for one that only groups others. */
export function examplesOf(command: Command): readonly Example[] {
  return examplesByCommand.get(command) ?? []
}
