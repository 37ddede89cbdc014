import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { expect } from 'vitest'
import type { Weir } from '../../electron/core/api.ts'
import { REAL_FILES } from '../../electron/core/restore/restore-files.ts'
import { createWeir } from '../../electron/core/weir.ts'
import { DAY_MS } from '../../shared/units.ts'
import { TestClock } from '../support/clock.ts'
import { recordingLog } from '../support/fake-weir.ts'
import { configOf, freshDataDir, OPERATOR } from '../support/weir.ts'
import { crashingFiles } from './crash-points.ts'
import { value } from './restore-fixture.ts'

/** What a history of restores must come to, kept beside the Weir it is played on. */

interface ModelTurn {
  readonly number: number
  readonly input: number
  readonly at: number
}

/** What was acknowledged, and what must never work again. */
export interface Model {
  readonly turns: Map<string, readonly ModelTurn[]>
  readonly usable: Map<number, string>
  readonly revoked: string[]
  readonly backups: { readonly id: string; readonly limit: number }[]
  limit: number
  /** Retention may have removed turns from before this instant; their sums stay. */
  prunedBefore: number
}

/** One Weir through starts, crashes and restores. */
export class HistoryWeir {
  readonly clock = new TestClock('2026-11-24T10:20:00Z')
  readonly model: Model = {
    turns: new Map(),
    usable: new Map(),
    revoked: [],
    backups: [],
    limit: 0,
    prunedBefore: 0,
  }
  readonly #folder = freshDataDir()
  #dataDir = this.#folder.dataDir
  #weir: Weir | undefined
  #crashes = 0

  get weir(): Weir {
    if (this.#weir === undefined) throw new Error('it was opened before')
    return this.#weir
  }

  async open(): Promise<void> {
    this.#weir = await createWeir(configOf(this.#dataDir), {
      clock: this.clock,
      log: recordingLog(),
      randomBytes: (count) => randomBytes(count),
    })
  }

  async reopen(): Promise<void> {
    await this.weir.close()
    await this.open()
  }

  /** The end of the process: the next one finds the files as they are now, its write-ahead log included. */
  async crash(): Promise<void> {
    this.#crashes += 1
    const left = this.#dataDir
    this.#dataDir = join(left, '..', `crash-${this.#crashes}`)
    // By another process: this one would lose its locks on the database by reading its file.
    expect(spawnSync('cp', ['-a', left, this.#dataDir]).status).toBe(0)
    // What is over cannot be closed in order; its files are not looked at again.
    await this.weir.close().catch(() => undefined)
    rmSync(left, { recursive: true, force: true })
    await this.open()
  }

  /**
   * Restores a backup, and the process ends before the change `at` of its files, counted from 0. Answers whether the
   * backup is what is served after the next start.
   */
  async restoreUntilCrash(backupId: string, at: number): Promise<boolean> {
    const real = { ...REAL_FILES }
    Object.assign(REAL_FILES, crashingFiles(at))
    let run_id: string
    try {
      run_id = this.weir.restores.start({ backup_id: backupId, confirm: true }, OPERATOR).run_id
      await this.weir.restores.finished(run_id).catch(() => undefined)
    } finally {
      Object.assign(REAL_FILES, real)
    }
    await this.crash()
    return (await this.weir.status()).restored_as === run_id
  }

  async end(): Promise<void> {
    await this.#weir?.close()
    this.#folder.remove()
  }

  /** Backups that retention has not removed, newest first. */
  standing(): Model['backups'] {
    const known = new Map(this.model.backups.map((one) => [one.id, one]))
    return this.weir.backups.list().flatMap(({ id }) => known.get(id) ?? [])
  }

  async limit(): Promise<number> {
    const { profiles } = await value(this.weir, 'profiles.list', {})
    return profiles.find(({ name }) => name === 'Pro')?.prompts_per_hour ?? -1
  }

  /** Everything that was acknowledged is there once, nothing that was revoked works, and the sums are right. */
  async check(): Promise<void> {
    const { model, weir } = this
    for (const token of model.revoked) expect(await weir.tokens.authenticate(token)).toBeUndefined()
    for (const token of model.usable.values()) expect(await weir.tokens.authenticate(token)).toBeDefined()
    expect(await this.limit()).toBe(model.limit)
    const found = this.#booked()
    for (const [user, turns] of model.turns) {
      const booked = found.get(user)
      expect(booked?.input, `${user}: all tokens ever`).toBe(turns.reduce((sum, { input }) => sum + input, 0))
      const due = turns.filter(({ at }) => at >= model.prunedBefore).map(({ number }) => number)
      const numbers = booked?.turns ?? []
      expect(numbers, `${user}: turns that nothing may have removed`).toEqual(expect.arrayContaining(due))
      expect(turns.map(({ number }) => number)).toEqual(expect.arrayContaining([...numbers]))
      expect(new Set(numbers).size, `${user}: each turn once`).toBe(numbers.length)
    }
    expect((await weir.verify()).differences).toEqual([])
  }

  /** How many turns retention has removed from the ledger, of all that were recorded. */
  removed(): number {
    const recorded = [...this.model.turns.values()].reduce((sum, turns) => sum + turns.length, 0)
    return recorded - [...this.#booked().values()].reduce((sum, { turns }) => sum + turns.length, 0)
  }

  /** What the ledger holds by user, and the sums of all their months. */
  #booked(): ReadonlyMap<string, { readonly input: number; readonly turns: readonly number[] }> {
    const handle = new BetterSqlite3(join(this.#dataDir, 'auth.db'), { readonly: true })
    try {
      const sums = handle
        .prepare<[], { id: string; key: number; input: number }>(
          `SELECT u.id, u.key, coalesce(sum(p.input_tokens), 0) AS input
           FROM users u LEFT JOIN user_periods p ON p.user_key = u.key GROUP BY u.key`,
        )
        .all()
      const turns = handle.prepare<[number], number>(
        'SELECT turn_number FROM consumption_turns WHERE user_key = ? ORDER BY turn_number',
      )
      return new Map(
        sums.map(({ id, key, input }) => [id, { input, turns: turns.pluck().all(key) as number[] }]),
      )
    } finally {
      handle.close()
    }
  }

  /** Lets a month and some hours pass and closes what is over. */
  async rollOver(): Promise<void> {
    const now = new Date(this.clock.now())
    const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 3)
    this.clock.advance(next - now.getTime())
    await this.#job('monthly')
  }

  /** Removes what may be removed of months that are closed. */
  async retain(days: number): Promise<void> {
    await value(this.weir, 'settings.update', { retention_days: days })
    await this.#job('daily')
    this.model.prunedBefore = Math.max(this.model.prunedBefore, this.clock.now() - days * DAY_MS)
  }

  async #job(job: 'monthly' | 'daily'): Promise<void> {
    const { run_id } = await value(this.weir, 'jobs.run', { job })
    expect((await this.weir.jobs.finished(run_id)).status).toBe('done')
  }
}
