import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mindChild } from './work-folder.ts'

/** The product as its users run it: `serve` from `out/`, in a process of its own. */

export const ROOT = resolve(import.meta.dirname, '../../..')

export interface ServedWeir {
  readonly url: string
  readonly pid: number
  /** Good for everything but the executor's operations of a browser session. */
  readonly adminToken: string
  readonly executorToken: string
  readonly dataDir: string
  /** Resident memory now, in bytes. */
  residentBytes(): number
  get<Answer>(path: string): Promise<Answer>
  post<Answer>(path: string, body: unknown): Promise<Answer>
  /** Asks it to stop and waits until it has: profiles and the WAL are written on the way. */
  stop(): Promise<void>
}

/** Starting takes a second; a minute means that it will not come. */
const START_LIMIT_MS = 60_000
const STOP_LIMIT_MS = 30_000

/** What `npm run weir` gives Node: a young generation of 12 MB at the most, which keeps the server's memory small. */
function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { weir: string }
  }
  return scripts.weir.split(' ').filter((word) => word.startsWith('--'))
}

/** Starts `weir serve` on a data folder and makes an executor token. */
export async function startServe(dataDir: string, profileDir: string | null = null): Promise<ServedWeir> {
  const program = join(ROOT, 'out', 'main', 'serve.js')
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]
  const child = spawn(
    process.execPath,
    [...nodeFlags(), ...profiling, program, '--data-dir', dataDir, '--port', '0'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, WEIR_DATA_DIR: '', WEIR_PORT: '', WEIR_CHECK_OUTPUT: '' },
    },
  )
  mindChild(child)
  const run = await runFileOf(child, join(dataDir, 'run.json'))
  const call = caller(run.url, run.token)
  const { token } = await call<{ token: string }>('POST', '/api/v1/auth/admin/tokens', {
    name: 'bench',
    scope: 'executor',
  })
  return {
    url: run.url,
    pid: run.pid,
    adminToken: run.token,
    executorToken: token,
    dataDir,
    residentBytes: () => memoryBytes(run.pid, 'VmRSS'),
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    stop: () => stop(child),
  }
}

interface RunFile {
  readonly pid: number
  readonly url: string
  readonly token: string
}

async function runFileOf(child: ChildProcess, file: string): Promise<RunFile> {
  const deadline = performance.now() + START_LIMIT_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`weir serve ended with ${child.exitCode} instead of starting`)
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as RunFile
    await sleep(20)
  }
  throw new Error('weir serve did not start within a minute')
}

function caller(url: string, token: string) {
  return async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const answer = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return JSON.parse(text) as Answer
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGTERM')
  const tooLate = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await gone
  clearTimeout(tooLate)
}

/** What Linux tells of a process's memory, now or at its peak; NaN elsewhere, where the figure then says nothing. */
export function memoryBytes(pid: number | 'self', what: 'VmRSS' | 'VmHWM'): number {
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return Number.NaN
  const kilobytes = new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(file, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}
