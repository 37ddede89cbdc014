// @ts-check
// The build scripts' own check; the product has electron/core/kernel/runtime-guard.ts, which these cannot
// import because Node 20 does not read TypeScript.
import { isNodeNewEnough, say } from './support.mjs'

/** EX_CONFIG of sysexits.h: the surroundings are wrong, not the input. */
const EXIT_WRONG_RUNTIME = 78

/**
 * Ends the process with one sentence and exit code 78 when better-sqlite3 would crash in it.
 * Call before anything imports better-sqlite3.
 */
export function assertRuntime() {
  if (isNodeNewEnough()) return
  // Electron 33 with the addon that was compiled for it is the one exception.
  if (process.versions['electron'] && process.env['WEIR_SQLITE_BINDING']) return
  say(
    `Weir needs Node 22.14 or newer and was started with Node ${process.versions.node}; ` +
      'run it through an npm script (npm start, npm test, npm run …), which uses the Node that npm ci installed.',
  )
  process.exit(EXIT_WRONG_RUNTIME)
}
