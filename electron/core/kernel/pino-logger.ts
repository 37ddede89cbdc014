import { join } from 'node:path'
import { pino } from 'pino'
import { safeFields, safeText } from './log-redaction.ts'
import type { Logger, LogKeeper } from './ports.ts'
import { RotatingFile } from './rotating-file.ts'

/** A log on disk and what belongs to it. */
export interface LogFile extends LogKeeper {
  readonly log: Logger
  /**
   * This process owns the data folder from now on, and with it the log: it may put full files aside and remove old
   * ones. Until then another may still be writing.
   */
  own(): void
  close(): void
}

/** What the logs may take until the setting `log_cap_mb` is known. */
export const LOG_CAP_BYTES_DEFAULT = 50 * 1000 * 1000

/** A line is read by a person. What is longer keeps its message and says that it was cut. */
const LINE_LENGTH_MAX = 16 * 1024

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof LEVELS)[number]

/**
 * `logs/weir.log` of the data folder: JSON lines, each with a growing `seq` that a reader can go on from. Warnings and
 * errors are on disk when the call returns, so that the last line before a crash is there; the rest follows within
 * a fifth of a second. Secrets and prompt text are hidden before anything is written.
 *
 * @param level the least that is written (`WEIR_LOG_LEVEL`); an unknown name is `info`
 */
export function openLogFile(dataDir: string, level: string | undefined): LogFile {
  const file = new RotatingFile({
    folder: join(dataDir, 'logs'),
    capBytes: LOG_CAP_BYTES_DEFAULT,
    onTrouble: (error) => process.stderr.write(`weir: the log cannot be written: ${error.message}\n`),
  })
  const lowest = LEVELS.find((known) => known === level) ?? 'info'
  const write = lineWriter(file, lowest)
  return {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    lowestLevel: lowest,
    flush: () => file.flush(),
    limitTo: (capBytes) => file.limitTo(capBytes),
    makeRoom: (bytes) => file.makeRoom(bytes),
    besideBytesMax: () => file.besideBytesMax(),
    own: () => file.own(),
    close: () => file.close(),
  }
}

/** Makes the four methods of a logger over a file. */
function lineWriter(file: RotatingFile, lowest: Level): (level: Level) => Logger[Level] {
  let seq = 0
  let isUrgent = false
  let isWritten = true
  const stamp = (): string => {
    const now = Date.now()
    // Grows also when the clock is set back, and from one start to the next: microseconds leave room for a thousand
    // lines a millisecond.
    seq = Math.max(seq + 1, now * 1000)
    return `,"seq":${seq},"time":"${new Date(now).toISOString()}"`
  }
  const lines = pino(
    {
      level: lowest,
      timestamp: stamp,
      base: { pid: process.pid },
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) => {
        isWritten = file.write(
          line.length <= LINE_LENGTH_MAX ? line : `${line.slice(0, line.indexOf(',"pid"'))}${CUT}\n`,
          isUrgent,
        )
      },
    },
  )
  return (level) => (message, fields) => {
    const dropped = file.takeDropped()
    if (dropped > 0) {
      isUrgent = true
      lines.warn({ area: 'log', dropped }, 'log lines were dropped: more came than could be written')
      if (!isWritten) file.putBackDropped(dropped)
    }
    isUrgent = level === 'warn' || level === 'error'
    lines[level](fields === undefined ? {} : safeFields(fields), safeText(message))
  }
}

const CUT = ',"message":"a line was too long for the log and was left out"}'

/** The log of a command: warnings and errors as sentences for the person who typed it, and nothing else. */
export function terminalLogger(write: (line: string) => void): Logger {
  const say = (kind: string) => (message: string) => write(`weir: ${kind}: ${message}\n`)
  return { debug: () => undefined, info: () => undefined, warn: say('warning'), error: say('error') }
}
