import { setImmediate as nextMacrotask } from 'node:timers/promises'
import type { OperationInput, OperationOutput } from '../../../shared/contract/index.ts'
import { SECOND_MS, toIso, toIsoOrNull } from '../../../shared/units.ts'
import type { Actor, ImportBatchesApi } from '../api.ts'
import { audit } from '../audit/audit-store.ts'
import { type ConsumptionContext, momentOf } from '../consumption/context.ts'
import { undoMonths } from '../consumption/undo-archive.ts'
import { UNDO_KINDS, undoRows } from '../consumption/undo-rows.ts'
import { undoSessions } from '../consumption/undo-sessions.ts'
import type { Timers } from '../kernel/ports.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { Settings } from '../settings/settings.ts'
import {
  type BatchRow,
  endInterrupted,
  findBatch,
  insertBatch,
  listBatches,
  saveBatch,
  undoingBatches,
} from './batch-store.ts'
import { NOTHING_UNDONE, planUndo, type UndoTotals, withRows, withSlice } from './undo-plan.ts'

type Batch = OperationOutput<'imports.list'>['imports'][number]
type ImportRunState = OperationOutput<'import.get'>

export interface ImportBatchesPorts {
  readonly context: ConsumptionContext
  /** Without them nothing goes on by itself. */
  readonly timers: Timers | undefined
  readonly settings: {
    current(): Settings
    change(changes: Partial<Settings>, actor: Actor): Promise<unknown>
  }
  /** The folder that is followed by such settings; null when none is. */
  readonly followed: (settings: Settings) => string | null
  /** Makes a verified backup; without one nothing is undone. */
  readonly safetyCopy: (actor: Actor, signal: AbortSignal) => Promise<unknown>
  readonly isImporting: () => boolean
  /** Whether a restore goes on or is being prepared: it would exchange the database under what is taken out. */
  readonly isRestoring: () => boolean
  /** Told when tokens and prices may be gone, and the folder another one. */
  readonly onUndone: () => Promise<void>
  readonly changed: () => void
}

/** What keeps a slice from being written, such as a foreign lock or a full disk, is mostly over a little later. */
const RETRY_MS = 5 * SECOND_MS

interface Going {
  readonly batch: BatchRow
  phase: 'counting' | 'backing_up' | 'removing'
  done: number
  total: number
  readonly stop: AbortController
}

/** The imports that have written, and undoing one of them, one at a time. */
export class ImportBatches implements ImportBatchesApi {
  readonly #ports: ImportBatchesPorts
  /** The one that is worked at. */
  #going: Going | null = null
  /** Those that have begun to be taken out and are not out yet, by their id: worked at, or waiting to go on. */
  readonly #undoing = new Map<string, Going>()
  #cancelRetry: (() => void) | undefined
  #finished: Promise<void> = Promise.resolve()
  #isClosing = false
  /** Why the last undoing of an import did not begin, or was broken off, by its id. */
  readonly #errors = new Map<string, string>()

  constructor(ports: ImportBatchesPorts) {
    this.#ports = ports
  }

  /** Notes an import before it writes; answers the number under which what it writes is noted. */
  begin(
    run: { readonly id: string; readonly sessionsDir: string | null; readonly authDb: string | null },
    actor: Actor,
  ): Promise<number> {
    const { database, clock } = this.#ports.context
    return database.writeSlice((trx) => insertBatch(trx, run, actor, clock.now()))
  }

  /** Notes how it ended. MUST come before the folder of the import is followed. */
  async end(run: ImportRunState): Promise<void> {
    const { context, settings } = this.#ports
    const folder = settings.current().sessions_dir
    const isMoved = run.status === 'done' && run.sessions_dir !== null && run.sessions_dir !== folder
    await context.database.writeSlice(async (trx) => {
      const batch = await findBatch(trx, run.run_id)
      if (batch === undefined) return
      await saveBatch(trx, batch.key, {
        state: run.status === 'running' ? 'failed' : run.status,
        finished_at: context.clock.now(),
        totals: JSON.stringify({ turns: run.turns_written, users: run.report?.users ?? 0 }),
        ...(isMoved ? { set_folder: 1, folder_before: folder } : {}),
      })
    })
  }

