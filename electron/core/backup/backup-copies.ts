import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { AlertsApi } from '../api.ts'
import { writeFileAtomically } from '../kernel/atomic-file.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { CopiedBackup, CopyInput } from './copy-task.ts'

/** How a backup stands in the second folder, as the list of backups says it. */
export type CopyState = NonNullable<OperationOutput<'backups.list'>['backups'][number]['copy']>

/** What is kept beside a backup about its copy. */
const record = z.strictObject({
  path: z.string(),
  at: z.iso.datetime(),
  /** Why there is none; null when it was read back whole. */
  problem: z.string().nullable(),
})

/** What copying needs of others. */
export interface CopyParts {
  readonly ports: Pick<SystemPorts, 'clock' | 'log'>
  readonly backupsDir: string
  /** The second folder, or null when there is none. */
  readonly targetDir: () => string | null
  /** The slow part, done by the worker thread: the task of `copy-task.ts`. */
  readonly copier: (input: CopyInput, signal: AbortSignal) => Promise<CopiedBackup>
  readonly alerts: Pick<AlertsApi, 'raise'>
  /** Whether an end waits for the copy: a command that made a backup is over before its copy otherwise. */
  readonly isAwaitedAtEnd: boolean
}

/**
 * Copies published backups into a second folder, one after the other and beside everything else: a backup is done
 * when it is whole here, whatever becomes of its copy.
 */
export class BackupCopies {
  readonly #parts: CopyParts
  readonly #stop = new AbortController()
  readonly #waiting = new Map<string, string>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: CopyParts) {
    this.#parts = parts
  }

  /** The second folder, or null when there is none. */
  targetDir(): string | null {
    return this.#parts.targetDir()
  }

  /** How the copy of a backup stands; null when none was ever tried. */
  stateOf(id: string): CopyState | null {
    const path = this.#waiting.get(id)
    if (path !== undefined)
      return { state: 'copying', path, at: toIso(this.#parts.ports.clock.now()), problem: null }
    const file = this.#recordOf(id)
    if (!existsSync(file)) return null
    // A record that cannot be read proves nothing, so the backup counts as not copied and is copied again.
    const read = record.safeParse(parsed(readFileSync(file, 'utf8')))
    if (!read.success) return null
    return { ...read.data, state: read.data.problem === null ? 'copied' : 'failed' }
  }

  isCopying(id: string): boolean {
    return this.#waiting.has(id)
  }

  /** The ids among these whose copies are in the second folder of now. */
  copiedOf(ids: readonly string[]): readonly string[] {
    const target = this.targetDir()
    if (target === null) return []
    return ids.filter((id) => {
      const state = this.stateOf(id)
      return state?.state === 'copied' && dirname(state.path) === target
    })
  }

  /** Copies a new backup where there is a second folder. What fails stands in the list and in an alert. */
  follow(id: string, remove: readonly string[]): void {
    const target = this.targetDir()
    if (target === null) return
    this.#inTurn(id, target, remove).catch((error: unknown) => this.#tell(id, error))
  }

  /** Copies a backup now. Errors: `invalid_request` (no second folder), `busy`, and those of `copyBackup`. */
  async copy(id: string): Promise<void> {
    const target = this.targetDir()
    if (target === null)
      throw new WeirError(
        'invalid_request',
        'There is no second folder for backups yet. Choose one in the settings.',
      )
    if (this.isCopying(id))
      throw new WeirError('busy', 'This backup is being copied already. Wait until it is done.')
    await this.#inTurn(id, target, [])
  }

  /** Stops what is being copied, where it is not waited for; nothing half done stays with the name of a backup. */
  async close(): Promise<void> {
    if (!this.#parts.isAwaitedAtEnd) this.#stop.abort()
    await this.#last
  }

  #inTurn(id: string, target: string, remove: readonly string[]): Promise<void> {
    const path = join(target, id)
    this.#waiting.set(id, path)
    const copying = this.#last.then(() => this.#copyNow({ id, target, path, remove }))
    // The next one begins however this one ends; who asked for it is told by the promise that is given back.
    this.#last = copying.then(
      () => undefined,
      () => undefined,
    )
    return copying
  }

  async #copyNow(work: {
    readonly id: string
    readonly target: string
    readonly path: string
    readonly remove: readonly string[]
  }): Promise<void> {
    const { id, target, path, remove } = work
    const { copier, backupsDir, ports } = this.#parts
    try {
      await copier({ backupsDir, id, targetDir: target, remove }, this.#stop.signal)
      ports.log.info('a backup was copied', { area: 'backup', backup: id, path })
      await this.#note(id, path, null)
    } catch (error) {
      // Weir is closing: nothing is wrong with the folder, and the next start copies it.
      if (!this.#stop.signal.aborted)
        await this.#note(id, path, error instanceof Error ? error.message : String(error))
      throw error
    } finally {
      this.#waiting.delete(id)
    }
  }

  async #note(id: string, path: string, problem: string | null): Promise<void> {
    const file = this.#recordOf(id)
    // The backup may have been removed meanwhile; its record has gone with it.
    if (!existsSync(dirname(file))) return
    const at = toIso(this.#parts.ports.clock.now())
    await writeFileAtomically(file, `${JSON.stringify({ path, at, problem })}\n`)
  }

  #tell(id: string, error: unknown): void {
    const { ports, alerts } = this.#parts
    if (this.#stop.signal.aborted) return
    const why = error instanceof Error ? error.message : String(error)
    ports.log.error('a backup could not be copied', { area: 'backup', backup: id, error: why })
    const raised = alerts.raise({
      kind: 'backup',
      onceKey: `copy-${id}`,
      severity: 'warning',
      title: 'A backup could not be copied to the second folder',
      detail: `${why} The backup itself is whole. Mend it, then copy it again on the screen of the backups.`,
      link: '/backups',
    })
    raised.catch((fault: unknown) =>
      ports.log.error('an alert of a backup could not be raised', { area: 'backup', error: fault }),
    )
  }

  #recordOf(id: string): string {
    return join(this.#parts.backupsDir, id, 'copy.json')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
