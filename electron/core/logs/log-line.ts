import type { OperationOutput, ParsedInput } from '../../../shared/contract/index.ts'

/** One line of the log as the console shows it. */
export type LogLine = OperationOutput<'logs.list'>['lines'][number]

/** What is asked for; without a member everything passes. */
export type LogFilter = Pick<
  ParsedInput<'logs.list'>,
  'level' | 'area' | 'user_id' | 'request_id' | 'event' | 'text' | 'since' | 'until'
>

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
const SEQ = /"seq":(\d{1,16})/

/** The number of a line without parsing all of it; 0 for lines that are none of ours. */
export function seqOf(line: string): number {
  // It stands right after the level; a number further back would be somebody's field.
  return Number(SEQ.exec(line.slice(0, 60))?.[1] ?? 0)
}

/** A quick no on the text of a line; what passes is parsed and looked at properly. */
export function mayMatch(line: string, filter: LogFilter): boolean {
  if (filter.text !== undefined && !line.toLowerCase().includes(filter.text.toLowerCase())) return false
  for (const value of [filter.request_id, filter.user_id, filter.event])
    if (value !== undefined && !line.includes(JSON.stringify(value))) return false
  return true
}

/** Whether a line is asked for. */
export function matches(line: LogLine, filter: LogFilter): boolean {
  if (filter.level !== undefined && LEVELS.indexOf(line.level) < LEVELS.indexOf(filter.level)) return false
  if (filter.area !== undefined && line.area !== filter.area) return false
  if (filter.user_id !== undefined && line.user_id !== filter.user_id) return false
  if (filter.request_id !== undefined && line.request_id !== filter.request_id) return false
  if (filter.event !== undefined && line.event !== filter.event) return false
  const at = Date.parse(line.at)
  if (filter.since !== undefined && at < Date.parse(filter.since)) return false
  return filter.until === undefined || at <= Date.parse(filter.until)
}

/** A line as it was written, or undefined for half of one: a crash may have cut the last. */
export function parseLine(text: string): LogLine | undefined {
  const raw = parsed(text)
  if (raw === undefined) return undefined
  const { level, seq, time, pid: _pid, message, area, user_id, userId, request_id, event, ...fields } = raw
  const known = LEVELS.find((one) => one === level)
  if (known === undefined || typeof time !== 'string' || typeof message !== 'string') return undefined
  return {
    seq: typeof seq === 'number' ? seq : 0,
    at: time,
    level: known,
    area: textOr(area) ?? areaOf(fields),
    message,
    user_id: textOr(user_id) ?? textOr(userId),
    request_id: textOr(request_id),
    event: textOr(event),
    fields,
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch (error) {
    // Half a line, or one that a person wrote into the file.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Lines about an operation belong to its part of Weir, the rest to the core. */
function areaOf(fields: Readonly<Record<string, unknown>>): string {
  const operation = textOr(fields['operation'])
  return operation?.split('.')[0] ?? 'core'
}
