import type { CheckFinding, ReadinessCheck, SessionFilesApi } from '../api.ts'
import type { SessionWatcher } from '../import/session-watcher.ts'
import type { Sample } from '../kernel/metrics.ts'
import type { Settings } from '../settings/settings.ts'
import type { DualWriter, RecordInDatabase } from './dual-writer.ts'

/** Both ways between session files and ledger as one: what is read in, and what is written. */
export class SessionFiles implements SessionFilesApi {
  readonly #watcher: SessionWatcher
  readonly #writer: DualWriter
  readonly #settings: () => Settings
  readonly #inDatabase: RecordInDatabase

  constructor(
    watcher: SessionWatcher,
    writer: DualWriter,
    settings: () => Settings,
    inDatabase: RecordInDatabase,
  ) {
    this.#watcher = watcher
    this.#writer = writer
    this.#settings = settings
    this.#inDatabase = inDatabase
  }

  state(): ReturnType<SessionFilesApi['state']> {
    return {
      ...this.#watcher.state(),
      writer: this.#settings().sessions_writer,
      dual_write: this.#writer.state(),
    }
  }

  async catchUp(): ReturnType<SessionFilesApi['catchUp']> {
    // First what was recorded here: its calls know more of a turn than its file does.
    await this.#writer.retry()
    await this.#watcher.catchUp()
    return this.state()
  }

  start(): void {
    this.#writer.start(this.#inDatabase)
    this.#watcher.start()
  }

  look(): void {
    this.#watcher.look()
  }

  async close(): Promise<void> {
    await this.#watcher.close()
    await this.#writer.close()
  }
}

/** Readiness: nothing recorded waits for the database. */
export function dualWriteCheck(writer: Pick<DualWriter, 'state'>): ReadinessCheck {
  return {
    id: 'dual-write',
    title: 'No recorded turn waits for the database',
    run: async (): Promise<CheckFinding> => {
      const { pending, oldest_at, last_error } = writer.state()
      if (pending === 0)
        return { state: 'ok', evidence: 'No turn waits for the database.', since: null, fix: null }
      return {
        state: 'attention',
        evidence: `${pending} recorded ${pending === 1 ? 'turn is' : 'turns are'} in the session files and not yet in the database: ${last_error ?? 'it did not answer'}`,
        since: oldest_at,
        fix: {
          text: 'Look why the database does not take them; they are tried again by themselves.',
          path: '/logs?event=dual_write_failure',
        },
      }
    },
  }
}

/** Metrics: failed second writes, and those that still wait. */
export function dualWriteSamples(writer: Pick<DualWriter, 'state'>): readonly Sample[] {
  const { pending, failures } = writer.state()
  return [
    {
      name: 'weir_dual_write_failures',
      help: 'Turns that are in their session file and wait for the database',
      type: 'gauge',
      value: pending,
    },
    {
      name: 'weir_dual_write_failures_total',
      help: 'Second writes that failed since this process started',
      type: 'counter',
      value: failures,
    },
  ]
}
