// @ts-check
// What every build script needs. Plain modules without packages: they must run on the system's Node 20,
// before the pinned Node 24 is known to be there.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

/** The folder of the checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Where things live that are too dear to make again after every `npm ci`. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'weir')

export const IS_ROOT = process.getuid?.() === 0

/**
 * @param {string} moduleUrl the `import.meta.url` of the module that asks
 * @returns {boolean} whether Node was started with it, and it was not merely imported
 */
export function isStartedDirectly(moduleUrl) {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === fileURLToPath(moduleUrl)
}

/**
 * Progress goes to stderr: stdout belongs to the command that is being prepared.
 * @param {string} sentence
 */
export function say(sentence) {
  process.stderr.write(`${sentence}\n`)
}

/**
 * @param {string} version the running Node's, as in `process.versions.node`
 * @returns {boolean} whether better-sqlite3 can be loaded (it needs Node-API 10, so Node 22.14)
 */
export function isNodeNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 14)
}

/** @returns {string} the Node to run the product with: the one at hand if it will do, else the one npm installed */
export function nodePath() {
  if (isNodeNewEnough()) return process.execPath
  const pinned = join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(pinned) ? pinned : process.execPath
}

/** @returns {NodeJS.ProcessEnv} the environment with the installed tools first, as npm gives it to its scripts */
export function toolEnv() {
  const bin = join(ROOT, 'node_modules', '.bin')
  return { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()

/**
 * Whoever ends this process means its helpers too: a bundler left alone would write into the next build.
 * @param {NodeJS.Signals} signal
 */
function endWithChildren(signal) {
  for (const child of children) child.kill('SIGKILL')
  process.removeListener(signal, endWithChildren)
  process.kill(process.pid, signal)
}

/** @param {import('node:child_process').ChildProcess} child */
function guard(child) {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
  // Only while something runs: what is started afterwards has its own way of ending.
  if (children.size === 0) for (const signal of signals) process.on(signal, endWithChildren)
  children.add(child)
  return () => {
    children.delete(child)
    if (children.size === 0) for (const signal of signals) process.removeListener(signal, endWithChildren)
  }
}

/**
 * Runs a command to its end and keeps what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number }} [options]
 * @returns {Promise<{ code: number, stdout: string, output: string }>} code 124 when the time was up, 127 when it could not start
 */
export function run(command, args, options = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? toolEnv(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const release = guard(child)
    let stdout = ''
    let output = ''
    let isLate = false
    const timer = options.timeoutMs
      ? setTimeout(() => {
          isLate = true
          child.kill('SIGKILL')
        }, options.timeoutMs)
      : undefined
    child.stdout.on('data', (chunk) => {
      stdout += chunk
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      release()
      done({ code: 127, stdout, output: `${output}${error.message}\n` })
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      release()
      done({ code: isLate ? 124 : (code ?? 1), stdout, output })
    })
  })
}

/**
 * Hands the terminal to a command and ends as it ends: same exit code, same signal.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<never>}
 */
export function become(command, args, env) {
  return new Promise((_, fail) => {
    const child = spawn(command, args, { stdio: 'inherit', env })
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => {
        // Ctrl-C reaches the child from the terminal already, and a second signal would end it at once.
        if (signal === 'SIGINT' && process.stdin.isTTY) return
        child.kill(signal)
      })
    }
    child.on('error', fail)
    child.on('close', (code, signal) => {
      if (signal === null) process.exit(code ?? 1)
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    })
  })
}

/**
 * The last lines of a long output: the beginning of a compiler's log helps nobody.
 * @param {string} output
 * @param {number} lines
 */
export function tail(output, lines = 40) {
  return stripVTControlCharacters(output).trimEnd().split('\n').slice(-lines).join('\n')
}