  /** The import that is being undone, also while it waits to go on, or null. */
  busyUndoing(): string | null {
    const [waiting] = this.#undoing.keys()
    return this.working() ?? waiting ?? null
  }

  /** The import whose undoing is worked at now, or null. */
  working(): string | null {
    return this.#going?.batch.id ?? null
  }

  async list(): Promise<OperationOutput<'imports.list'>> {
    const rows = await this.#ports.context.database.read((db) => listBatches(db))
    return { imports: rows.map((row) => this.#toWire(row)) }
  }

  async get(id: string): Promise<OperationOutput<'imports.get'>> {
    return this.#toWire(await this.#find(id))
  }

  /**
   * Counts what would go; without `dry_run` begins to undo, or goes on with what was broken off. Errors: `run_unknown`,
   * `busy`, `invalid_request`, `import_not_undoable`, `shutting_down`.
   */
  async undo(input: OperationInput<'imports.undo'>, actor: Actor): Promise<OperationOutput<'imports.undo'>> {
    const batch = await this.#find(input.id)
    const blocked = this.#blocked(batch)
    const isDry = input.dry_run === true
    if (!isDry && input.confirm !== batch.id) throw unconfirmed(batch.id)
    // Who asks once more for what is being taken out, after a start for instance, gets what is wanted.
    if (isDry || this.#isRemoving(batch)) {
      const totals = await planUndo(this.#ports.context.database, batch.key, () => {})
      return { import: this.#toWire(batch), totals, dry_run: isDry, blocked: isDry ? blocked : null }
    }
    this.#refuseBusy(batch)
    if (blocked !== null) throw new WeirError('import_not_undoable', blocked)
    const begun = this.#undoing.get(batch.id)
    const going = begun ?? goingOf(batch, 'counting')
    this.#going = going
    try {
      const totals = await this.#count(going)
      this.#finished = begun === undefined ? this.#carryOut(going, totals, actor) : this.#goOn()
      return { import: this.#toWire(batch), totals, dry_run: false, blocked: null }
    } catch (error) {
      this.#going = null
      if (begun !== undefined) this.#goOnLater()
      throw error
    }
  }

  /** Stops an undoing that has not begun to write; afterwards it goes to its end. */
  async cancelUndo(id: string): Promise<OperationOutput<'imports.cancelUndo'>> {
    if (this.#going?.batch.id === id && this.#going.phase !== 'removing') this.#going.stop.abort()
    return this.get(id)
  }

  /** Settles when nothing is being undone any more. */
  finished(): Promise<void> {
    return this.#finished
  }

  /** Ends what was broken off: runs are interrupted, an undoing that has begun is gone on with. */
  async resume(): Promise<void> {
    const { database, clock } = this.#ports.context
    await database.write((trx) => endInterrupted(trx, clock.now()))
    for (const batch of await database.read((db) => undoingBatches(db)))
      this.#undoing.set(batch.id, goingOf(batch, 'removing'))
    if (this.#undoing.size > 0) this.#finished = this.#goOn()
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#cancelRetry?.()
    this.#going?.stop.abort()
    await this.#finished
  }

  async #find(id: string): Promise<BatchRow> {
    const batch = await this.#ports.context.database.read((db) => findBatch(db, id))
    if (batch === undefined) throw new WeirError('run_unknown', `There is no import ${id} to undo.`)
    return batch
  }

  #isRemoving({ id }: BatchRow): boolean {
    return this.#going?.batch.id === id && this.#going.phase === 'removing'
  }

  #refuseBusy({ id }: BatchRow): void {
    if (this.#isClosing) throw new WeirError('shutting_down', 'Weir is shutting down and undoes no import.')
    if (this.#ports.isRestoring())
      throw new WeirError('busy', 'A backup is being restored. Wait until that is finished.')
    const isOther = this.#undoing.size > 0 && !this.#undoing.has(id)
    if (this.#going !== null || isOther || this.#ports.isImporting())
      throw new WeirError('busy', 'An import is running or being undone. Wait until it is finished.')
  }

  async #count(going: Going): Promise<UndoTotals> {
    const { done } = going
    const totals = await planUndo(this.#ports.context.database, going.batch.key, (left) => {
      going.total = done + left
    })
    going.stop.signal.throwIfAborted()
    return totals
  }

  /** Why the import cannot be undone now, or null. */
  #blocked(batch: BatchRow): string | null {
    if (batch.state === 'undone') return 'This import has been undone already.'
    const isWaiting = this.#going === null && this.#undoing.has(batch.id)
    if (batch.state === 'undoing') return isWaiting ? null : 'This import is being undone.'
    if (batch.state === 'running') return 'This import is still running.'
    const settings = this.#ports.settings.current()
    const after = { ...settings, ...this.#folderAfter(batch, settings) }
    if (batch.sessions_dir === null || this.#ports.followed(after) !== batch.sessions_dir) return null
    return `Weir follows ${batch.sessions_dir} by itself and would read in again what is undone. Switch off following the folder in the settings, or name another one, and undo the import then.`
  }

  /** The folder that was named before the import, where the import has changed it and nobody has since. */
  #folderAfter(batch: BatchRow, settings: Settings): Partial<Settings> {
    const isOurs = batch.set_folder === 1 && settings.sessions_dir === batch.sessions_dir
    return isOurs ? { sessions_dir: batch.folder_before } : {}
  }

  async #carryOut(going: Going, totals: UndoTotals, actor: Actor): Promise<void> {
    const { context, settings, safetyCopy } = this.#ports
    const { batch } = going
    this.#errors.delete(batch.id)
    try {
      going.phase = 'backing_up'
      await safetyCopy(actor, going.stop.signal)
      going.stop.signal.throwIfAborted()
      going.phase = 'removing'
      // First, so that nothing is read in again meanwhile.
      const folder = this.#folderAfter(batch, settings.current())
      if (Object.keys(folder).length > 0) await settings.change(folder, actor)
      const begun = { state: 'undoing', undo_by: actor.name, undo_via: actor.via } as const
      const undo_before = JSON.stringify(totals)
      await context.database.writeSlice((trx) => saveBatch(trx, batch.key, { ...begun, undo_before }))
    } catch (error) {
      this.#going = null
      if (error instanceof Error && error.name === 'AbortError') return
      this.#errors.set(batch.id, error instanceof WeirError ? error.message : 'The log says why.')
      context.log.error('import could not be undone', { id: batch.id, error: String(error) })
      return
    }
    this.#undoing.set(batch.id, going)
    await this.#goOn()
  }

  /** Takes out what is left of every import whose undoing has begun. */
  async #goOn(): Promise<void> {
    this.#cancelRetry?.()
    for (const going of this.#undoing.values()) {
      if (this.#isClosing) break
      this.#going = going
      await this.#removeOrTell(going)
    }
    this.#going = null
    if (this.#undoing.size > 0) this.#goOnLater()
    this.#ports.changed()
  }

  #goOnLater(): void {
    const { timers, isRestoring } = this.#ports
    this.#cancelRetry?.()
    if (timers === undefined || this.#isClosing) return
    this.#cancelRetry = timers.after(RETRY_MS, () => {
      if (this.#isClosing || this.#going !== null) return
      // The database that is served after the restore says itself what was broken off.
      if (isRestoring()) this.#goOnLater()
      else this.#finished = this.#goOn()
    })
  }

  /** What is out is out, and the books agree; the rest goes a little later. */
  async #removeOrTell(going: Going): Promise<void> {
    const { id } = going.batch
    try {
      await this.#remove(going, going.batch)
      if (this.#isClosing) return
      this.#undoing.delete(id)
      this.#errors.delete(id)
    } catch (error) {
      const when = this.#ports.timers === undefined ? 'when Weir starts again' : 'by itself in a few seconds'
      this.#errors.set(id, `It was broken off and goes on ${when}. The log says why.`)
      this.#ports.context.log.error('undoing an import was broken off', { id, error: String(error) })
    }
  }

  async #remove(going: Going, { key }: BatchRow): Promise<void> {
    const { context, onUndone } = this.#ports
    const { database } = context
    for (let isDone = false; !isDone && !this.#isClosing; await nextMacrotask()) {
      isDone = await database.writeSlice(async (trx) => {
        const row = await trx
          .selectFrom('import_batches')
          .selectAll()
          .where('key', '=', key)
          .executeTakeFirstOrThrow()
        // Broken off only after the last of it was out.
        if (row.state !== 'undoing') return true
        const before = row.undo_totals === null ? NOTHING_UNDONE : (JSON.parse(row.undo_totals) as UndoTotals)
        const slice = await undoSessions(trx, key, context)
        if (slice !== null) {
          going.done = Math.min(going.total, going.done + slice.looked)
          await saveBatch(trx, key, { undo_totals: JSON.stringify(withSlice(before, slice)) })
          return false
        }
        if ((await undoMonths(trx, key, momentOf(context).windows)) !== null) return false
        for (const kind of UNDO_KINDS) {
          const rows = await undoRows(trx, key, kind)
          if (rows === null) continue
          await saveBatch(trx, key, { undo_totals: JSON.stringify(withRows(before, kind, rows)) })
          return false
        }
        await this.#close(trx, row, before)
        return true
      })
    }
    await onUndone()
  }

  async #close(trx: Parameters<typeof saveBatch>[0], row: BatchRow, totals: UndoTotals): Promise<void> {
    const now = this.#ports.context.clock.now()
    await saveBatch(trx, row.key, { state: 'undone', undone_at: now, undo_totals: JSON.stringify(totals) })
    const source = { sessions_dir: row.sessions_dir, auth_db: row.auth_db }
    await audit(trx, {
      at: now,
      actor: { name: row.undo_by ?? row.started_by, via: (row.undo_via ?? row.via) as Actor['via'] },
      action: 'imports.undo',
      objectKind: 'import',
      objectId: row.id,
      before: { ...source, state: 'done', foreseen: JSON.parse(row.undo_before ?? 'null') },
      after: { ...source, state: 'undone', taken_out: totals },
    })
  }

  #toWire(row: BatchRow): Batch {
    const going = this.#going?.batch.id === row.id ? this.#going : null
    const totals = JSON.parse(row.totals) as { turns?: number; users?: number }
    return {
      id: row.id,
      started_at: toIso(row.started_at),
      finished_at: toIsoOrNull(row.finished_at),
      sessions_dir: row.sessions_dir,
      auth_db: row.auth_db,
      started_by: row.started_by,
      via: row.via,
      state: row.state,
      turns: totals.turns ?? 0,
      users: totals.users ?? 0,
      undo:
        going === null
          ? null
          : { phase: going.phase, sessions_done: going.done, sessions_total: going.total },
      undo_error: this.#errors.get(row.id) ?? null,
      undone_at: toIsoOrNull(row.undone_at),
      undone_by: row.undo_by,
      undone: row.undo_totals === null ? null : (JSON.parse(row.undo_totals) as UndoTotals),
    }
  }
}

function goingOf(batch: BatchRow, phase: Going['phase']): Going {
  return { batch, phase, done: 0, total: 0, stop: new AbortController() }
}

function unconfirmed(id: string): WeirError {
  const message = `To undo this import, send confirm with the id "${id}".`
  return new WeirError('invalid_request', message, { details: { errors: [{ path: 'confirm', message }] } })
}
