import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'
import { DAY_MS, toIso } from '../../../shared/units.ts'
import type { LogsApi } from '../api.ts'
import { LOG_EVENTS } from '../kernel/log-events.ts'
import type { Clock, LogKeeper } from '../kernel/ports.ts'
import { logFolderBytes } from '../kernel/rotating-file.ts'
import { logBlocks } from './log-blocks.ts'
import { type LogLine, matches, mayMatch, parseLine, seqOf } from './log-line.ts'

/** What one question may look through: about a hundred thousand lines. Whoever wants more goes on from where it ended. */
const SCAN_BYTES_MAX = 8 * 1024 * 1024
const EVENTS = Object.values(LOG_EVENTS)
/** Every watched line has this in it. */
const EVENT_MARK = '"event":"'

/** What the reader works with. */
export interface LogReaderParts {
  readonly folder: string
  readonly clock: Clock
  /** Undefined for commands: they write no log. */
  readonly keeper: LogKeeper | undefined
  readonly capBytes: () => number
}

/** Reads the log from its end in small steps: limit checks get their turn between any two of them. */
export class LogReader implements LogsApi {
  readonly #parts: LogReaderParts

  constructor(parts: LogReaderParts) {
    this.#parts = parts
  }

  async list(query: ParsedInput<'logs.list'>): Promise<OperationOutput<'logs.list'>> {
    // A line that waits to be written is what somebody who was just refused looks for.
    this.#parts.keeper?.flush()
    const found = await this.#find(query)
    return {
      ...found,
      lowest_level: this.#parts.keeper?.lowestLevel ?? 'info',
      log_bytes: logFolderBytes(this.#parts.folder),
      cap_bytes: this.#parts.capBytes(),
    }
  }

  async counters(query: ParsedInput<'logs.counters'>): Promise<OperationOutput<'logs.counters'>> {
    this.#parts.keeper?.flush()
    const sinceMs = query.since === undefined ? this.#parts.clock.now() - DAY_MS : Date.parse(query.since)
    const counted = new Map<string, { count: number; lastAt: string | null }>(
      EVENTS.map((event) => [event, { count: 0, lastAt: null }]),
    )
    let oldestAt: string | null = null
    for await (const block of logBlocks(this.#parts.folder)) {
      const text = block.toString('utf8')
      const first = parseLine(text.slice(0, Math.max(0, text.indexOf('\n'))))
      if (text.includes(EVENT_MARK)) countEvents(text, sinceMs, counted)
      oldestAt = first?.at ?? oldestAt
      if (first !== undefined && Date.parse(first.at) < sinceMs) break
    }
    return {
      since: toIso(sinceMs),
      reaches_back: oldestAt !== null && Date.parse(oldestAt) <= sinceMs,
      oldest_at: oldestAt,
      counters: EVENTS.map((event) => ({
        event,
        count: counted.get(event)?.count ?? 0,
        last_at: counted.get(event)?.lastAt ?? null,
      })),
    }
  }

  async #find(query: ParsedInput<'logs.list'>) {
    const { after = 0, before = Number.MAX_SAFE_INTEGER, limit } = query
    const sinceSeq = query.since === undefined ? 0 : Date.parse(query.since) * 1000
    const lines: LogLine[] = []
    let scanned = 0
    let newestSeq = 0
    let oldestSeq: number | null = null
    let isComplete = true
    reading: for await (const block of logBlocks(this.#parts.folder)) {
      if (scanned >= SCAN_BYTES_MAX) {
        isComplete = false
        break
      }
      for (const text of block.toString('utf8').split('\n').reverse()) {
        const seq = seqOf(text)
        if (seq === 0) continue
        newestSeq = Math.max(newestSeq, seq)
        if (seq >= before) continue
        if (seq <= after || seq < sinceSeq) break reading
        if (lines.length >= limit) {
          isComplete = false
          break reading
        }
        scanned += text.length
        oldestSeq = seq
        const line = mayMatch(text, query) ? parseLine(text) : undefined
        if (line !== undefined && matches(line, query)) lines.push(line)
      }
    }
    return { lines, newest_seq: newestSeq, oldest_seq: oldestSeq, is_complete: isComplete }
  }
}

function countEvents(
  text: string,
  sinceMs: number,
  counted: ReadonlyMap<string, { count: number; lastAt: string | null }>,
): void {
  for (const line of text.split('\n')) {
    if (!line.includes(EVENT_MARK)) continue
    const parsed = parseLine(line)
    const entry = counted.get(parsed?.event ?? '')
    if (parsed === undefined || entry === undefined || Date.parse(parsed.at) < sinceMs) continue
    entry.count += 1
    if (entry.lastAt === null || parsed.at > entry.lastAt) entry.lastAt = parsed.at
  }
}
