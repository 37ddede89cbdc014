import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunFile, readRunFile } from '../../../electron/core/kernel/run-file.ts'

/** The checkout, whose `out/` is what these tests start. */
export const ROOT = resolve(import.meta.dirname, '../../..')

/** A start takes 1 to 3 s; on a machine that is building at the same time ten times that. */
export const START_LIMIT_MS = 90_000
/** Weir closes in under a second and gives itself ten; what takes longer hangs. */
const STOP_LIMIT_MS = 20_000
/** Short against a start, long against the cost of looking. */
const POLL_MS = 50

/** What the tests load into a Weir before its own code; see there. */
export const RECORDER = join(ROOT, 'test/e2e/support/record-outside.cjs')

/** A folder of a test's own below the system's temporary one. */
export interface TestFolder {
  /** The data folder Weir is started with. */
  readonly dataDir: string
  /** Where `RECORDER` notes the hosts outside of this machine that Weir tried to reach. */
  readonly outsideFile: string
  /** The hosts noted so far. */
  readonly outside: () => readonly string[]
  readonly remove: () => void
}

/** Makes such a folder: the one that is named, or a new one. */
export function testFolder(folder = mkdtempSync(join(tmpdir(), 'weir-e2e-'))): TestFolder {
  const outsideFile = join(folder, 'outside.txt')
  writeFileSync(outsideFile, '')
  return {
    dataDir: join(folder, 'data'),
    outsideFile,
    outside: () => readFileSync(outsideFile, 'utf8').split('\n').filter(Boolean),
    // A browser that is just ending may still write into its profile; then the system's own cleaning has to do.
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  }
}

/** A started program with what it has said so far. */
export interface Program {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
}

/** Starts a program of Weir and listens to it. */
export function startProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.stderr += text
  })
  const ended = new Promise<number | null>((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done(code))
  })
  // Whoever waits for it hears of it; nobody has to.
  ended.catch(() => undefined)
  return { child, stdout: () => said.stdout, stderr: () => said.stderr, ended }
}

/** Ends a program the polite way, and after `STOP_LIMIT_MS` the other. Only what the tests started comes here. */
export async function stopProgram({ child, ended }: Pick<Program, 'child' | 'ended'>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const isOver = await Promise.race([ended.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })])
  if (isOver) return
  child.kill('SIGKILL')
  await ended
}

/** A `weir serve` that is up. */
export interface Served {
  readonly program: Program
  readonly run: RunFile
  /** The address it printed, which signs a browser in once. */
  readonly loginUrl: string
}

/** Starts `weir serve` on a folder and waits until it has printed its login link. */
export async function serve(folder: TestFolder, port = 0): Promise<Served> {
  const program = startProgram(
    process.execPath,
    ['-r', RECORDER, join(ROOT, 'out/main/serve.js'), '--data-dir', folder.dataDir, '--port', String(port)],
    { WEIR_E2E_OUTSIDE: folder.outsideFile },
  )
  try {
    const loginUrl = await waitFor(program, () => /^Open the console: (\S+)$/m.exec(program.stdout())?.[1])
    const run = await waitFor(program, () => readRunFile(folder.dataDir))
    return { program, run, loginUrl }
  } catch (error) {
    await stopProgram(program)
    throw error
  }
}

/** Waits until `look` finds something; fails with what the program said when it ends or takes too long. */
export async function waitFor<Found>(program: Program, look: () => Found | undefined): Promise<Found> {
  const deadline = Date.now() + START_LIMIT_MS
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    const { exitCode, signalCode } = program.child
    if (exitCode !== null || signalCode !== null || Date.now() > deadline) {
      throw new Error(`Weir did not start (${exitCode ?? signalCode ?? 'no end'}): ${program.stderr()}`)
    }
    await sleep(POLL_MS)
  }
}

/** The Electron runtime, as `build/electron-runtime.mjs` puts it into the environment. */
export function electronPath(): string {
  const path = process.env['ELECTRON_EXEC_PATH']
  if (path !== undefined && existsSync(path)) return path
  throw new Error('No Electron runtime: run this through npm run test:e2e, which brings one.')
}

/** What an Electron program of the tests is started with, in front of Weir's own options. */
export function electronArgs(folder: TestFolder, port = 0): readonly string[] {
  // Chromium refuses to sandbox a process of root's.
  const isRoot = process.getuid?.() === 0
  return [
    ...(isRoot ? ['--no-sandbox'] : []),
    '--disable-gpu',
    NO_OTHER_HOSTS,
    '-r',
    RECORDER,
    ROOT,
    '--data-dir',
    folder.dataDir,
    '--port',
    String(port),
  ]
}

/** Chromium finds no host but this machine, so that a page that asks for one is caught and not merely slow. */
export const NO_OTHER_HOSTS = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost'
