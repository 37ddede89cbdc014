import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandDocs } from './command-docs.ts'
import { buildProgram } from './program.ts'
import { systemContext } from './system-context.ts'

// Run after a change of a command: node electron/cli/write-command-docs.ts. A test compares the page with the commands.
const program = buildProgram({ ...systemContext(), finish: () => undefined })
writeFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cli.md'), commandDocs(program))
