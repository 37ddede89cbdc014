import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A script of the tests in a process of its own, followed line by line. */
export interface Child {
  readonly process: ChildProcess
  /** Every line it has printed so far. */
  readonly lines: readonly string[]
  /** What it wrote to stderr so far. */
  errors(): string
  /** Settles when it has printed a line that begins so; rejects when it ends before. */
  line(start: string): Promise<string>
  /** Settles when it has ended and everything it printed has been read. */
  readonly ended: Promise<number | null>
}

/** Starts a TypeScript file with this Node. */
export function startChild(file: string, args: readonly string[], wrapper: readonly string[] = []): Child {
  const [command = process.execPath, ...rest] = [...wrapper, process.execPath, file, ...args]
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  const lines: string[] = []
  let errors = ''
  let waiting: { readonly start: string; readonly found: (line: string) => void }[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (line) => {
    lines.push(line)
    for (const wish of waiting) if (line.startsWith(wish.start)) wish.found(line)
    waiting = waiting.filter((wish) => !line.startsWith(wish.start))
  })
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code))
  })
  return {
    process: child,
    lines,
    errors: () => errors,
    line: (start) =>
      new Promise((resolve, reject) => {
        const known = lines.find((line) => line.startsWith(start))
        if (known !== undefined) return resolve(known)
        waiting.push({ start, found: resolve })
        void ended.then(() => reject(new Error(`the child ended without a line "${start}": ${errors}`)))
      }),
    ended,
  }
}
