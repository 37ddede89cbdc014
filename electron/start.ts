import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Where an installed Weir begins: the window, or with `--cli --` in front of what was typed, the command line.
 *
 * The fuse that lets an Electron program run as plain Node is off in the package, because with it anybody who can set a
 * variable could run anything under our name. So the program itself is the command line: Electron waits for this module
 * before it looks for a display, and a command ends the process before that.
 */

/** An addon that the packager put beside the archive, for an Electron too old for the one in it; usually there is none. */
const packedBinding = join(process.resourcesPath, 'better_sqlite3.node')
if (existsSync(packedBinding)) process.env['WEIR_SQLITE_BINDING'] = packedBinding

const typed = typedCommand(process.argv)
if (typed === undefined) {
  await import('./shell/main.ts')
} else {
  process.argv = [process.execPath, 'weir', ...typed]
  await import('./cli/cli.ts')
  await endCommand()
}

/** What stands behind `--cli … --`; Chromium reads no switches there. Undefined means that the window is wanted. */
function typedCommand(argv: readonly string[]): readonly string[] | undefined {
  const end = argv.indexOf('--')
  return end !== -1 && argv.slice(0, end).includes('--cli') ? argv.slice(end + 1) : undefined
}

/** Ends the process before Electron goes on to open a display, once everything said has left. */
async function endCommand(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((done) => stream.write('', () => done()))
  }
  // Named, because Electron's own exit does not look at the exit code that was set.
  process.exit(process.exitCode)
}
