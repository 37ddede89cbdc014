import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { JobName } from '../../../shared/contract/jobs.ts'
import type { Logger } from '../kernel/ports.ts'
import type { LogWriter } from '../scheduler/run-log.ts'

/** A megabyte holds years of an ordinary job; with the one before it two a job, which any disk has. */
const FILE_BYTES_MAX = 1024 * 1024
const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700

/**
 * `logs/consumption_<job>.log`, appended line by line, put aside as `….1.log` when it has grown too large. A log that
 * cannot be written is told once a run and stops no job.
 */
export function openJobLog(folder: string, job: JobName, log: Logger): LogWriter {
  const path = join(folder, `consumption_${job}.log`)
  let isTroubleTold = false
  const tell = (error: unknown): void => {
    if (!isTroubleTold) log.warn('the log of a job cannot be written', { area: 'jobs', job, error })
    isTroubleTold = true
  }
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > FILE_BYTES_MAX)
      renameSync(path, join(folder, `consumption_${job}.1.log`))
  } catch (error) {
    tell(error)
  }
  return {
    line: (text) => {
      try {
        appendFileSync(path, `${text}\n`, { mode: PRIVATE_FILE })
      } catch (error) {
        tell(error)
      }
    },
    // Every line is on its own: nothing is held open between two of them.
    close: () => undefined,
  }
}
