import type { EpochMs, MicroUsd } from '../../../shared/units.ts'

/** What a session file says, as plain data that can be sent between threads. */

/** How a turn ended. */
export type TurnStatus = 'success' | 'failed' | 'partial'

/** One turn of a session file. */
export interface TurnReading {
  /** Positive; unique within the session. */
  readonly turnNumber: number
  readonly occurredAt: EpochMs
  readonly provider: string
  readonly model: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** Session files do not tell cached tokens: always 0. */
  readonly cachedInputTokens: number
  readonly status: TurnStatus
  /** False: removed from the conversation; it was spent nevertheless. */
  readonly isValid: boolean
  /** Guided by retrieval. */
  readonly ragUsed: boolean
  /** Output tokens saved by retrieval; negative when it cost tokens; 0 when not guided. */
  readonly ragTokensSaved: number
  /** What the file says the turn cost; null: to be priced by the catalogue. */
  readonly costMicroUsd: MicroUsd | null
  readonly userQuery: string | null
  readonly durationMs: number | null
}

/** One readable session file. */
export interface SessionReading {
  readonly kind: 'session'
  readonly userId: string
  readonly sessionId: string
  readonly name: string | null
  /** Decides the period the session, and what was spent outside its turns, belongs to. */
  readonly createdAt: EpochMs
  readonly provider: string
  readonly model: string
  /** In the order of the file. */
  readonly turns: readonly TurnReading[]
  /** What the session's own counters say, over all calls of the model; null: the file does not say. */
  readonly sessionInputTokens: number | null
  readonly sessionOutputTokens: number | null
  /** The sum over the turns. */
  readonly turnsInputTokens: number
  readonly turnsOutputTokens: number
  /** Spent outside turns: what the session's counter exceeds the sum of its turns by, each kind for itself, never negative. */
  readonly outsideInputTokens: number
  readonly outsideOutputTokens: number
  /** The highest turn number, 0 without turns. */
  readonly lastTurnNumber: number
  /** From the platform's own books: the name, and what was spent outside turns, only the session's file knows. */
  readonly isFromBooks?: true
  /** Only where the file says inside that it is another session, or another user's, than its place says. */
  readonly claims?: { readonly userId: string; readonly sessionId: string }
}

/** A session file that says nothing; `reason` is a sentence for a person and holds nothing of the content. */
export interface UnreadableSession {
  readonly kind: 'unreadable'
  readonly reason: string
}

/** What is known of a session from outside its file. */
export interface SessionFileFacts {
  readonly userId: string
  readonly sessionId: string
  readonly modifiedAtMs: EpochMs
}

/** Files above this are not opened: a session of a person's work takes at most a few megabytes. */
export const SESSION_FILE_BYTES_MAX = 256 * 1024 * 1024

/** Deeper nesting is refused: real files nest about 15 levels; a file of brackets would only eat memory. */
export const SESSION_DEPTH_MAX = 200

/** Why files are refused, worded once so that every reader says the same. */
export const UNREADABLE = {
  empty: 'The file is empty.',
  tooLarge: 'The file is larger than 256 MB, which no session is; Weir does not open it.',
  tooDeep: `The file nests more than ${SESSION_DEPTH_MAX} levels deep, which no session does.`,
  notUtf8: 'The file is not text in UTF-8; it may be damaged.',
  notJson: 'The file is not valid JSON; it may be cut off or damaged.',
  changed: 'The file was being written to while Weir read it; the next run reads it again.',
  notAnObject: 'The file holds JSON, but not a JSON object, so it is not a session.',
} as const
