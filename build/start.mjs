// @ts-check
// npm start: the window where there can be one, else the console in the browser.
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assertRuntime } from './runtime-guard.mjs'
import { become, IS_ROOT, isNodeNewEnough, nodePath, ROOT, run, say, tail, toolEnv } from './support.mjs'

/** A display on this machine answers at once or not at all. */
const DISPLAY_LIMIT_MS = 2_000

const HELP = `npm start [-- OPTIONS]

Opens Weir's window, or where there is no display serves it to a browser and prints the address.

  --data-dir FOLDER       where the database and the backups are
  --port PORT             of the local HTTP interface (5055)
  --sessions-dir FOLDER   where the agent keeps its session files
  --open                  when serving: open the browser
  --browser               serve, even where a window could be opened
`

/** @returns {Promise<string | undefined>} why no window can be shown here */
async function displayProblem() {
  if (process.platform !== 'linux') return undefined
  const wayland = process.env['WAYLAND_DISPLAY']
  if (wayland && existsSync(join(process.env['XDG_RUNTIME_DIR'] ?? '', wayland))) return undefined
  const display = process.env['DISPLAY']
  if (!display) return 'there is no display'
  const local = /^(?:unix)?:(\d+)/.exec(display)
  // A display on another machine is taken at its word: only Electron can tell.
  if (!local) return undefined
  const socket = `/tmp/.X11-unix/X${local[1]}`
  const isAnswering = (await answers(socket)) || (await answers(`\0${socket}`))
  return isAnswering ? undefined : `the display ${display} does not answer`
}

/**
 * @param {string} path of a socket; with a leading zero byte an abstract one
 * @returns {Promise<boolean>}
 */
function answers(path) {
  return new Promise((done) => {
    const socket = connect(path)
    const end = (/** @type {boolean} */ isThere) => {
      socket.destroy()
      done(isThere)
    }
    socket.setTimeout(DISPLAY_LIMIT_MS, () => end(false))
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}

/**
 * Electron links libraries of the desktop, which a server with a forwarded display may lack.
 * @param {string} executable
 * @returns {Promise<string | undefined>}
 */
async function libraryProblem(executable) {
  if (process.platform !== 'linux') return undefined
  const { output } = await run('ldd', [executable])
  const missing = [...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1])
  if (missing.length === 0) return undefined
  return `these system libraries are missing: ${missing.join(', ')} (build/setup-debian.sh installs them on Debian)`
}

/** @returns {Promise<boolean>} whether Chromium can build its sandbox, which needs user namespaces and not to be root */
async function isSandboxPossible() {
  if (process.platform !== 'linux') return true
  if (IS_ROOT) return false
  return (await run('unshare', ['--user', 'true'])).code === 0
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<string>} why the window could not be opened; does not return when it could
 */
async function openWindow(args) {
  const noDisplay = await displayProblem()
  if (noDisplay !== undefined) return noDisplay
  // Imported late: the packages it uses are there only after the installation.
  const { electronRuntime, runtimeEnv } = await import('./electron-runtime.mjs')
  let runtime
  try {
    runtime = await electronRuntime()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const missing = await libraryProblem(runtime.executable)
  if (missing !== undefined) return missing
  if (runtime.carried) {
    say(
      `Using Electron ${runtime.version} from the npm registry, because the current one could not be downloaded.`,
    )
  }
  const flags = (await isSandboxPossible()) ? [] : ['--no-sandbox']
  if (flags.length > 0 && !IS_ROOT)
    say('This system offers Chromium no sandbox; the window runs without one.')
  /** @type {NodeJS.ProcessEnv} */
  const env = { ELECTRON_OZONE_PLATFORM_HINT: 'auto', ...runtimeEnv(runtime) }
  return become(runtime.executable, [...flags, ROOT, ...args], env)
}

/** @param {readonly string[]} args */
async function serve(args) {
  const entry = join(ROOT, 'out/main/serve.js')
  if (!isNodeNewEnough()) {
    if (nodePath() === process.execPath) assertRuntime()
    return become(nodePath(), [...process.execArgv, entry, ...args], toolEnv())
  }
  // In this very process, so that a signal reaches the server and nobody in between.
  process.argv = [process.execPath, entry, ...args]
  await import(pathToFileURL(entry).href)
}

async function installIfMissing() {
  if (existsSync(join(ROOT, 'node_modules/electron-vite'))) return
  say('Installing the packages (once, about a minute) …')
  const result = await run('npm', ['ci', '--loglevel=error'])
  if (result.code !== 0) throw new Error(`npm ci failed:\n${tail(result.output)}`)
}

async function main() {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP)
    return
  }
  await installIfMissing()
  const { buildIfStale } = await import('./build.mjs')
  await buildIfStale()
  const isBrowserWanted = args.includes('--browser')
  const rest = args.filter((argument) => argument !== '--browser')
  const reason = isBrowserWanted ? 'the browser was asked for' : await openWindow(rest)
  say(`No window is opened: ${reason.replace(/\.$/, '')}. Serving the console to a browser instead.`)
  await serve(rest)
}

main().catch((error) => {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
})
