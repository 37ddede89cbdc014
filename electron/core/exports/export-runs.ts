import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EXPORT_PIECE_BYTES, type ExportRequest } from '../../../shared/contract/exports.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { MINUTE_MS, toIso } from '../../../shared/units.ts'
import type { ExportsApi } from '../api.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { ExportProgress } from './export-task.ts'

type Run = OperationOutput<'exports.getRun'>

/** A page takes its file at once; those of some pages may wait. */
const FILES_KEPT = 3
/** They share one worker thread. */
const RUNNING_MAX = 3
const RUN_ID_BYTES = 4
/** Long enough to be taken by a slow page; what is in a file may be erased from the books meanwhile. */
const KEPT_MS = 10 * MINUTE_MS

export interface ExportRunsParts {
  readonly ports: Pick<SystemPorts, 'clock' | 'log' | 'randomBytes' | 'timers'>
  /** A folder for the files alone: it is removed when Weir stops, and whatever a crash left when it starts. */
  readonly dir: string
  readonly write: (
    request: ExportRequest,
    file: string,
    signal: AbortSignal,
    onProgress: (progress: ExportProgress) => void,
  ) => Promise<ExportProgress>
}

/** Tables that are being written into files, to be followed, stopped and taken. */
export class ExportRuns implements ExportsApi {
  readonly #parts: ExportRunsParts
  readonly #runs = new Map<string, Run>()
  readonly #working = new Map<string, { readonly stop: AbortController; readonly ended: Promise<void> }>()
  readonly #endings = new Set<() => void>()
  #folder: Promise<void> | undefined

  constructor(parts: ExportRunsParts) {
    this.#parts = parts
  }

  start(request: ExportRequest): Run {
    if (this.#working.size >= RUNNING_MAX)
      throw new WeirError('busy', `${RUNNING_MAX} exports are being made already. Wait until one is done.`)
    const { ports } = this.#parts
    const id = `export-${Buffer.from(ports.randomBytes(RUN_ID_BYTES)).toString('hex')}`
    this.#runs.set(id, {
      run_id: id,
      table: request.table,
      format: request.format,
      status: 'running',
      started_at: toIso(ports.clock.now()),
      finished_at: null,
      rows_done: 0,
      rows_total: null,
      size_bytes: 0,
      error: null,
    })
    const stop = new AbortController()
    this.#working.set(id, { stop, ended: this.#follow(id, request, stop.signal) })
    return this.get(id)
  }

  get(runId: string): Run {
    const run = this.#runs.get(runId)
    if (run === undefined)
      throw new WeirError(
        'run_unknown',
        `There is no export ${runId}; only the last ${FILES_KEPT} are kept, for ten minutes.`,
      )
    return run
  }

  cancel(runId: string): Run {
    const run = this.get(runId)
    this.#working.get(runId)?.stop.abort()
    return run
  }

  async read(runId: string, offset: number): Promise<OperationOutput<'exports.read'>> {
    const { status, size_bytes } = this.get(runId)
    if (status === 'running') throw new WeirError('busy', 'The file is still being written.')
    if (status !== 'done') throw new WeirError('run_unknown', `The export ${runId} has left no file.`)
    const handle = await open(this.#fileOf(runId), 'r')
    try {
      const piece = Buffer.alloc(Math.max(0, Math.min(EXPORT_PIECE_BYTES, size_bytes - offset)))
      const { bytesRead } = await handle.read(piece, 0, piece.length, offset)
      const next = offset + bytesRead
      return {
        data: piece.subarray(0, bytesRead).toString('base64'),
        next_offset: bytesRead > 0 && next < size_bytes ? next : null,
        size_bytes,
      }
    } finally {
      await handle.close()
    }
  }

  isWorking(): boolean {
    return this.#working.size > 0
  }

  /** Takes away what a Weir has left that could not end in order. */
  async clean(): Promise<void> {
    await rm(this.#parts.dir, { recursive: true, force: true })
  }

  async close(): Promise<void> {
    const working = [...this.#working.values()]
    for (const { stop } of working) stop.abort()
    await Promise.all(working.map(({ ended }) => ended))
    this.#runs.clear()
    for (const cancel of this.#endings) cancel()
    if (this.#folder !== undefined) await rm(this.#parts.dir, { recursive: true, force: true })
  }

  /** Never rejects: how it ended stands in the run. */
  async #follow(id: string, request: ExportRequest, signal: AbortSignal): Promise<void> {
    try {
      await this.#emptyFolder()
      await this.#forgetOld()
      const onProgress = ({ rowsDone, rowsTotal, sizeBytes }: ExportProgress): void =>
        this.#set(id, { rows_done: rowsDone, rows_total: rowsTotal, size_bytes: sizeBytes })
      onProgress(await this.#parts.write(request, this.#fileOf(id), signal, onProgress))
      this.#set(id, { status: 'done' })
    } catch (error) {
      const code = error instanceof WeirError ? error.code : 'internal'
      if (code === 'cancelled') this.#set(id, { status: 'cancelled' })
      else {
        this.#parts.ports.log.error('an export failed', { run_id: id, error: String(error) })
        const detail = error instanceof WeirError ? error.message : 'The export stopped. The log says why.'
        this.#set(id, { status: 'failed', error: { code, detail } })
      }
    } finally {
      this.#set(id, { finished_at: toIso(this.#parts.ports.clock.now()) })
      this.#working.delete(id)
      this.#forgetLater(id)
    }
  }

  #forgetLater(id: string): void {
    const ending = this.#parts.ports.timers?.after(KEPT_MS, () => {
      if (ending !== undefined) this.#endings.delete(ending)
      this.#forget(id).catch((error: unknown) =>
        this.#parts.ports.log.warn('the file of an export could not be removed', { run_id: id, error }),
      )
    })
    if (ending !== undefined) this.#endings.add(ending)
  }

  #emptyFolder(): Promise<void> {
    this.#folder ??= (async () => {
      await this.clean()
      await mkdir(this.#parts.dir, { recursive: true, mode: 0o700 })
    })().catch((error: unknown) => {
      // The next one tries again.
      this.#folder = undefined
      throw error
    })
    return this.#folder
  }

  async #forgetOld(): Promise<void> {
    const over = [...this.#runs.keys()].filter((id) => !this.#working.has(id))
    for (const id of over.slice(0, Math.max(0, this.#runs.size - FILES_KEPT))) await this.#forget(id)
  }

  async #forget(id: string): Promise<void> {
    this.#runs.delete(id)
    await rm(this.#fileOf(id), { force: true })
  }

  #fileOf(id: string): string {
    return join(this.#parts.dir, id)
  }

  #set(id: string, members: Partial<Run>): void {
    const run = this.#runs.get(id)
    if (run !== undefined) this.#runs.set(id, { ...run, ...members })
  }
}
