// @ts-check
// npm test: everything that must be true, a sentence per step, and at the end the count alone on a line.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { buildIfStale } from './build.mjs'
import { assertRuntime } from './runtime-guard.mjs'
import { ROOT, toolEnv } from './support.mjs'

/** Long enough for the slowest step on a loaded machine; a step that hangs must fail, not hold the queue. */
const STEP_LIMIT_MS = 45 * 60_000

/** @typedef {{ passed: number, failed: number, skipped: readonly string[] }} Counts */

const results = mkdtempSync(join(tmpdir(), 'weir-test-'))
const total = { passed: 0, failed: 0, skipped: /** @type {string[]} */ ([]) }
/** Files whose process crashed, with the signal. */
const crashed = /** @type {string[]} */ ([])
/** @type {import('node:child_process').ChildProcess | undefined} */
let running

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {(text: string) => void} [hear] what it prints, which is printed here as well
 * @returns {Promise<boolean>} whether it ended well
 */
function execute(command, args, env = {}, hear) {
  return new Promise((done) => {
    // A group of its own: what hangs is usually a grandchild, a browser or a server.
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...toolEnv(), ...env },
      stdio: hear === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    running = child
    for (const [from, to] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      from?.setEncoding('utf8').on('data', (text) => {
        to.write(text)
        hear?.(text)
      })
    }
    const timer = setTimeout(() => {
      print(
        `"${command} ${args[0] ?? ''}" did not end within ${STEP_LIMIT_MS / 60_000} minutes and was stopped.`,
      )
      stop(child)
    }, STEP_LIMIT_MS)
    const end = (/** @type {boolean} */ isGood) => {
      clearTimeout(timer)
      running = undefined
      done(isGood)
    }
    child.on('error', (error) => {
      print(`"${command}" could not be started: ${error.message}`)
      end(false)
    })
    child.on('close', (code) => end(code === 0))
  })
}

/** @param {import('node:child_process').ChildProcess} child */
function stop(child) {
  if (child.pid === undefined) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // It ended by itself in the meantime.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error
  }
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (running) stop(running)
    rmSync(results, { recursive: true, force: true })
    process.exit(1)
  })
}

/**
 * One step without tests of its own: if it fails, it counts as one failure.
 * @param {string} title
 * @param {() => Promise<boolean>} action
 */
async function step(title, action) {
  print(`\n▸ ${title}`)
  const startedAt = performance.now()
  const isGood = await action()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  print(`  ${isGood ? 'done' : 'FAILED'} after ${seconds} s`)
  if (!isGood) total.failed += 1
  return isGood
}

/**
 * A step with tests: they are counted from the runner's own report.
 * @param {string} title
 * @param {string} report where the runner writes it
 * @param {(report: any) => Counts} count
 * @param {() => Promise<boolean>} action
 */
async function testStep(title, report, count, action) {
  const before = total.failed
  const isGood = await step(title, action)
  total.failed = before
  if (!existsSync(report)) {
    print('  It left no report, so none of its tests counts.')
    total.failed += 1
    return
  }
  const counts = count(JSON.parse(readFileSync(report, 'utf8')))
  total.passed += counts.passed
  total.failed += counts.failed
  total.skipped.push(...counts.skipped)
  if (counts.passed + counts.failed === 0) {
    print('  Not a single test was executed.')
    total.failed += 1
  } else if (!isGood && counts.failed === 0) {
    // A file that cannot be loaded or an error outside any test fails the run without failing a test.
    total.failed += 1
  }
}

/**
 * @param {any} report of vitest's json reporter
 * @returns {Counts}
 */
function countVitest(report) {
  const tests = report.testResults.flatMap((/** @type {any} */ file) => file.assertionResults)
  const of = (/** @type {string} */ status) =>
    tests.filter((/** @type {any} */ test) => test.status === status)
  const left = tests.filter((/** @type {any} */ test) => test.status !== 'passed' && test.status !== 'failed')
  return {
    passed: of('passed').length,
    failed: of('failed').length,
    skipped: left.map((/** @type {any} */ test) => test.fullName),
  }
}

