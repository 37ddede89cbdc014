/** Where the words of a command go: data to stdout, everything meant for the person at the terminal to stderr. */
export interface Output {
  /** Whether `--json` was given. */
  readonly isJson: boolean
  /** Text of the answer, to stdout. */
  text(text: string): void
  /** The answer as JSON, to stdout. */
  json(value: unknown): void
  /** A sentence for the person, to stderr. */
  say(sentence: string): void
  /** Progress, to stderr: one line that is written over on a terminal, elsewhere a line now and then. */
  progress(line: string): void
  /** Ends the progress line. */
  progressDone(): void
}

/** The part of a stream a command needs. */
export interface OutputStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

/** Where progress cannot be written over, a line this often: enough to see that it goes on, not enough to fill a log. */
const PROGRESS_LINE_MS = 5_000

/** Back to the start of the line, and everything after it wiped. */
const WIPE_LINE = '\r\u001b[K'

export interface OutputStreams {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Milliseconds of any clock that only goes forward. */
  readonly monotonicMs: () => number
}

export function createOutput(streams: OutputStreams, isJson: boolean): Output {
  const isTerminal = streams.stderr.isTTY === true
  let lineIsOpen = false
  let lastLineAt = streams.monotonicMs()
  const progressDone = (): void => {
    if (lineIsOpen) streams.stderr.write(WIPE_LINE)
    lineIsOpen = false
  }
  return {
    isJson,
    text: (text) => streams.stdout.write(`${text}\n`),
    json: (value) => streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    say: (sentence) => {
      progressDone()
      streams.stderr.write(`${sentence}\n`)
    },
    progress: (line) => {
      if (isTerminal) {
        streams.stderr.write(`${WIPE_LINE}${line}`)
        lineIsOpen = true
      } else if (streams.monotonicMs() - lastLineAt >= PROGRESS_LINE_MS) {
        streams.stderr.write(`${line}\n`)
        lastLineAt = streams.monotonicMs()
      }
    },
    progressDone,
  }
}
