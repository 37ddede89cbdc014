import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { SECOND_MS } from '../../../shared/units.ts'
import { seedProfiles } from '../access/shipped-profiles.ts'
import { ConsumptionManager } from '../consumption/consumption-manager.ts'
import type { ConsumptionContext } from '../consumption/context.ts'
import { Database } from '../database/database.ts'
import { isStorageError } from '../database/storage-error.ts'
import { type CatchUpResult, CatchUpRun } from '../import/catch-up-run.ts'
import { LedgerAdapter } from '../import/ledger-adapter.ts'
import { WeirError } from '../kernel/weir-error.ts'
import type { ScanMessage, ScanResult } from '../sessions/scan-sessions.ts'
import type { Settings } from '../settings/settings.ts'
import { copyPeople } from './copy-people.ts'

/**
 * The dashboards' figures worked out from the session files: a second set of books beside the real ones, filled from
 * the files alone by the very code that fills those. So the same figures come out of both, and the real books are
 * never touched. It is a copy that can be made again at any time, and is removed when it is not needed.
 */

export interface FilesViewParts {
  readonly dataDir: string
  readonly sqliteBinding: string | null
  /** That of the real books: clock, settings, prices, and the people of its database. */
  readonly context: ConsumptionContext
  /** Reads what has changed against what a database remembers of the files. */
  readonly scan: (
    databaseFile: string,
    sessionsDir: string,
    onMessage: (message: ScanMessage) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<ScanResult>
  /** The folder of the session files, or null. */
  readonly folder: () => string | null
}

/** The figures of the files as dashboards ask for them. */
export type FileFigures = Pick<
  ConsumptionManager,
  'summary' | 'systemSummary' | 'users' | 'turns' | 'history' | 'days' | 'sessions' | 'session'
>

/** Figures older than this are read again; a pass over unchanged files takes a fraction of a second. */
const STALE_MS = 30 * SECOND_MS

/** Two, so that new books can be filled while the old ones are shown. */
const PLACES = [0, 1] as const

interface Books {
  readonly database: Database
  readonly file: string
  readonly context: ConsumptionContext
  readonly figures: ConsumptionManager
  /** What the turns in them were priced by, and how much of their questions was kept. */
  readonly filledBy: FilledBy
}

interface FilledBy {
  readonly prices: ReturnType<ConsumptionContext['prices']>
  readonly promptText: Settings['prompt_text']
}

export class FilesView {
  readonly #parts: FilesViewParts
  readonly #stop = new AbortController()
  #books: Books | undefined
  #refreshing: Promise<void> | undefined
  #people: string | null = null
  #refreshedMs: number | undefined
  #readAt: number | null = null
  #problemCount = 0
  #error: WeirError | null = null
  #made = 0

  constructor(parts: FilesViewParts) {
    this.#parts = parts
    // What a crash left behind; the lock of the data folder says that nobody has it open.
    for (const place of PLACES) removeFile(this.#fileAt(place))
  }

  /** The figures as last read; null until the files were read once. */
  figures(): FileFigures | null {
    return this.#readAt === null ? null : (this.#books?.figures ?? null)
  }

  state() {
    return {
      readAt: this.#readAt,
      isReading: this.#refreshing !== undefined,
      problemCount: this.#problemCount,
      error: this.#error,
    }
  }

  /** Reads what has changed in the files, all of them the first time. Errors: `folder_unreadable`, `storage_full`, `storage_unavailable`. */
  async refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
  }

