import type { BackupReason } from '../../../shared/backup-reasons.ts'
import type { OperationOutput } from '../../../shared/contract/index.ts'
import { toIso } from '../../../shared/units.ts'
import type { Actor, BackupRunsApi, BackupsApi } from '../api.ts'
import type { SystemPorts } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'

type Run = OperationOutput<'backups.getRun'>

/** Who started a run looks at it within minutes; older ones stand in the list of backups. */
const RUNS_KEPT = 20
const RUN_ID_BYTES = 4

/** Backups that are being made, to be followed and stopped. */
export class BackupRuns implements BackupRunsApi {
  readonly #backups: BackupsApi
  readonly #ports: SystemPorts
  readonly #runs = new Map<string, Run>()
  #current: { readonly id: string; readonly stop: AbortController; readonly ended: Promise<void> } | undefined

  constructor(backups: BackupsApi, ports: SystemPorts) {
    this.#backups = backups
    this.#ports = ports
  }

  start(reason: BackupReason, actor: Actor): Run {
    if (this.#backups.isWorking())
      throw new WeirError('busy', 'A backup is being made already. Wait until it is done.')
    const run_id = `backup-${Buffer.from(this.#ports.randomBytes(RUN_ID_BYTES)).toString('hex')}`
    const started_at = toIso(this.#ports.clock.now())
    this.#runs.set(run_id, {
      run_id,
      status: 'running',
      phase: 'snapshot',
      reason,
      started_at,
      finished_at: null,
      bytes_done: 0,
      bytes_total: null,
      backup: null,
      error: null,
    })
    for (const id of [...this.#runs.keys()].slice(0, -RUNS_KEPT)) this.#runs.delete(id)
    const stop = new AbortController()
    this.#current = { id: run_id, stop, ended: this.#follow(run_id, reason, stop.signal, actor) }
    return this.get(run_id)
  }

  get(runId: string): Run {
    const run = this.#runs.get(runId)
    if (run === undefined) throw new WeirError('run_unknown', `There is no backup run ${runId}.`)
    return run
  }

  list(): OperationOutput<'backups.list'> {
    const running = this.#current === undefined ? null : this.get(this.#current.id)
    return { ...this.#backups.overview(), running }
  }

  cancel(runId: string): Run {
    const run = this.get(runId)
    if (this.#current?.id === runId) this.#current.stop.abort()
    return run
  }

  async close(): Promise<void> {
    this.#current?.stop.abort()
    await this.#current?.ended
  }

  /** Never rejects: how it ended stands in the run. */
  async #follow(id: string, reason: BackupReason, signal: AbortSignal, actor: Actor): Promise<void> {
    try {
      const onProgress = (bytes_done: number, bytes_total: number): void =>
        this.#set(id, {
          phase: bytes_done === bytes_total ? 'verifying' : 'copying',
          bytes_done,
          bytes_total,
        })
      const made = await this.#backups.create({ reason, signal, onProgress }, actor)
      this.#set(id, { status: 'done', backup: made })
    } catch (error) {
      const code = error instanceof WeirError ? error.code : 'internal'
      if (code === 'cancelled') this.#set(id, { status: 'cancelled' })
      else {
        this.#ports.log.error('a backup failed', { run_id: id, error: String(error) })
        const detail = error instanceof WeirError ? error.message : 'The backup stopped. The log says why.'
        this.#set(id, { status: 'failed', error: { code, detail } })
      }
    } finally {
      this.#set(id, { phase: 'finished', finished_at: toIso(this.#ports.clock.now()) })
      this.#current = undefined
    }
  }

  #set(id: string, members: Partial<Run>): void {
    this.#runs.set(id, { ...this.get(id), ...members })
  }
}
