import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const children = new Set<ChildProcess>()
const folders = new Set<string>()

/** A temporary folder that is gone when the run is over, however it ends. */
export class WorkFolder {
  readonly path: string
  #count = 0

  constructor(base: string) {
    this.path = mkdtempSync(join(base, 'weir-bench-'))
    folders.add(this.path)
  }

  /** A new empty folder in it. */
  sub(name: string): string {
    this.#count += 1
    const path = join(this.path, `${this.#count}-${name}`)
    mkdirSync(path)
    return path
  }

  /** Takes it away before the end, for the sake of the disk. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
    folders.delete(this.path)
  }
}

/** A child that must not outlive the run. */
export function mindChild(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

/** Processes of ours that are running. */
export function runningChildren(): number[] {
  return [...children].flatMap((child) => child.pid ?? [])
}

/** Ends the children and takes the folders away when the run ends: done, failed or stopped by a signal. */
export function cleanUpAtExit(): void {
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL')
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  // 128 + the number of the signal, as a shell counts; `exit` above does the work.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}