  /** The same where the figures are older than half a minute. */
  async refreshIfStale(): Promise<void> {
    const age =
      this.#refreshedMs === undefined ? null : this.#parts.context.clock.monotonicMs() - this.#refreshedMs
    if (this.#refreshing !== undefined || age === null || age >= STALE_MS) await this.refresh()
  }

  /** Removes the books; they are made again when somebody asks. */
  async drop(): Promise<void> {
    await this.#refreshing?.catch(() => undefined)
    const books = this.#books
    this.#books = undefined
    this.#readAt = null
    this.#refreshedMs = undefined
    this.#people = null
    if (books !== undefined) await remove(books)
  }

  /** To be called before the worker closes. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.drop()
  }

  async #refresh(): Promise<void> {
    const { clock, log } = this.#parts.context
    try {
      const sessionsDir = this.#parts.folder()
      if (sessionsDir === null)
        throw new WeirError(
          'folder_unreadable',
          'No folder of session files is known. Import one, or name it in the settings.',
        )
      const startedAt = clock.now()
      const result = await this.#read(sessionsDir)
      this.#readAt = startedAt
      this.#refreshedMs = clock.monotonicMs()
      this.#problemCount = result.problemCount
      this.#error = null
    } catch (error) {
      if (!(error instanceof WeirError)) throw error
      if (this.#error?.code !== error.code)
        log.warn('the figures of the session files could not be worked out', {
          area: 'sessions',
          code: error.code,
          detail: error.message,
        })
      this.#error = error
      throw error
    }
  }

  async #read(sessionsDir: string): Promise<CatchUpResult> {
    const held = this.#books
    // Books are only added to: under other prices, or a promise to keep less of the questions, they are made anew.
    if (held !== undefined && this.#isFilledByNow(held)) {
      const result = await this.#fill(held, sessionsDir)
      // Here the files are the truth, also where they say less than before: then the books are made anew.
      if (result.conflicting === 0 && result.shrunkCount === 0 && !(await hasMoreFiles(held, result)))
        return result
    }
    const fresh = await this.#open()
    try {
      this.#people = null
      const result = await this.#fill(fresh, sessionsDir)
      this.#books = fresh
      if (held !== undefined) await remove(held)
      return result
    } catch (error) {
      await remove(fresh)
      throw error
    }
  }

  #isFilledByNow({ filledBy }: Books): boolean {
    const { prices, promptText } = this.#now()
    return filledBy.prices === prices && filledBy.promptText === promptText
  }

  #now(): FilledBy {
    const { prices, settings } = this.#parts.context
    return { prices: prices(), promptText: settings().prompt_text }
  }

  #fileAt(place: number): string {
    return join(this.#parts.dataDir, `files-view-${place}.db`)
  }

  async #open(): Promise<Books> {
    this.#made += 1
    const file = this.#fileAt(PLACES[this.#made % PLACES.length] ?? PLACES[0])
    removeFile(file)
    const database = Database.open({ file, sqliteBinding: this.#parts.sqliteBinding })
    const context = { ...this.#parts.context, database }
    await database.write((trx) => seedProfiles(trx, context.clock.now()))
    return { database, file, context, figures: new ConsumptionManager(context), filledBy: this.#now() }
  }

  async #fill(books: Books, sessionsDir: string): Promise<CatchUpResult> {
    await this.#takePeople(books)
    const ledger = new LedgerAdapter(books.context)
    const scan = (dir: string, onMessage: (message: ScanMessage) => Promise<void>, signal: AbortSignal) =>
      this.#parts.scan(books.file, dir, onMessage, signal)
    return new CatchUpRun(ledger).work(sessionsDir, scan, this.#stop.signal)
  }

  async #takePeople({ database }: Books): Promise<void> {
    const { context } = this.#parts
    const moment = { now: context.clock.now(), zone: context.settings().time_zone }
    try {
      this.#people = await copyPeople(context.database.reader, database, this.#people, moment)
    } catch (error) {
      // The very case the files are read for: users are named by their folders then.
      if (!isStorageError(error)) throw error
    }
  }
}

/** Whether files are gone that the books were filled from. */
async function hasMoreFiles({ database }: Books, result: CatchUpResult): Promise<boolean> {
  const { files } = await database.reader
    .selectFrom('session_files')
    .select((eb) => eb.fn.countAll<number>().as('files'))
    .executeTakeFirstOrThrow()
  return files > result.filesRead + result.filesUnchanged + result.filesUnrested
}

async function remove({ database, file }: Books): Promise<void> {
  await database.close()
  removeFile(file)
}

function removeFile(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
}
