import { renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, type Logger as Pino, pino, stdSerializers, stdTimeFunctions } from 'pino'
import type { Logger } from './ports.ts'

/** A log on disk and what belongs to it. */
export interface LogFile {
  readonly log: Logger
  /** Puts a log that has grown too large aside. Only for the owner of the data folder: another may still be writing. */
  rotateIfLarge(): void
  close(): void
}

/** One log file is read in an editor: above this it is put aside at the next start (the one before it is dropped). */
const LOG_BYTES_MAX = 10 * 1024 * 1024
const PRIVATE_FILE = 0o600

/** Nobody should log these; if somebody does, the value does not reach the disk. */
const SECRETS = ['authorization', 'token', 'cookie', 'password']

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/**
 * `logs/weir.log` of the data folder: JSON lines, appended at once, so that the last line before a crash is there.
 *
 * @param level the least that is written (`WEIR_LOG_LEVEL`); an unknown name is `info`
 */
export function openLogFile(dataDir: string, level: string | undefined): LogFile {
  const path = join(dataDir, 'logs', 'weir.log')
  const stream = destination({ dest: path, mode: PRIVATE_FILE, sync: true })
  // A full disk must stop neither the server nor the checks; the operator sees it once where Weir was started.
  let isReported = false
  stream.on('error', (error: Error) => {
    if (!isReported) process.stderr.write(`weir: the log cannot be written: ${error.message}\n`)
    isReported = true
  })
  const lines = pino(
    {
      level: LEVELS.find((known) => known === level) ?? 'info',
      timestamp: stdTimeFunctions.isoTime,
      base: { pid: process.pid },
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err, cause: stdSerializers.err },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[hidden]' },
    },
    stream,
  )
  let isClosed = false
  return {
    // Something may still end after the log was closed, and what it has to say must not break the end.
    log: portOf(lines, () => !isClosed),
    rotateIfLarge: () => {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= LOG_BYTES_MAX) return
      renameSync(path, join(dataDir, 'logs', 'weir.1.log'))
      stream.reopen()
    },
    close: () => {
      isClosed = true
      stream.end()
    },
  }
}

function portOf(lines: Pino, isOpen: () => boolean): Logger {
  const writer =
    (level: (typeof LEVELS)[number]): Logger[typeof level] =>
    (message, fields) => {
      if (isOpen()) lines[level](fields ?? {}, message)
    }
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') }
}

/** The log of a command: warnings and errors as sentences for the person who typed it, and nothing else. */
export function terminalLogger(write: (line: string) => void): Logger {
  const say = (kind: string) => (message: string) => write(`weir: ${kind}: ${message}\n`)
  return { debug: () => undefined, info: () => undefined, warn: say('warning'), error: say('error') }
}
