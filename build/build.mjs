// @ts-check
// Builds out/ when a source has changed since, and says nothing while doing it: commands whose stdout is data
// call this first. --verbose shows what the bundler prints, --force builds in any case.
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isStartedDirectly, nodePath, ROOT, run, say, tail, toolEnv } from './support.mjs'

const OUT = join(ROOT, 'out')
const STAMP = join(OUT, '.stamp')
const LOCK = join(OUT, '.lock')

/** Everything that goes into the bundle. */
const SOURCE_FOLDERS = ['shared', 'electron', 'renderer', 'migrations']
const SOURCE_FILES = [
  'electron.vite.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'build/guide-pages.ts',
]
/** The documentation is in the bundle, words and pictures. */
const GUIDE_FOLDER = 'docs'
const RESULTS = [
  'main/main.js',
  'main/start.js',
  'main/serve.js',
  'main/cli.js',
  'main/worker.js',
  'preload/preload.cjs',
  'renderer/index.html',
]

/** A build takes 5 s, on a busy machine 30; after five minutes it hangs. */
const BUILD_LIMIT_MS = 300_000
/** Short against a build, long against the cost of looking. */
const LOCK_POLL_MS = 100

/**
 * The state of all sources. Contents and not times, because a checkout or a cache gives old sources new times.
 * @returns {string}
 */
function sourceFingerprint() {
  const hash = createHash('sha256')
  /** @param {string} path relative to the checkout */
  const add = (path) => {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(ROOT, path)))
      .update('\0')
  }
  for (const path of SOURCE_FILES) add(path)
  for (const folder of [...SOURCE_FOLDERS, GUIDE_FOLDER]) {
    const entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    const paths = entries
      .filter((entry) => entry.isFile() && (folder === GUIDE_FOLDER || !entry.name.endsWith('.md')))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    for (const path of paths.sort()) add(path)
  }
  return hash.digest('hex')
}

/** @param {string} fingerprint */
function isFresh(fingerprint) {
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== fingerprint) return false
  return RESULTS.every((path) => existsSync(join(OUT, path)))
}

/**
 * Builds what is stale.
 * @param {{ verbose?: boolean, force?: boolean }} [options]
 * @returns {Promise<void>} rejects with the bundler's last lines
 */
export async function buildIfStale(options = {}) {
  if (!options.force && isFresh(sourceFingerprint())) return
  mkdirSync(OUT, { recursive: true })
  await takeLock()
  try {
    // Looked at again under the lock: another process may have built it meanwhile.
    const fingerprint = sourceFingerprint()
    if (!options.force && isFresh(fingerprint)) return
    rmSync(STAMP, { force: true })
    const cli = join(ROOT, 'node_modules/electron-vite/bin/electron-vite.js')
    const result = await run(nodePath(), [cli, 'build'], {
      env: { ...toolEnv(), NO_COLOR: '1', FORCE_COLOR: '0' },
      timeoutMs: BUILD_LIMIT_MS,
    })
    if (result.code !== 0) throw new Error(`The build failed:\n${tail(result.output)}`)
    if (options.verbose) say(result.output.trimEnd())
    const missing = RESULTS.filter((path) => !existsSync(join(OUT, path)))
    if (missing.length > 0) throw new Error(`The build left out ${missing.join(', ')}`)
    // Written last, and for the sources as they were before: what was changed during the build is stale again.
    writeFileSync(STAMP, fingerprint)
  } finally {
    rmSync(LOCK, { force: true })
  }
}

async function takeLock() {
  const deadline = Date.now() + BUILD_LIMIT_MS
  while (!tryLock()) {
    if (Date.now() > deadline) throw new Error(`Another build does not end; if there is none, delete ${LOCK}`)
    await sleep(LOCK_POLL_MS)
  }
}

function tryLock() {
  try {
    const file = openSync(LOCK, 'wx')
    writeFileSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    if (isAbandoned()) rmSync(LOCK, { force: true })
    return false
  }
}

/** @returns {boolean} whether the process that took the lock is gone */
function isAbandoned() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'))
    // Empty for the moment between creating and writing.
    if (pid === 0) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}

if (isStartedDirectly(import.meta.url)) {
  const options = { verbose: process.argv.includes('--verbose'), force: process.argv.includes('--force') }
  buildIfStale(options).catch((error) => {
    say(error instanceof Error ? error.message : String(error))
    process.exit(1)
  })
}
