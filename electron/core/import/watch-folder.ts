import { type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Hearing of changes in a sessions folder. It only makes catching up quicker: what the system does not tell (network
 * drives, a full table of watches) is found by looking again every minute.
 */

/** Systems give out some thousands of watches for all programs together; more users than this are looked at every minute. */
const FOLDERS_MAX = 1_000

export class FolderWatch {
  readonly #root: string
  readonly #onChange: () => void
  readonly #watchers = new Map<string, FSWatcher>()
  #isClosed = false
  #isWhole = true

  /** @param onChange called for every change, often several times for one; must not throw */
  constructor(root: string, onChange: () => void) {
    this.#root = root
    this.#onChange = onChange
  }

  /** Whether the system tells of every change; false where some are only found by looking. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Watches the folder and those in it; again after a while for folders that came since. Never throws. */
  async refresh(): Promise<void> {
    // Elsewhere one watch covers the whole tree; on Linux Node would add one for every file.
    if (process.platform !== 'linux') {
      this.#add(this.#root, true)
      return
    }
    this.#add(this.#root, false)
    for (const folder of await this.#userFolders()) {
      if (this.#isClosed) return
      if (this.#watchers.size > FOLDERS_MAX) {
        this.#isWhole = false
        return
      }
      this.#add(folder, false)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  async #userFolders(): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.#root, { withFileTypes: true })
      return entries.filter((entry) => entry.isDirectory()).map((entry) => join(this.#root, entry.name))
    } catch (error) {
      if (!isSystemError(error)) throw error
      // The pass that reads the folder says what is wrong with it.
      this.#isWhole = false
      return []
    }
  }

  #add(folder: string, recursive: boolean): void {
    if (this.#isClosed || this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, { persistent: false, recursive }, () => this.#onChange())
      watcher.on('error', () => this.#drop(folder))
      this.#watchers.set(folder, watcher)
    } catch (error) {
      if (!isSystemError(error)) throw error
      this.#isWhole = false
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
    this.#isWhole = false
    if (!this.#isClosed) this.#onChange()
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}
