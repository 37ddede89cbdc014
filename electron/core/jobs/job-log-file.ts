import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { JobName } from '../../../shared/contract/jobs.ts'
import type { Logger, LogKeeper } from '../kernel/ports.ts'
import type { LogWriter } from '../scheduler/run-log.ts'

/** A megabyte holds years of an ordinary job. So much where nothing keeps the folder small; else what that says. */
const FILE_BYTES_MAX = 1024 * 1024
const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700

/** What the log of a job stands beside. */
export interface JobLogPlace {
  /** Absolute; made when missing. */
  readonly folder: string
  readonly log: Logger
  /** Keeps the folder within its size; undefined where nothing does. */
  readonly keeper: LogKeeper | undefined
}

/**
 * `logs/consumption_<job>.log`, appended line by line, put aside as `….1.log` when it has grown too large. A log that
 * cannot be written is told once a run and stops no job.
 */
export function openJobLog({ folder, log, keeper }: JobLogPlace, job: JobName): LogWriter {
  const path = join(folder, `consumption_${job}.log`)
  let isTroubleTold = false
  const guarded = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      if (!isTroubleTold) log.warn('the log of a job cannot be written', { area: 'jobs', job, error })
      isTroubleTold = true
    }
  }
  guarded(() => mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER }))
  return {
    line: (text) =>
      guarded(() => {
        const bytes = Buffer.from(`${text}\n`)
        const most = keeper?.besideBytesMax() ?? FILE_BYTES_MAX
        const held = statSync(path, { throwIfNoEntry: false })?.size ?? 0
        if (held > 0 && held + bytes.length > most) renameSync(path, join(folder, `consumption_${job}.1.log`))
        keeper?.makeRoom(bytes.length)
        appendFileSync(path, bytes, { mode: PRIVATE_FILE })
      }),
    // Every line is on its own: nothing is held open between two of them.
    close: () => undefined,
  }
}
