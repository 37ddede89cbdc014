import { join } from 'node:path'
import { z } from 'zod'
import { RESTORE_STEPS, restoreRun } from '../../../shared/contract/restore.ts'
import { type EpochMs, toIso } from '../../../shared/units.ts'
import { type RestoreFiles, replaceFile } from './restore-files.ts'
import type { RestorePlaces } from './restore-places.ts'

/** Runs of restores as they are shown: pure changes of a value, and the files in which they outlive the process. */

export type Run = z.output<typeof restoreRun>
export type StepName = (typeof RESTORE_STEPS)[number]

/** A run before its first step. */
export function newRun(
  begun: Pick<Run, 'run_id' | 'kind' | 'backup_id' | 'backup_created_at' | 'undoes' | 'started_by'>,
  now: EpochMs,
): Run {
  return {
    ...begun,
    status: 'running',
    safety_backup_id: null,
    undone_by: null,
    started_at: toIso(now),
    finished_at: null,
    fenced_ms: null,
    can_cancel: true,
    can_undo: false,
    kept_in: null,
    steps: RESTORE_STEPS.map((step) => ({
      step,
      state: 'waiting',
      detail: null,
      started_at: null,
      finished_at: null,
      figures: {},
    })),
    error: null,
  }
}

/** The run with members of one step changed. */
export function withStep(run: Run, step: StepName, members: Partial<Run['steps'][number]>): Run {
  return { ...run, steps: run.steps.map((one) => (one.step === step ? { ...one, ...members } : one)) }
}

/** The run as it ended: what was running failed, what was waiting was not reached. */
export function ended(
  run: Run,
  status: Exclude<Run['status'], 'running'>,
  now: EpochMs,
  error: Run['error'] = null,
): Run {
  const steps = run.steps.map((step) => {
    if (step.state === 'running') return { ...step, state: 'failed' as const, finished_at: toIso(now) }
    return step.state === 'waiting' ? { ...step, state: 'not_reached' as const } : step
  })
  return { ...run, status, steps, error, can_cancel: false, finished_at: toIso(now) }
}

/** Restores that are over, in files of the data folder: the database they tell of is another one afterwards. */
export class RestoreHistory {
  readonly #files: RestoreFiles
  readonly #places: RestorePlaces

  constructor(files: RestoreFiles, places: RestorePlaces) {
    this.#files = files
    this.#places = places
  }

  keep(run: Run): void {
    this.#files.makeFolder(this.#places.history)
    replaceFile(this.#files, join(this.#places.history, `${run.run_id}.json`), `${JSON.stringify(run)}\n`)
  }

  /** Newest first; what is not ours in the folder is left out. `canUndo` says whether a safety backup is still there. */
  list(canUndo: (backupId: string) => boolean): readonly Run[] {
    const runs = this.#files
      .list(this.#places.history)
      .filter((name) => name.endsWith('.json') && name.startsWith('restore-'))
      .flatMap((name) => this.#read(join(this.#places.history, name)))
      // A name tells the second only, and two may begin in one.
      .sort((one, other) => other.started_at.localeCompare(one.started_at))
    const newestDone = runs.find((run) => run.status === 'done')
    return runs.map((run) => ({
      ...run,
      undone_by: runs.find((other) => other.undoes === run.run_id && other.status === 'done')?.run_id ?? null,
      // Older ones are not undone but left: the backup made before them can be restored like any other.
      can_undo: run === newestDone && run.safety_backup_id !== null && canUndo(run.safety_backup_id),
    }))
  }

  #read(file: string): readonly Run[] {
    try {
      return [restoreRun.parse(JSON.parse(this.#files.readText(file)))]
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof z.ZodError) return []
      throw error
    }
  }
}
