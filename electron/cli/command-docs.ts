import type { Command } from 'commander'
import { descendantsOf } from './program.ts'

const INTRODUCTION = `# The command line

\`weir <command>\`; from a checkout \`npm run --silent weir -- <command>\`. This page is made from the commands themselves
(\`node electron/cli/write-command-docs.ts\`); \`weir <command> --help\` prints the same.

A command works on one data folder: \`--data-dir\`, else \`WEIR_DATA_DIR\`, else the one of your account (Linux
\`$XDG_DATA_HOME/weir\` or \`~/.local/share/weir\`, macOS \`~/Library/Application Support/Weir/data\`, Windows
\`%APPDATA%\\Weir\\data\`). When Weir is running on that folder the command asks it over its local interface; otherwise it
opens the folder itself. Either way the answer is the same.

The answer goes to stdout, everything else (progress, advice, errors) to stderr. With \`--json\` the answer is the JSON of the
HTTP interface, and a refusal is its problem document on stderr.

| exit code | meaning |
|---|---|
| 0 | done, and all is fine |
| 1 | done, and a person should look: the check says no, the books differ, an import left files out or is not exact |
| 2 | called in a way that makes no sense |
| 3 | it could not be done |
| 4 | the data folder is in use by a Weir that does not answer |
| 70 | a bug of Weir; its log says more |
| 78 | the Node it was started with is too old |
| 130 | ended by Ctrl-C |
`

/** The page about all commands, as Markdown. */
export function commandDocs(program: Command): string {
  const leaves = descendantsOf(program).filter((command) => command.commands.length === 0)
  return [INTRODUCTION, ...[program, ...leaves].map(section)].join('\n')
}

function section(command: Command): string {
  return `## ${fullName(command)}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

/** The help as `--help` prints it, with the examples, which commander adds only while printing. */
function helpOf(command: Command): string {
  let text = ''
  const { writeOut } = command.configureOutput()
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  command.configureOutput(writeOut === undefined ? {} : { writeOut })
  return text.trimEnd()
}
