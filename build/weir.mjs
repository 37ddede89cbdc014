// @ts-check
// The command line from a checkout: npm run --silent weir -- COMMAND …
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from './build.mjs'
import { assertRuntime } from './runtime-guard.mjs'
import { become, isNodeNewEnough, nodePath, ROOT, say, toolEnv } from './support.mjs'

/** Exit code 3 of the command line: it failed, and not because of how it was called. */
const EXIT_FAILED = 3

const cli = join(ROOT, 'out/main/cli.js')
try {
  await buildIfStale()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(EXIT_FAILED)
}

if (isNodeNewEnough()) {
  // In this very process: exit code, signals, terminal and pipes need no passing on.
  process.argv[1] = cli
  await import(pathToFileURL(cli).href)
} else if (nodePath() !== process.execPath) {
  await become(nodePath(), [...process.execArgv, cli, ...process.argv.slice(2)], toolEnv())
} else {
  assertRuntime()
}
