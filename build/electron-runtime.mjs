// @ts-check
// Makes an Electron runtime available and runs a command with it:
//   node build/electron-runtime.mjs                       prints where it is, as JSON
//   node build/electron-runtime.mjs [--xvfb] -- COMMAND   runs the command with it in its environment
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CARRIED_DIST, isCarriedCached, isCarriedPossible, makeCarriedElectron } from './carried-electron.mjs'
import { makeSqliteBinding, needsOwnBinding } from './sqlite-binding.mjs'
import { become, IS_ROOT, isStartedDirectly, nodePath, ROOT, run, say, tail, toolEnv } from './support.mjs'

/**
 * @typedef {object} ElectronRuntime
 * @property {string} dist the folder, as ELECTRON_OVERRIDE_DIST_PATH wants it
 * @property {string} executable
 * @property {string} version
 * @property {boolean} carried whether it is the old one that must not be shipped
 * @property {string} [sqliteBinding] the addon to pass to better-sqlite3, where its own cannot be loaded
 */

/** Where GitHub answers, 110 MB take less; where packets are dropped, nobody should wait longer. */
const DOWNLOAD_LIMIT_MS = 300_000

const OFFICIAL_DIST = join(ROOT, 'node_modules/electron/dist')

/**
 * Finds or makes a runtime, the cheapest first.
 * @returns {Promise<ElectronRuntime>}
 */
export async function electronRuntime() {
  const dist = await findDist()
  const executable = join(dist, executableName())
  const version = readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
  const runtime = { dist, executable, version, carried: dist === CARRIED_DIST }
  if (!needsOwnBinding(version)) return runtime
  const sqliteBinding = process.env['WEIR_SQLITE_BINDING'] || (await makeSqliteBinding(runtime))
  return { ...runtime, sqliteBinding }
}

async function findDist() {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) {
    if (!isDist(override))
      throw new Error(`ELECTRON_OVERRIDE_DIST_PATH names ${override}, where no Electron is`)
    return resolve(override)
  }
  if (isDist(OFFICIAL_DIST)) return OFFICIAL_DIST
  if (isCarriedCached()) return CARRIED_DIST
  const reason = await downloadOfficial()
  if (reason === undefined) return OFFICIAL_DIST
  if (!isCarriedPossible()) throw new Error(reason)
  say(reason)
  return makeCarriedElectron()
}

/** @param {string} folder */
function isDist(folder) {
  return existsSync(join(folder, 'version')) && existsSync(join(folder, executableName()))
}

function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}

/** @returns {Promise<string | undefined>} why it did not work */
async function downloadOfficial() {
  const installer = join(ROOT, 'node_modules/electron/install.js')
  if (!existsSync(installer)) return 'The electron package is not installed; run npm ci.'
  say('Downloading Electron …')
  const result = await run(nodePath(), [installer], { timeoutMs: DOWNLOAD_LIMIT_MS })
  if (result.code === 0 && isDist(OFFICIAL_DIST)) return undefined
  const limit = DOWNLOAD_LIMIT_MS / 1000
  const detail = result.code === 124 ? `no end after ${limit} s` : firstError(result.output)
  return `Electron could not be downloaded (${detail}).`
}

/** @param {string} output */
function firstError(output) {
  const line = output.split('\n').find((text) => /error|E[A-Z]{4,}|failed/i.test(text))
  return (line ?? tail(output, 1)).trim()
}

/**
 * @param {ElectronRuntime} runtime
 * @returns {NodeJS.ProcessEnv} what electron, electron-vite, Playwright and the product read
 */
export function runtimeEnv(runtime) {
  return {
    ...toolEnv(),
    ELECTRON_OVERRIDE_DIST_PATH: runtime.dist,
    ELECTRON_EXEC_PATH: runtime.executable,
    ...(runtime.sqliteBinding ? { WEIR_SQLITE_BINDING: runtime.sqliteBinding } : {}),
    // Chromium refuses to sandbox a process of root's.
    ...(IS_ROOT ? { NO_SANDBOX: '1' } : {}),
  }
}

/**
 * @param {readonly string[]} command
 * @returns {string[]} the command inside a virtual display, when this machine has none
 */
export function withDisplay(command) {
  const hasDisplay = process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']
  if (process.platform !== 'linux' || hasDisplay) return [...command]
  return ['xvfb-run', '-a', '-s', '-screen 0 1440x900x24', ...command]
}

/** @param {readonly string[]} argv */
async function main(argv) {
  const separator = argv.indexOf('--')
  const runtime = await electronRuntime()
  if (separator === -1) {
    process.stdout.write(`${JSON.stringify(runtime, null, 2)}\n`)
    return
  }
  const wanted = argv.slice(separator + 1)
  const [command, ...args] = argv.slice(0, separator).includes('--xvfb') ? withDisplay(wanted) : wanted
  if (command === undefined) throw new Error('Name a command after --')
  if (runtime.carried) say(`Using Electron ${runtime.version}, an older one from the npm registry.`)
  await become(command, args, runtimeEnv(runtime))
}

if (isStartedDirectly(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    say(error instanceof Error ? error.message : String(error))
    process.exit(1)
  })
}