/**
 * @param {any} report of Playwright's json reporter
 * @returns {Counts}
 */
function countPlaywright(report) {
  /** @type {string[]} */
  const skipped = []
  const visit = (/** @type {any} */ suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'skipped') skipped.push(`${spec.title} (${test.projectName})`)
      }
    }
    for (const child of suite.suites ?? []) visit(child)
  }
  for (const suite of report.suites) visit(suite)
  const { expected, unexpected, flaky } = report.stats
  // Flaky means that it failed at least once.
  return { passed: expected, failed: unexpected + flaky, skipped }
}

/** How vitest tells that a process of its own was ended by the system while it ran a file, as a fault in native code does. */
const CRASH = /exited unexpectedly with signal (SIG[A-Z]+)[^\n]* running test file (\S+)/g

/**
 * The unit tests. A file whose process crashed has not been judged: its tests are run once more in a process of their
 * own, and that it crashed is printed at the end. A test that fails is never run again.
 * @param {string} report
 */
async function unitTests(report) {
  let said = ''
  const isGood = await vitest(report, [], (text) => {
    said += text
  })
  const crashes = [...stripVTControlCharacters(said).matchAll(CRASH)]
  if (isGood || crashes.length === 0 || !existsSync(report)) return isGood
  for (const [, signal, file] of crashes) crashed.push(`${file}: ${signal}`)
  const files = new Set(crashes.map(([, , file]) => file ?? ''))
  const again = join(results, 'unit-again.json')
  print(`\nThe process of ${[...files].join(', ')} crashed. Its tests are run once more:`)
  const isGoodAgain = await vitest(again, [...files], () => {})
  if (!existsSync(again)) return false
  const first = JSON.parse(readFileSync(report, 'utf8'))
  const second = JSON.parse(readFileSync(again, 'utf8'))
  const others = first.testResults.filter((/** @type {any} */ file) => !files.has(file.name))
  writeFileSync(report, JSON.stringify({ testResults: [...others, ...second.testResults] }))
  return isGoodAgain && others.length > 0 && countVitest({ testResults: others }).failed === 0
}

/**
 * @param {string} report
 * @param {readonly string[]} files all where none is named
 * @param {(text: string) => void} hear
 */
function vitest(report, files, hear) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  return execute('vitest', ['run', '--config=test/vitest.config.ts', ...reporters, ...files], {}, hear)
}

async function build() {
  try {
    await buildIfStale()
    return true
  } catch (error) {
    print(error instanceof Error ? error.message : String(error))
    return false
  }
}

assertRuntime()

const isDebian = existsSync('/etc/debian_version')
const hasPackages = isDebian
  ? await step('System packages', () => execute('bash', ['build/setup-debian.sh']))
  : await step('System packages: not Debian, so they are taken to be there', async () => true)
await step('Types', () => execute('npm', ['run', '--silent', 'typecheck']))
await step('Lint and format', () => execute('npm', ['run', '--silent', 'lint']))

const unitReport = join(results, 'unit.json')
await testStep('Unit and integration tests', unitReport, countVitest, () => unitTests(unitReport))

const isBuilt = await step('Build', build)
if (isBuilt && hasPackages) {
  const e2eReport = join(results, 'e2e.json')
  await testStep('End-to-end tests, in the window and in a browser', e2eReport, countPlaywright, () =>
    execute(
      process.execPath,
      [
        'build/electron-runtime.mjs',
        '--xvfb',
        '--',
        'playwright',
        'test',
        '--config=test/playwright.config.ts',
        '--reporter=list,json',
      ],
      { PLAYWRIGHT_JSON_OUTPUT_FILE: e2eReport },
    ),
  )
} else {
  print('\n▸ End-to-end tests: not reached, because an earlier step failed.')
}

rmSync(results, { recursive: true, force: true })
if (total.skipped.length > 0) {
  print('\nSkipped:')
  for (const title of total.skipped) print(`  ${title}`)
}
if (crashed.length > 0) {
  print('\nCrashed in native code, and run once more:')
  for (const line of crashed) print(`  ${line}`)
}
const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : ''
print(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exit(total.failed === 0 ? 0 : 1)
